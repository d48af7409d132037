// The connection beneath TLS, with somebody in its middle who can cut it anywhere: one client's way to the server.

import type { AddressInfo, Server, Socket } from 'node:net'
import type { Net } from '../net/stage.ts'
import type { World } from '../world.ts'
import type { Cut } from './acts.ts'

type Side = Cut['side']
type How = Cut['how']
export type RelayNet = Net & { connect(options: object): Socket }

export class Relay {
  /** Where the server sees the connection come from. */
  farPort: number | undefined
  isConnected = false
  readonly #server: Server
  readonly #net: RelayNet
  readonly #world: World
  readonly #cut: Cut | undefined
  #near: Socket | undefined
  #far: Socket | undefined
  #speaker: Side | undefined
  #flights = { client: -1, server: -1 }
  #passed = 0
  #isSilent = false
  #isBroken = false

  constructor(net: RelayNet, world: World, cut: Cut | undefined) {
    this.#net = net
    this.#world = world
    this.#cut = cut
    this.#server = world.server(() => net.createServer({ allowHalfOpen: true, noDelay: true } as object))
  }

  /** @param target - the server's port. @returns the port to connect to */
  async open(target: number): Promise<number> {
    const server = this.#server
    const host = this.#world.serverAddress
    server.on('connection', near => this.#connect(near, target))
    this.#world.server(() => server.listen(0, this.#world.patience > 0 ? host : undefined))
    await new Promise(resolve => server.once('listening', resolve))
    return (server.address() as AddressInfo).port
  }

  break(how: How): void {
    if (this.#near === undefined || this.#isBroken) return
    this.#isBroken = true
    this.#isSilent = true
    if (how === 'silence') return
    for (const socket of [this.#near, this.#far]) {
      if (socket === undefined || socket.destroyed) continue
      if (how === 'end') socket.end()
      else if (!socket.writableEnded || socket.writableFinished) socket.resetAndDestroy()
    }
  }

  close(): void {
    for (const socket of [this.#near, this.#far]) {
      if (socket && !socket.destroyed) socket.resetAndDestroy()
    }
    this.#server.close()
  }

  #connect(near: Socket, port: number): void {
    const host = this.#world.serverAddress
    const far = this.#world.server(() => this.#net.connect({ port, host, allowHalfOpen: true, noDelay: true }))
    this.#near = near
    this.#far = far
    far.on('connect', () => {
      this.farPort = far.localPort
      this.isConnected = true
    })
    for (const [side, from, to] of [
      ['client', near, far],
      ['server', far, near],
    ] as const) {
      from.on('data', (chunk: Buffer) => this.#pass(side, chunk, to))
      from.on('error', () => {})
      from.on('end', () => this.#isSilent || to.end())
      from.on('close', () => this.#isSilent || to.end())
    }
  }

  #pass(side: Side, chunk: Buffer, to: Socket): void {
    if (this.#isSilent) return
    if (side !== this.#speaker) {
      this.#speaker = side
      this.#flights[side]++
      this.#passed = 0
    }
    const cut = this.#cut
    const left = cut?.side === side && cut.flight === this.#flights[side] ? cut.bytes - this.#passed : Infinity
    this.#passed += chunk.length
    if (chunk.length <= left || cut === undefined) {
      if (to.writable) to.write(chunk)
      return
    }
    this.#isSilent = true
    // A reset may overtake what is not read yet.
    const isReal = this.#world.patience > 0
    const breaks = () => afterTurns(isReal ? 10 : 0, () => this.break(cut.how))
    if (left > 0 && to.writable) to.write(chunk.subarray(0, left), breaks)
    else breaks()
  }
}

function afterTurns(turns: number, then: () => void): void {
  if (turns === 0) then()
  else setImmediate(() => afterTurns(turns - 1, then))
}
