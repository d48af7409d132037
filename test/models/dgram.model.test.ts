// dgram against a small model, in virtual time and on real sockets, where the same acts drive node:dgram and are heard the same.

import assert from 'node:assert/strict'
import nodeDgram, { type Socket } from 'node:dgram'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import * as ourDgram from '../../src/dgram/index.ts'
import { descriptorsClosed, openDescriptors } from '../support/open-descriptors.ts'
import { Retained } from './retained.ts'
import { modelRuns, realWorld, virtualWorld, type World } from './world.ts'

type Dgram = Pick<typeof nodeDgram, 'createSocket'>
const ours = ourDgram as unknown as Dgram

type Act =
  | { readonly kind: 'bind'; readonly slot: number; readonly where: 'free' | 'elsewhere' | 'taken' }
  | { readonly kind: 'send'; readonly slot: number; readonly to: number; readonly parts: number }
  | { readonly kind: 'connect'; readonly slot: number; readonly to: number }
  | { readonly kind: 'disconnect' | 'close' | 'ref' | 'unref' | 'settle'; readonly slot: number }

const SLOTS = 3
const slot = fc.nat(SLOTS - 1)
const acts: fc.Arbitrary<Act[]> = fc.array(
  fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({
        kind: fc.constant('bind' as const),
        slot,
        where: fc.constantFrom('free' as const, 'free' as const, 'elsewhere' as const, 'taken' as const),
      }),
    },
    {
      weight: 6,
      arbitrary: fc.record({
        kind: fc.constant('send' as const),
        slot,
        to: slot,
        parts: fc.integer({ min: 0, max: 3 }),
      }),
    },
    { weight: 3, arbitrary: fc.record({ kind: fc.constant('connect' as const), slot, to: slot }) },
    {
      weight: 6,
      arbitrary: fc.record({
        kind: fc.constantFrom(
          'disconnect' as const,
          'close' as const,
          'ref' as const,
          'unref' as const,
          'settle' as const,
        ),
        slot,
      }),
    },
  ),
  { minLength: 1, maxLength: 30, size: 'max' },
)

/** A socket's life, and what the model says of it. */
class Port {
  readonly log: string[] = []
  readonly socket: Socket
  /** What the model lets arrive. */
  readonly expected: string[] = []
  port: number | undefined
  isClosed = false
  isNameless = false
  /** The port it is connected to. */
  peer: number | undefined

  constructor(socket: Socket, nameOf: (port: number) => string) {
    this.socket = socket
    socket.on('message', (message, from) => this.log.push(`message ${message} from ${nameOf(from.port)}`))
    socket.on('listening', () => {
      this.port = socket.address().port
      this.log.push('listening')
    })
    socket.on('error', (error: NodeJS.ErrnoException) => this.log.push(`error ${error.code}`))
    socket.on('connect', () => this.log.push('connect'))
    socket.on('close', () => this.log.push('close'))
  }

  get messages(): string[] {
    return this.log.filter(event => event.startsWith('message'))
  }
}

class Stage {
  /** Closed ones are followed by others in the same slot. */
  readonly ports: Port[] = []
  readonly #slots: Port[] = []
  readonly #dgram: Dgram
  readonly #world: World
  /** Nobody may bind this one again. */
  readonly #taken: Socket
  #sent = 0

  constructor(dgram: Dgram, world: World) {
    this.#dgram = dgram
    this.#world = world
    this.#taken = world.client(() => dgram.createSocket('udp4'))
    this.#taken.bind(0, '127.0.0.1')
  }

  async run(acts: readonly Act[]): Promise<void> {
    await this.#world.settle()
    for (const act of acts) {
      await this.#act(act)
      await this.#world.settle()
    }
    for (const port of this.ports) if (!port.isClosed) this.#close(port)
    this.#taken.close()
    await this.#world.settle()
  }

