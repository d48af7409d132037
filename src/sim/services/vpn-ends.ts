// Both ends of a virtual private network, as programs: Ethernet frames over our TLS, each preceded by its length in two bytes.
// The gateway's end is a switch with a port for every member, so members reach each other as on one LAN. Frames that exceed the
// send buffer are dropped, as by a link with a full queue.

import { AsyncLocalStorage } from 'node:async_hooks'
import type { Clock } from '../../host/types.ts'
import { connect, createServer, type TLSSocket } from '../../tls/index.ts'
import { SwitchFabric, type SwitchPort } from '../links/switch-fabric.ts'
import type { Nic } from '../topology/nic.ts'
import type { Frame } from '../types.ts'
import { WireError } from '../wire/error.ts'
import { encodeFrame, opaqueFrame } from '../wire/ethernet.ts'

/** PEM, as `tls` takes it. */
type Pem = string | Uint8Array

export interface VpnServerSettings {
  readonly port: number
  readonly key: Pem
  readonly cert: Pem
  /** The authority that must have issued the members' certificates. Undefined: any machine that knows the address may join. */
  readonly ca: Pem | undefined
}

export interface VpnMemberSettings {
  readonly host: string
  readonly port: number
  readonly servername: string
  readonly ca: Pem
  readonly key: Pem | undefined
  readonly cert: Pem | undefined
}

/** Serves on the running machine; `nic` is the gateway's own card in the private network. */
export function serveVpn(nic: Nic, clock: Clock, { port, key, cert, ca }: VpnServerSettings): void {
  const fabric = new SwitchFabric()
  const own: SwitchPort = { send: frame => clock.setImmediate(() => nic.receive(frame)) }
  fabric.plug(own)
  nic.plug({ send: frame => fabric.receive(own, frame) })
  const identity = ca === undefined ? {} : { ca: [text(ca)], requestCert: true, rejectUnauthorized: true }
  const server = createServer({ key: text(key), cert: text(cert), ...identity }, socket => {
    const line = new FrameLine(socket, clock, frame => fabric.receive(line, frame))
    fabric.plug(line)
    socket.on('close', () => fabric.unplug(line))
  })
  // A member whose handshake fails does not join; the others stay.
  server.on('tlsClientError', () => {})
  server.listen(port)
}

/** Joins from the running machine. Resolves once the gateway is authenticated. */
export function joinVpn(nic: Nic, clock: Clock, settings: VpnMemberSettings): Promise<void> {
  const { host, port, servername, ca, key, cert } = settings
  const identity = key === undefined || cert === undefined ? {} : { key: text(key), cert: text(cert) }
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, servername, ca: [text(ca)], ...identity }, () => {
      const line = new FrameLine(socket, clock, frame => nic.receive(frame))
      nic.plug(line)
      socket.on('close', () => nic.unplug(line))
      resolve()
    })
    socket.on('error', reject)
  })
}

/** Frames on one TLS connection. */
class FrameLine implements SwitchPort {
  readonly #socket: TLSSocket
  readonly #clock: Clock
  readonly #receive: (frame: Frame) => void
  readonly #inContext = AsyncLocalStorage.snapshot()
  #waiting: Frame[] = []
  #buffered: Buffer = Buffer.alloc(0)

  constructor(socket: TLSSocket, clock: Clock, receive: (frame: Frame) => void) {
    this.#socket = socket
    this.#clock = clock
    this.#receive = receive
    socket.setNoDelay(true)
    socket.on('data', (bytes: Buffer) => this.#read(bytes))
    socket.on('error', () => socket.destroy())
  }

  /** Called from within the stack: the frame is sent through the same stack, so that happens on a turn of its own. */
  send(frame: Frame): void {
    if (this.#socket.writableLength > MAX_UNSENT) return
    if (this.#waiting.push(frame) > 1) return
    this.#clock.setImmediate(() => this.#inContext(() => this.#flush()))
  }

  #flush(): void {
    const frames = this.#waiting
    this.#waiting = []
    if (this.#socket.destroyed) return
    const parts = frames.flatMap(frame => {
      const bytes = encodeFrame(frame)
      return [Buffer.of(bytes.length >> 8, bytes.length & 0xff), bytes]
    })
    this.#socket.write(Buffer.concat(parts))
  }

  #read(bytes: Buffer): void {
    const all = this.#buffered.length === 0 ? bytes : Buffer.concat([this.#buffered, bytes])
    let at = 0
    while (at + 2 <= all.length) {
      const length = all.readUInt16BE(at)
      if (at + 2 + length > all.length) break
      this.#take(all.subarray(at + 2, at + 2 + length))
      at += 2 + length
    }
    this.#buffered = all.subarray(at)
  }

  #take(bytes: Buffer): void {
    try {
      this.#receive(opaqueFrame(bytes))
    } catch (error) {
      if (!(error instanceof WireError)) throw error
    }
  }
}

function text(pem: Pem): string {
  return typeof pem === 'string' ? pem : Buffer.from(pem).toString('latin1')
}

/** Unsent bytes; frames beyond them are dropped. */
const MAX_UNSENT = 1 << 20
