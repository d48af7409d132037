// Raw peers for HTTP tests: real sockets of the runtime, so that only one side of an exchange is ours.

import { once } from 'node:events'
import net from 'node:net'
import type { TestContext } from 'node:test'
import http from '../../src/http/index.ts'

type Handler = (
  request: InstanceType<typeof http.IncomingMessage>,
  response: InstanceType<typeof http.ServerResponse>,
) => void
type Server = InstanceType<typeof http.Server>

/** A server that ends with the test. */
export async function serve(
  t: TestContext,
  options: object | Handler,
  handler?: Handler,
): Promise<{ server: Server; port: number }> {
  const server = http.createServer(options as object, handler as never)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => {
    server.close()
    server.closeAllConnections()
  })
  return { server, port: portOf(server) }
}

export function portOf(server: { address(): unknown }): number {
  return (server.address() as { port: number }).port
}

/** All that the server says until it closes. */
export async function exchange(port: number, request: string): Promise<string> {
  const socket = net.connect({ port, host: '127.0.0.1', allowHalfOpen: true })
  let text = ''
  socket.on('data', chunk => {
    text += chunk.toString('latin1')
  })
  socket.on('error', () => {})
  socket.on('end', () => socket.end())
  socket.write(request, 'latin1')
  await once(socket, 'close')
  return text
}

/** The chunks of a body whose pieces a program writes in one turn: one chunk where the runtime's own http makes it one. */
export function chunksOf(...pieces: string[]): string {
  const chunks = Number.parseInt(process.versions.node, 10) >= 22 ? [pieces.join('')] : pieces
  return chunks.map(chunk => `${chunk.length.toString(16)}\r\n${chunk}\r\n`).join('')
}

/** A peer that a test drives step by step. */
export class Peer {
  readonly socket: net.Socket
  text = ''
  #waiting: (() => void) | undefined

  constructor(socket: net.Socket) {
    this.socket = socket
    socket.on('data', chunk => {
      this.text += chunk.toString('latin1')
      this.#waiting?.()
    })
    socket.on('close', () => this.#waiting?.())
    socket.on('error', () => {})
  }

  static async connect(port: number): Promise<Peer> {
    const socket = net.connect({ port, host: '127.0.0.1' })
    const peer = new Peer(socket)
    await once(socket, 'connect')
    return peer
  }

  sends(text: string): void {
    this.socket.write(text, 'latin1')
  }

  /** Waits until what was received matches, then forgets it. */
  async receives(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const match = pattern.exec(this.text)
      if (match !== null) {
        this.text = this.text.slice(match.index + match[0].length)
        return match
      }
      if (this.socket.destroyed) throw new Error(`closed before ${pattern}: ${JSON.stringify(this.text)}`)
      await new Promise<void>(resolve => {
        this.#waiting = resolve
      })
    }
  }

  async closes(): Promise<void> {
    while (!this.socket.destroyed) {
      await new Promise<void>(resolve => {
        this.#waiting = resolve
      })
    }
  }
}

/** A raw server: each connection goes to `onPeer`. */
export async function listen(t: TestContext, onPeer: (peer: Peer) => void | Promise<void>): Promise<number> {
  const sockets = new Set<net.Socket>()
  const server = net.createServer(socket => {
    sockets.add(socket)
    // A peer that waits for more when the test has ended is no failure.
    Promise.resolve(onPeer(new Peer(socket))).catch(() => {})
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return portOf(server)
}

/** The whole response, its body as text. */
export async function fetchText(
  options: object,
): Promise<{ status: number; headers: Record<string, unknown>; body: string; reused: boolean }> {
  const request = http.request(options)
  request.end()
  const [response] = (await once(request, 'response')) as [InstanceType<typeof http.IncomingMessage>]
  let body = ''
  response.setEncoding('utf8')
  for await (const chunk of response) body += chunk
  return { status: response.statusCode as number, headers: response.headers, body, reused: request.reusedSocket }
}