  async #act(act: Act): Promise<void> {
    const port = this.#at(act.slot)
    const { socket, log } = port
    try {
      switch (act.kind) {
        case 'bind':
          this.#bind(port, act.where)
          break
        case 'send':
          await this.#send(port, this.#at(act.to), act.parts)
          break
        case 'connect':
          await this.#connect(port, this.#at(act.to))
          break
        case 'disconnect':
          socket.disconnect()
          port.peer = undefined
          // Linux takes a port away that nobody asked for by number: it has no name from here on.
          port.isNameless = true
          break
        case 'close':
          this.#close(port)
          break
        case 'ref':
        case 'unref':
          socket[act.kind]()
          break
      }
    } catch (error) {
      log.push(`thrown ${(error as NodeJS.ErrnoException).code}`)
    }
  }

  #at(slot: number): Port {
    const there = this.#slots[slot]
    if (there !== undefined && !there.isClosed) return there
    const socket = this.#world.client(() => this.#dgram.createSocket('udp4'))
    const port = new Port(socket, number => String(this.ports.findLastIndex(one => one.port === number)))
    this.#slots[slot] = port
    this.ports.push(port)
    return port
  }

  #bind({ socket }: Port, where: 'free' | 'elsewhere' | 'taken'): void {
    if (where === 'free') socket.bind(0, '127.0.0.1')
    else if (where === 'elsewhere') socket.bind(0, '192.0.2.1')
    else socket.bind(this.#taken.address().port, '127.0.0.1')
  }

  async #send(from: Port, to: Port, parts: number): Promise<void> {
    const text = `${++this.#sent}`
    const message = parts === 0 ? text : Array.from({ length: parts }, (_, i) => (i === 0 ? text : '+'))
    const callback = (error: Error | null, bytes: number) =>
      from.log.push(error ? `sent ${(error as NodeJS.ErrnoException).code}` : `sent ${bytes}`)
    const target = from.peer ?? to.port
    if (target === undefined || from.isNameless || this.ports.some(one => one.isNameless && one.port === target)) return
    if (from.peer === undefined) from.socket.send(message, target, '127.0.0.1', callback)
    else from.socket.send(message, callback)
    // Sending binds.
    await this.#world.settle()
    const receiver = this.ports.findLast(one => one.port === target && !one.isClosed)
    const arrives = receiver !== undefined && (receiver.peer === undefined || receiver.peer === from.port)
    const whole = text + '+'.repeat(Math.max(0, parts - 1))
    if (arrives) receiver.expected.push(`message ${whole} from ${this.ports.indexOf(from)}`)
  }

  async #connect(port: Port, to: Port): Promise<void> {
    if (to.port === undefined || to.isClosed || to.isNameless) return
    const target = to.port
    port.socket.connect(target, '127.0.0.1')
    await this.#world.settle()
    port.peer = target
    // A connected port speaks from an address of its own.
    port.port = port.socket.address().port
  }

  #close(port: Port): void {
    port.isClosed = true
    port.socket.close(() => port.log.push('closed'))
  }
}

function check({ ports }: Stage): void {
  for (const [index, { log, messages, expected }] of ports.entries()) {
    assert.deepEqual(messages, expected, `port ${index} gets each message once, in order`)
    assert.equal(log.filter(event => event === 'close').length, 1, `port ${index}: 'close' once`)
    assert.deepEqual(log.slice(-2), ['close', 'closed'], `port ${index}: nothing behind 'close'`)
    assert.ok(log.filter(event => event === 'listening').length <= 1, `port ${index}: bound once`)
  }
}

async function runOn(dgram: Dgram, world: World, run: readonly Act[]): Promise<Stage> {
  const stage = new Stage(dgram, world)
  await stage.run(run)
  return stage
}

describe('dgram, by a model', () => {
  it('delivers once and in order in virtual time, and retains nothing', async () => {
    const retained = new Retained()
    const property = fc.asyncProperty(acts, fc.nat(), async (run, seed) => {
      const world = virtualWorld(seed)
      const stage = await runOn(ours, world, run)
      check(stage)
      for (const { socket } of stage.ports) retained.add(socket)
      world.close()
    })
    await fc.assert(property, { ...modelRuns(60), includeErrorInReport: true })
    assert.equal(await retained.count(), 0, 'sockets that are still reachable')
  })

  it('is heard on real sockets as node:dgram is, and leaves no handle behind', async () => {
    const property = fc.asyncProperty(acts, async run => {
      const before = openDescriptors()
      const one = await runOn(ours, realWorld(), run)
      await descriptorsClosed(before)
      assert.equal(openDescriptors(), before, 'descriptors')
      const other = await runOn(nodeDgram, realWorld(), run)
      const told = ({ log }: Port) => log
      assert.deepEqual(one.ports.map(told), other.ports.map(told))
      check(one)
    })
    await fc.assert(property, { ...modelRuns(60), includeErrorInReport: true })
  })
})
