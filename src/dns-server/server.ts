// A DNS server on the current host: UDP and TCP at one port, questions to a responder, answers back. RFC 7766 for TCP:
// several questions may be under way on one connection, and it stays open for a while.
//
// It stands on the host's own ports and connections, so it serves wherever plainwire runs: on a memory host or a
// simulated machine as on the real network.

import { FrameReader, frameMessage } from '../dns/wire/framing.ts'
import { currentHost } from '../host/current.ts'
import { silentSink } from '../host/silent-sink.ts'
import type { Clock, Connection, ConnectionSink, DatagramPort, Endpoint, Host, Listener, Timer } from '../host/types.ts'
import { Authority, type AuthorityOptions, type Transport } from './authority.ts'
import { IDLE_TIMEOUT_MS, MAX_CONNECTIONS, MAX_UNSENT_DATAGRAMS } from './server-limits.ts'
import type { Zone } from './zone.ts'

/** Answers queries. */
export interface Responder {
  /** @returns undefined: no answer goes out */
  respond(query: Uint8Array, transport: Transport, from: Endpoint | undefined): Uint8Array | undefined
}

export interface DnsServerOptions extends AuthorityOptions {
  readonly zones?: Iterable<Zone> | undefined
  /** In place of zones. */
  readonly responder?: Responder | undefined
  readonly maxConnections?: number | undefined
  readonly idleTimeoutMs?: number | undefined
}

export interface ListenOptions {
  /** An IP address. Default: 127.0.0.1. */
  readonly address?: string | undefined
  /** Default: any free one. */
  readonly port?: number | undefined
}

export class DnsServer implements AsyncDisposable {
  readonly #host: Host = currentHost()
  readonly #responder: Responder
  readonly #maxConnections: number
  readonly #idleTimeoutMs: number
  readonly #connections = new Set<ServedConnection>()
  #port: DatagramPort | undefined
  #listener: Listener | undefined
  #isRef = true
  #unsent = 0

  constructor(options: DnsServerOptions = {}) {
    this.#responder = options.responder ?? new Authority(options.zones ?? [], options)
    this.#maxConnections = options.maxConnections ?? MAX_CONNECTIONS
    this.#idleTimeoutMs = options.idleTimeoutMs ?? IDLE_TIMEOUT_MS
  }

  /** Takes the port, for UDP and for TCP. @returns where it is */
  async listen({ address = '127.0.0.1', port = 0 }: ListenOptions = {}): Promise<Endpoint> {
    if (this.#port !== undefined) throw new Error('This server listens already')
    // A port that UDP has found free may be taken for TCP.
    for (let attempts = port === 0 ? PORT_ATTEMPTS : 1; ; attempts--) {
      const datagrams = await this.#bind(address, port)
      const at = datagrams.address()
      try {
        this.#listener = await this.#listen(address, at.port)
      } catch (error) {
        datagrams.close()
        if (attempts > 1 && (error as NodeJS.ErrnoException).code === 'EADDRINUSE') continue
        throw error
      }
      this.#port = datagrams
      if (!this.#isRef) this.unref()
      return at
    }
  }

  /** Undefined while it does not listen. */
  address(): Endpoint | undefined {
    return this.#port?.address()
  }

  get connectionCount(): number {
    return this.#connections.size
  }

  /** Ends at once, with the connections that are open. */
  async close(): Promise<void> {
    this.#port?.close()
    this.#port = undefined
    const listener = this.#listener
    this.#listener = undefined
    for (const connection of this.#connections) connection.close()
    if (listener === undefined) return
    await new Promise<void>(resolve => {
      this.#onListenerClose = resolve
      listener.close()
    })
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  ref(): this {
    this.#isRef = true
    this.#port?.ref()
    this.#listener?.ref()
    return this
  }

  /** Lets the process end while it listens. */
  unref(): this {
    this.#isRef = false
    this.#port?.unref()
    this.#listener?.unref()
    return this
  }

  #onListenerClose = () => {}

  #bind(address: string, port: number): Promise<DatagramPort> {
    return new Promise((resolve, reject) => {
      const bound = this.#host.bind(
        { family: address.includes(':') ? 6 : 4, address, port },
        {
          onListening: () => resolve(bound),
          onMessage: (message, from) => this.#answerDatagram(bound, message, from),
          // After the start it reports a client's ICMP "port unreachable", which the server ignores.
          onError: reject,
          onClose() {},
        },
      )
    })
  }

  #listen(address: string, port: number): Promise<Listener> {
    return new Promise((resolve, reject) => {
      const listener = this.#host.listen(
        { kind: 'tcp', address, port },
        {
          onListening: () => resolve(listener),
          onConnection: connection => this.#accept(connection),
          onError: reject,
          onClose: () => this.#onListenerClose(),
        },
      )
    })
  }

