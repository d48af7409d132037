// One socket of a run, with what it was given and what it heard.

import type { Socket } from 'node:net'

/** A byte of what is sent is told from its neighbours by where it stands. */
const PERIOD = 251

export class End {
  readonly name: string
  readonly socket: Socket
  /** Events in order; of data only the amount counts, since how it is cut is the network's affair. */
  readonly log: string[] = []
  received = 0
  sent = 0
  /** Something was done that may lose what is on its way. */
  wasCut = false
  /** Of 'close' and what came behind it. */
  readonly faults: string[] = []
  localPort: number | undefined
  remotePort: number | undefined

  /** @param further - events beyond those of net */
  constructor(name: string, socket: Socket, further: readonly string[] = []) {
    this.name = name
    this.socket = socket
    for (const event of ['connect', 'ready', 'end', 'finish', 'timeout', ...further])
      socket.on(event, () => this.#hear(event))
    socket.on('error', (error: NodeJS.ErrnoException) => this.#hear(`error ${error.code}`))
    socket.on('close', hadError => this.#hear(`close ${hadError}`))
    socket.on('connect', () => this.learnPorts())
    socket.on('data', (chunk: Buffer) => this.#receive(chunk))
  }

  learnPorts(): void {
    this.localPort = this.socket.localPort
    this.remotePort = this.socket.remotePort
  }

  get isClosed(): boolean {
    return this.log.some(event => event.startsWith('close'))
  }

  count(event: string): number {
    return this.log.filter(one => one === event || one.startsWith(`${event} `)).length
  }

  write(size: number, pieces: number): void {
    const bytes = Buffer.from(Array.from({ length: size }, (_, i) => (this.sent + i) % PERIOD))
    this.sent += size
    const cut = Math.ceil(size / pieces)
    for (let from = 0; from < size; from += cut) this.socket.write(bytes.subarray(from, from + cut))
  }

  #hear(event: string): void {
    if (this.isClosed) this.faults.push(`${event} behind 'close'`)
    this.log.push(event)
  }

  #receive(chunk: Buffer): void {
    if (this.isClosed) this.faults.push("data behind 'close'")
    if (this.log.includes('end')) this.faults.push("data behind 'end'")
    if (chunk[0] !== this.received % PERIOD || chunk.at(-1) !== (this.received + chunk.length - 1) % PERIOD) {
      this.faults.push(`other bytes than those that were sent, at ${this.received}`)
    }
    this.received += chunk.length
  }
}
