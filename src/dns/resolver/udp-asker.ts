// Questions to one name server over UDP. Each port is a random one, and is given up after so many questions or when none is
// open: RFC 5452 section 9.2. It is connected, so the system drops what others send, and reports a server that is not there.

import type { DatagramPort, DatagramSink, Endpoint, Host } from '../../host/types.ts'
import type { FailureCode } from '../engine/outcome.ts'
import { MAX_QUERIES_PER_PORT } from '../engine/query-limits.ts'
import { canonicalAddress, type ServerAddress } from '../engine/server-address.ts'

/** A query that waits for its answer. */
export interface Asker {
  writePacket(id: number): Uint8Array
  onPacket(packet: Uint8Array): void
  onFailure(code: FailureCode): void
}

/** Ends the wait. */
export type Forget = () => void

export class UdpAsker {
  readonly #host: Host
  readonly #server: ServerAddress
  readonly #localAddress: string | undefined
  #current: UdpPort | undefined

  constructor(host: Host, server: ServerAddress, localAddress: string | undefined) {
    this.#host = host
    this.#server = server
    this.#localAddress = localAddress
  }

  ask(asker: Asker): Forget {
    if (this.#current === undefined || !this.#current.takesMore) {
      this.#current = new UdpPort(this.#host, this.#server, this.#localAddress)
    }
    return this.#current.ask(asker)
  }
}

class UdpPort implements DatagramSink {
  readonly #host: Host
  readonly #server: ServerAddress
  readonly #serverAddress: string
  readonly #localAddress: string | undefined
  readonly #open = new Map<number, Asker>()
  /** Packets from before the port was open; undefined: it is. */
  #waiting: Uint8Array[] | undefined = []
  #port: DatagramPort | undefined
  #attempts = 0
  #asked = 0
  #isClosed = false

  constructor(host: Host, server: ServerAddress, localAddress: string | undefined) {
    this.#host = host
    this.#server = server
    this.#serverAddress = canonicalAddress(server.address)
    this.#localAddress = localAddress
    this.#bind()
  }

  get takesMore(): boolean {
    return !this.#isClosed && this.#asked < MAX_QUERIES_PER_PORT
  }

  ask(asker: Asker): Forget {
    this.#asked++
    const id = this.#freeId()
    this.#open.set(id, asker)
    const packet = asker.writePacket(id)
    if (this.#waiting === undefined) this.#send(packet)
    else this.#waiting.push(packet)
    return () => {
      if (this.#open.delete(id) && this.#open.size === 0) this.#close()
    }
  }

  onListening(): void {
    if (this.#isClosed) return
    this.#port?.connect(this.#server.address, this.#server.port, error => {
      if (this.#isClosed) return
      if (error) {
        this.#fail()
        return
      }
      const waiting = this.#waiting ?? []
      this.#waiting = undefined
      for (const packet of waiting) this.#send(packet)
    })
  }

  onMessage(message: Uint8Array, from: Endpoint): void {
    if (this.#isClosed || message.length < 12) return
    if (from.port !== this.#server.port) return
    if (from.address !== this.#serverAddress && canonicalAddress(from.address) !== this.#serverAddress) return
    this.#open.get(((message[0] as number) << 8) | (message[1] as number))?.onPacket(message)
  }

  onError(error: NodeJS.ErrnoException): void {
    if (this.#isClosed) return
    // The port that chance chose may be taken; an address that is not here is not here at another port either.
    const mayBeThePort = error.code === 'EADDRINUSE' || error.code === 'EACCES'
    if (this.#waiting !== undefined && mayBeThePort && this.#attempts < PORT_ATTEMPTS) {
      this.#attempts++
      this.#bind()
    } else this.#fail()
  }

  onClose(): void {}

  #bind(): void {
    const { family } = this.#server
    // The last attempt leaves the choice to the system.
    const port = this.#attempts < PORT_ATTEMPTS ? randomPort(this.#host) : 0
    this.#port = this.#host.bind({ family, address: this.#localAddress, port, exclusive: true }, this)
  }

  #send(packet: Uint8Array): void {
    this.#port?.send([packet], undefined, this.#onSent)
  }

  readonly #onSent = (error: Error | null): void => {
    if (error) this.#fail()
  }

  /** All that is open here fails: nobody listens at the server's port, or there is no way to it. */
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
    this.#port?.close()
  }

  #freeId(): number {
    for (;;) {
      const id = randomUint16(this.#host)
      if (!this.#open.has(id)) return id
    }
  }
}

/** None that needs a privilege. */
function randomPort(host: Host): number {
  return 1024 + (randomUint16(host) % (65536 - 1024))
}

export function randomUint16(host: Host): number {
  const bytes = host.random(2)
  return ((bytes[0] as number) << 8) | (bytes[1] as number)
}

const PORT_ATTEMPTS = 4
