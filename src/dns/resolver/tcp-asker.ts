// Questions to one name server over TCP: many on one connection, which stays open for a while. RFC 7766 section 6.2.

import type { Connection, ConnectionSink, Host, Timer } from '../../host/types.ts'
import { MAX_QUERIES_PER_STREAM, STREAM_IDLE_MS } from '../engine/query-limits.ts'
import type { ServerAddress } from '../engine/server-address.ts'
import { FrameReader, frameMessage } from '../wire/framing.ts'
import { type Asker, type Forget, randomUint16 } from './udp-asker.ts'

export class TcpAsker {
  readonly #host: Host
  readonly #server: ServerAddress
  readonly #localAddress: string | undefined
  #current: Stream | undefined

  constructor(host: Host, server: ServerAddress, localAddress: string | undefined) {
    this.#host = host
    this.#server = server
    this.#localAddress = localAddress
  }

  ask(asker: Asker): Forget {
    if (this.#current === undefined || !this.#current.takesMore) {
      this.#current = new Stream(this.#host, this.#server, this.#localAddress)
    }
    return this.#current.ask(asker)
  }

  /** Closes the connection if no query is pending on it. */
  close(): void {
    this.#current?.closeIfIdle()
  }
}

class Stream implements ConnectionSink {
  readonly #host: Host
  readonly #connection: Connection
  readonly #idle: Timer
  readonly #frames = new FrameReader()
  readonly #open = new Map<number, Asker>()
  #isClosed = false

  constructor(host: Host, { address, port }: ServerAddress, localAddress: string | undefined) {
    this.#host = host
    this.#connection = host.connect({ kind: 'tcp', address, port, localAddress }, this)
    this.#idle = host.clock.setTimer(() => this.closeIfIdle(), STREAM_IDLE_MS)
    this.#idle.unref()
  }

  get takesMore(): boolean {
    // Behind an answer of which half has come nobody else should wait: its other half may never come.
    return !this.#isClosed && this.#open.size < MAX_QUERIES_PER_STREAM && this.#frames.pending === 0
  }

  ask(asker: Asker): Forget {
    let id = randomUint16(this.#host)
    while (this.#open.has(id)) id = randomUint16(this.#host)
    this.#open.set(id, asker)
    this.#connection.ref()
    this.#connection.write(frameMessage(asker.writePacket(id)))
    return () => {
      if (!this.#open.delete(id) || this.#open.size > 0) return
      this.#connection.unref()
      this.#idle.refresh()
      this.#idle.unref()
    }
  }

  closeIfIdle(): void {
    if (this.#open.size === 0) this.#close()
  }

  onConnect(): void {
    this.#connection.setNoDelay(true)
    this.#connection.resume()
  }

  onData(chunk: Uint8Array): void {
    for (const message of this.#frames.receive(chunk)) {
      if (message.length >= 12)
        this.#open.get(((message[0] as number) << 8) | (message[1] as number))?.onPacket(message)
    }
  }

  onEnd(): void {
    this.#fail()
  }

  onDrain(): void {}

  onError(): void {}

  onClose(): void {
    this.#fail()
  }

  #fail(): void {
    if (this.#isClosed) return
    const askers = [...this.#open.values()]
    this.#open.clear()
    this.#close()
    for (const asker of askers) asker.onFailure('ECONNREFUSED')
  }

  #close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    this.#idle.cancel()
    this.#connection.destroy()
  }
}
