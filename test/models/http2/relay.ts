// The network between the two ends: it can cut what passes anywhere, and cut the connection off.

import type nodeNet from 'node:net'
import type { AddressInfo, Server, Socket } from 'node:net'
import type { Side } from './acts.ts'

export type Net = Pick<typeof nodeNet, 'connect' | 'createServer'>

type Link = Record<Side, Socket>

export class Relay {
  readonly #links: Link[] = []
  readonly #server: Server
  /** Bytes, beginnings and ends that have passed. */
  passed = 0

  constructor(net: Net, target: () => { host: string; port: number }, piece: number) {
    this.#server = net.createServer({ allowHalfOpen: true, noDelay: true }, client => {
      const server = net.connect({ ...target(), allowHalfOpen: true, noDelay: true })
      this.#links.push({ client, server })
      this.#join(client, server, piece)
      this.#join(server, client, piece)
    })
  }

  listen(host: string | undefined): void {
    this.#server.listen(0, host)
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  get open(): number {
    return this.#links.filter(({ client, server }) => !client.destroyed || !server.destroyed).length
  }

  /** FIN to one side only. */
  fin(index: number, side: Side): void {
    this.#links[index]?.[side].end()
  }

  reset(index: number): void {
    const link = this.#links[index]
    link?.client.resetAndDestroy()
    link?.server.resetAndDestroy()
  }

  close(): void {
    this.#server.close()
    for (const { client, server } of this.#links) {
      client.destroy()
      server.destroy()
    }
  }

  #join(from: Socket, to: Socket, piece: number): void {
    from.on('data', (chunk: Buffer) => {
      this.passed += chunk.length
      if (to.writableEnded || to.destroyed) return
      // What is much comes in more of them.
      const size = piece === 0 ? chunk.length : Math.max(piece, Math.ceil(chunk.length / MOST_PIECES))
      for (let at = 0; at < chunk.length; at += size) to.write(chunk.subarray(at, at + size))
    })
    from.on('end', () => {
      this.passed++
      to.end()
    })
    from.on('error', () => to.resetAndDestroy())
    from.on('close', () => {
      this.passed++
      to.destroySoon()
    })
  }
}

const MOST_PIECES = 200
