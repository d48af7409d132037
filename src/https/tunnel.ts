// A TLS connection through a proxy: CONNECT, the proxy's response, then the handshake with the origin server through the
// tunnel. The proxy sees only the server's name and port. RFC 9110 section 9.3.6.

import { ipVersion } from '../core/ip.ts'
import { hasInvalidTargetCharacter, type ProxyConfig } from '../http/internal.ts'
import type { Socket } from '../tls/internal.ts'
import { type TLSSocket, tls } from '../tls/internal.ts'
import { proxyTunnel, unescapedTarget } from './errors.ts'

export interface TunnelOptions {
  readonly [option: string]: unknown
  readonly host?: unknown
  readonly port?: unknown
  readonly timeout?: unknown
  readonly maxHeaderSize?: unknown
  readonly servername?: unknown
}

/** @param socket - also passed with an error, if a socket was made */
export type TunnelDone = (error: Error | null, socket?: Socket) => void

/** Maximum size of the proxy's response head unless the request sets one: Node's default for any response. */
const defaultMaxHeaderSize = 16 * 1024

/**
 * Opens the tunnel and the TLS connection in it.
 * @returns the socket to the proxy
 */
export function openTunnel(
  proxy: ProxyConfig,
  options: TunnelOptions,
  defaultPort: number,
  keepsAlive: boolean,
  done: TunnelDone,
): Socket {
  const tunnel = new Tunnel(proxy, options, defaultPort, keepsAlive, done)
  return tunnel.socket
}

class Tunnel {
  readonly socket: Socket
  readonly #proxy: ProxyConfig
  readonly #options: TunnelOptions
  readonly #target: string
  readonly #keepsAlive: boolean
  readonly #done: TunnelDone
  readonly #maxHeaderSize: number
  #isDone = false
  #head: Buffer = Buffer.alloc(0)

  constructor(proxy: ProxyConfig, options: TunnelOptions, defaultPort: number, keepsAlive: boolean, done: TunnelDone) {
    this.#proxy = proxy
    this.#options = options
    this.#keepsAlive = keepsAlive
    this.#done = done
    this.#maxHeaderSize = Number(options.maxHeaderSize) || defaultMaxHeaderSize
    const host = String(options.host)
    this.#target = `${ipVersion(host) === 6 ? `[${host}]` : host}:${options.port || defaultPort}`
    // The target is written into the request line and a field unchanged, and no check was made if the request sets Host.
    if (hasInvalidTargetCharacter(this.#target)) throw unescapedTarget()
    this.socket = proxy.connect(() => this.#onConnected())
    this.socket.on('error', this.#onError)
    if (this.#timeoutMs > 0) this.socket.setTimeout(this.#timeoutMs, this.#onTimeout)
  }

  get #timeoutMs(): number {
    return Number(this.#options.timeout) || 0
  }

  #onConnected(): void {
    const { auth } = this.#proxy
    let head = `CONNECT ${this.#target} HTTP/1.1\r\n`
    if (auth) head += `proxy-authorization: ${auth}\r\n`
    if (this.#keepsAlive) head += 'proxy-connection: keep-alive\r\n'
    head += `host: ${this.#target}\r\n\r\n`
    this.socket.on('end', this.#onEnd)
    this.socket.on('readable', this.#onReadable)
    this.socket.write(head)
    this.#onReadable()
  }

  readonly #onReadable = (): void => {
    for (;;) {
      const chunk = this.socket.read() as Buffer | null
      if (chunk === null || this.#isDone) return
      if (this.#receive(chunk)) return
    }
  }

  /** @returns whether the response head is complete, or over the limit */
  #receive(chunk: Buffer): boolean {
    this.#head = Buffer.concat([this.#head, chunk])
    const end = this.#head.indexOf('\r\n\r\n')
    if ((end === -1 ? this.#head.length : end + 4) > this.#maxHeaderSize) {
      this.#fail(proxyTunnel(`Proxy response headers exceeded ${this.#maxHeaderSize} bytes`))
      return true
    }
    if (end === -1) return false
    const statusLine = this.#head.toString('latin1', 0, this.#head.indexOf('\r\n'))
    const status = statusLine.split(' ')[1]
    if (status === '200') this.#secure()
    else {
      const message = `Failed to establish tunnel to ${this.#target} via ${this.#proxy.href}: ${statusLine}`
      this.#fail(Object.assign(proxyTunnel(message), { statusCode: Number.parseInt(String(status), 10) }))
    }
    return true
  }

  /** The tunnel is established: starts the handshake, in which the server must authenticate. */
  #secure(): void {
    this.#stopListening()
    const { host } = this.#options
    const name = ipVersion(String(host)) === 0 ? host : undefined
    let secured: TLSSocket
    try {
      secured = tls.connect({ servername: name, ...this.#options, socket: this.socket }, () => {
        secured.removeListener('error', onError)
        this.#finish(null, secured)
      })
    } catch (error) {
      // Thrown because of an invalid TLS option. The caller has returned, so the request gets the error.
      this.#fail(error as Error)
      return
    }
    const onError = (error: Error): void => this.#finish(error, secured)
    secured.on('error', onError)
    secured.on('free', () => this.socket.emit('free'))
  }

  readonly #onError = (error: Error): void => this.#finish(error, this.socket)

  readonly #onEnd = (): void => {
    this.#fail(proxyTunnel('Connection to establish proxy tunnel ended unexpectedly'))
  }

  readonly #onTimeout = (): void => {
    const proxyTunnelTimeout = this.#timeoutMs
    const message = `Connection to establish proxy tunnel timed out after ${proxyTunnelTimeout}ms`
    this.#fail(Object.assign(proxyTunnel(message), { proxyTunnelTimeout }))
  }

  #fail(error: Error): void {
    this.#finish(error, this.socket)
    this.socket.destroy()
  }

  #finish(error: Error | null, socket: Socket): void {
    if (this.#isDone) return
    this.#isDone = true
    this.#stopListening()
    this.#done(error, socket)
  }

  #stopListening(): void {
    const { socket } = this
    socket.removeListener('readable', this.#onReadable)
    socket.removeListener('end', this.#onEnd)
    socket.removeListener('timeout', this.#onTimeout)
    if (this.#timeoutMs > 0) socket.setTimeout(0)
    // From here on the TLS socket above reports errors; an 'error' event without a listener would end the process.
    socket.removeListener('error', this.#onError)
    socket.on('error', () => {})
  }
}