  #answerDatagram(port: DatagramPort, query: Uint8Array, from: Endpoint): void {
    const answer = this.#responder.respond(query, 'udp', from)
    if (answer === undefined || this.#port !== port || this.#unsent >= MAX_UNSENT_DATAGRAMS) return
    this.#unsent++
    // Datagrams may be lost, and the asker asks again: there is nothing to do about one that could not be sent.
    port.send([answer], { address: from.address, port: from.port }, () => this.#unsent--)
  }

  #accept(connection: Connection): void {
    if (this.#connections.size >= this.#maxConnections) {
      connection.sink = silentSink
      connection.destroy()
      return
    }
    const served = new ServedConnection(connection, this.#responder, this.#host.clock, this.#idleTimeoutMs, () =>
      this.#connections.delete(served),
    )
    this.#connections.add(served)
  }
}

/** One TCP client. */
class ServedConnection implements ConnectionSink {
  readonly #connection: Connection
  readonly #responder: Responder
  readonly #idle: Timer
  readonly #onGone: () => void
  readonly #frames = new FrameReader()
  /** Messages that came while too many answers waited. */
  #waiting: Uint8Array[] = []
  #isEnding = false
  #isClosed = false

  constructor(connection: Connection, responder: Responder, clock: Clock, idleTimeoutMs: number, onGone: () => void) {
    this.#connection = connection
    this.#responder = responder
    this.#onGone = onGone
    this.#idle = clock.setTimer(() => this.close(), idleTimeoutMs)
    this.#idle.unref()
    connection.sink = this
    connection.setNoDelay(true)
    connection.resume()
  }

  close(): void {
    this.#isClosed = true
    this.#waiting = []
    this.#idle.cancel()
    this.#connection.destroy()
  }

  onConnect(): void {}

  onData(chunk: Uint8Array): void {
    const messages = this.#frames.receive(chunk)
    // Only whole messages count as a sign of life: bytes may dribble for ever.
    if (messages.length > 0) this.#idle.refresh()
    this.#waiting.push(...messages)
    this.#answerWaiting()
  }

  onDrain(): void {
    if (this.#isClosed) return
    this.#idle.refresh()
    this.#answerWaiting()
  }

  /** The client asks nothing more; what it has asked is answered. */
  onEnd(): void {
    this.#isEnding = true
    this.#answerWaiting()
  }

  onError(): void {}

  onClose(): void {
    this.#isClosed = true
    this.#waiting = []
    this.#idle.cancel()
    this.#onGone()
  }

  /** Answers until so much waits to be sent that the client has to read first. */
  #answerWaiting(): void {
    const connection = this.#connection
    connection.cork()
    let answered = 0
    let mayWrite = true
    for (const query of this.#waiting) {
      if (!mayWrite) break
      answered++
      const answer = this.#responder.respond(query, 'tcp', connection.remote)
      if (answer !== undefined) mayWrite = connection.write(frameMessage(answer))
    }
    connection.uncork()
    if (this.#isClosed) return
    this.#waiting = this.#waiting.slice(answered)
    if (!mayWrite) connection.pause()
    else if (this.#isEnding) connection.end()
    else connection.resume()
  }
}

const PORT_ATTEMPTS = 10
