// A resolver against a small model: in virtual time with servers that are slow, silent or hostile, and on real sockets, where the same
// acts drive node:dns and are answered the same.

import assert from 'node:assert/strict'
import nodeDgram, { type RemoteInfo } from 'node:dgram'
import nodeDns from 'node:dns'
import nodeNet, { type AddressInfo } from 'node:net'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import * as ourDgram from '../../src/dgram/index.ts'
import * as ourDns from '../../src/dns/index.ts'
import { currentHost } from '../../src/host/index.ts'
import * as ourNet from '../../src/net/index.ts'
import { descriptorsClosed, openDescriptors } from '../support/open-descriptors.ts'
import { answersTo, type Fate, nameIn, outcomes } from './dns/fates.ts'
import { Retained } from './retained.ts'
import { modelRuns, realWorld, virtualWorld, type World } from './world.ts'

interface Modules {
  readonly dns: Pick<typeof nodeDns, 'Resolver'>
  readonly dgram: Pick<typeof nodeDgram, 'createSocket'>
  readonly net: Pick<typeof nodeNet, 'createServer'>
}

const ours = { dns: ourDns, dgram: ourDgram, net: ourNet } as unknown as Modules
/** The same servers for both, so that the resolver alone differs. */
const theirs: Modules = { dns: nodeDns, dgram: nodeDgram, net: nodeNet }

type Act =
  | { readonly kind: 'ask'; readonly fate: Fate }
  | { readonly kind: 'askAgain'; readonly index: number }
  | { readonly kind: 'cancel' | 'setServers' | 'settle' }
  | { readonly kind: 'pass'; readonly milliseconds: number }

/** Its first wait; the second round waits up to twice as long. */
const TIMEOUT_MS = 100
const TRIES = 2
const MOST_ROUNDS = 200
/** By then no question is open. */
const LONGEST_MS = TIMEOUT_MS * 3 * TRIES

const timelessFates = ['address', 'missing', 'empty', 'failing', 'refusing', 'truncated', 'alias', 'junk'] as const
const always = [
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('askAgain' as const), index: fc.nat(9) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constantFrom('cancel' as const, 'setServers' as const) }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('settle' as const) }) },
]
const timeless = actsOf([
  ...always,
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constant('ask' as const), fate: fc.constantFrom<Fate>(...timelessFates) }),
  },
])
const timed = actsOf([
  ...always,
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('ask' as const),
      fate: fc.constantFrom<Fate>(
        ...timelessFates,
        'silent',
        'late',
        'wrong id',
        'wrong name',
        'wrong port',
        'second try',
      ),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('pass' as const), milliseconds: fc.constantFrom(20, 150, LONGEST_MS) }),
  },
])

function actsOf(choices: readonly fc.WeightedArbitrary<unknown>[]): fc.Arbitrary<Act[]> {
  return fc.array(fc.oneof(...choices) as fc.Arbitrary<Act>, { minLength: 1, maxLength: 25, size: 'max' })
}

interface Question {
  readonly name: string
  readonly fate: Fate
  /** Milliseconds that have passed since. */
  age: number
  isCancelled: boolean
  readonly answers: string[]
}

class Stage {
  readonly questions: Question[] = []
  readonly log: string[] = []
  /** What comes behind a cancel(), in order. */
  readonly orders: string[] = []
  /** How often a name has reached the server. */
  readonly asked = new Map<string, number>()
  readonly #world: World
  readonly #resolver: nodeDns.Resolver
  readonly #servers: Modules
  #address = ''
  #isClosed = false
  #isElsewhere = false
  #close = () => {}

  constructor(modules: Modules, servers: Modules, world: World, options: object) {
    this.#world = world
    this.#servers = servers
    this.#resolver = world.client(() => new modules.dns.Resolver({ tries: TRIES, ...options }))
  }

  /** Questions are to leave by an address that is not here. */
  leaveByElsewhere(): void {
    this.#isElsewhere = true
    this.#resolver.setLocalAddress('192.0.2.1')
  }

  async start(): Promise<void> {
    const { dgram, net } = this.#servers
    const listener = this.#world.server(() => net.createServer(socket => this.#serveStream(socket)))
    const [udp, other] = [0, 0].map(() => this.#world.server(() => dgram.createSocket('udp4'))) as [
      nodeDgram.Socket,
      nodeDgram.Socket,
    ]
    udp.on('message', (query, from) => this.#answer(query, from, udp, other))
    const host = this.#world.serverAddress === '127.0.0.1' ? '127.0.0.1' : undefined
    this.#world.server(() => listener.listen(0, host))
    await this.#world.settle()
    const { port } = listener.address() as AddressInfo
    this.#world.server(() => udp.bind(port, host))
    this.#world.server(() => other.bind(0, host))
    await this.#world.settle()
    const address = this.#world.server(() => this.#ownAddress())
    this.#address = `${address}:${port}`
    this.#resolver.setServers([this.#address])
    this.#close = () => {
      this.#isClosed = true
      for (const socket of [udp, other]) socket.close()
      listener.close()
    }
  }

  async run(acts: readonly Act[]): Promise<void> {
    for (const act of acts) {
      await this.#act(act)
      // c-ares knows within the call.
      if (this.#isElsewhere) await this.#settle()
      this.#check()
    }
    await this.#settle()
  }

  /** On real sockets, where servers answer at once, until they have: how many turns that takes is the system's affair. */
  async #settle(): Promise<void> {
    await this.#world.settle()
    if (this.#world.serverAddress !== '127.0.0.1') return
    for (let rounds = 0; rounds < MOST_ROUNDS && this.questions.some(one => one.answers.length === 0); rounds++)
      await this.#world.settle()
  }

  /** Nothing is open any more, nor kept ready. */
  async finish(): Promise<void> {
    await this.#world.settle()
    this.#cancel()
    await this.#world.settle()
    this.#resolver.setServers([this.#address])
    this.#close()
    await this.#world.settle()
    for (const { name, answers } of this.questions) assert.equal(answers.length, 1, `${name} is answered once`)
  }

  #ownAddress(): string {
    const { serverAddress } = this.#world
    return serverAddress === '127.0.0.1'
      ? serverAddress
      : (currentHost()
          .interfaces()
          .find(({ internal, family }) => !internal && family === 4)?.address ?? '')
  }

  async #act(act: Act): Promise<void> {
    switch (act.kind) {
      case 'ask':
        this.#ask(`${act.fate.replace(' ', '-')}-${this.questions.length}.test`, act.fate)
        return
      case 'askAgain': {
        const before = this.questions[act.index % Math.max(1, this.questions.length)]
        if (before !== undefined) this.#ask(before.name, before.fate)
        return
      }
      case 'cancel':
        this.#cancel()
        return
      case 'setServers':
        try {
          this.#resolver.setServers([this.#address])
          this.log.push('servers set')
        } catch (error) {
          this.log.push(`servers ${(error as NodeJS.ErrnoException).code}`)
        }
        return
      case 'settle':
        await this.#settle()
        return
      case 'pass':
        await this.#world.pass(act.milliseconds)
        for (const question of this.questions) question.age += act.milliseconds
    }
  }

  #ask(name: string, fate: Fate): void {
    const question: Question = { name, fate, age: 0, isCancelled: false, answers: [] }
    this.questions.push(question)
    this.#world.client(() => {
      this.#resolver.resolve4(name, (error, addresses) => {
        question.answers.push(error?.code ?? addresses.join())
        if (question.isCancelled) this.orders.push('cancelled')
        this.log.push(`${name} ${error?.code ?? addresses.join()}`)
      })
    })
  }

  #cancel(): void {
    for (const question of this.questions) if (question.answers.length === 0) question.isCancelled = true
    this.#resolver.cancel()
    process.nextTick(() => this.orders.push('tick'))
    queueMicrotask(() => this.orders.push('microtask'))
  }

  /** Each question has the one answer that its server's ways allow, in its time. */
  #check(): void {
    for (const { name, fate, age, isCancelled, answers } of this.questions) {
      assert.ok(answers.length <= 1, `${name} is answered once`)
      const [answer] = answers
      const outcome = this.#isElsewhere ? 'ECONNREFUSED' : outcomes[fate]
      const allowed = isCancelled ? ['ECANCELLED', outcome] : [outcome]
      if (answer !== undefined) assert.ok(allowed.includes(answer), `${name}: ${answer}`)
      if (age >= LONGEST_MS) assert.notEqual(answer, undefined, `${name} is answered in time`)
      if (age > 0 && age < TIMEOUT_MS && !isCancelled) {
        if (fate === 'silent') assert.equal(answer, undefined, `${name} is waited for`)
      }
    }
  }

  #answer(query: Buffer, from: RemoteInfo, udp: nodeDgram.Socket, other: nodeDgram.Socket): void {
    const name = this.#count(query)
    for (const { delayMs, bytes, isFromElsewhere } of answersTo(query, 'udp', this.asked.get(name) ?? 0)) {
      const send = () => {
        if (!this.#isClosed) (isFromElsewhere ? other : udp).send(bytes, from.port, from.address)
      }
      if (delayMs === 0) send()
      else this.#world.server(() => this.#later(send, delayMs))
    }
  }

  #later(send: () => void, delayMs: number): void {
    currentHost().clock.setTimer(send, delayMs)
  }

  #serveStream(socket: nodeNet.Socket): void {
    let waiting = Buffer.alloc(0)
    socket.on('error', () => {})
    socket.on('data', (chunk: Buffer) => {
      waiting = Buffer.concat([waiting, chunk])
      while (waiting.length >= 2 && waiting.length >= 2 + waiting.readUInt16BE(0)) {
        const query = waiting.subarray(2, 2 + waiting.readUInt16BE(0))
        waiting = waiting.subarray(2 + query.length)
        for (const { bytes } of answersTo(query, 'tcp', 1)) {
          const size = Buffer.alloc(2)
          size.writeUInt16BE(bytes.length)
          socket.write(Buffer.concat([size, bytes]))
        }
      }
    })
  }

  #count(query: Buffer): string {
    const name = nameIn(query)
    this.asked.set(name, (this.asked.get(name) ?? 0) + 1)
    return name
  }
}

describe('a resolver, by a model', () => {
  for (const cache of [false, true]) {
    it(`answers each question once and in time in virtual time, and retains nothing${cache ? ', with a cache' : ''}`, async () => {
      const retained = new Retained()
      const property = fc.asyncProperty(timed, fc.nat(), async (acts, seed) => {
        const world = virtualWorld(seed)
        const stage = new Stage(ours, ours, world, { timeout: TIMEOUT_MS, cache })
        await stage.start()
        await stage.run(acts)
        await stage.finish()
        for (const [name, times] of stage.asked) {
          // Kept, or joined, by all that ask again; cancelled ones are asked for anew.
          const wasCancelled = stage.questions.some(one => one.name === name && one.isCancelled)
          const isKept = cache && /^(address|alias)-/.test(name) && !wasCancelled && !stage.log.includes('servers set')
          if (isKept) assert.equal(times, 1, `${name} is asked for once`)
        }
        for (const question of stage.questions) retained.add(question)
        world.close()
      })
      await fc.assert(property, { ...modelRuns(60), includeErrorInReport: true })
      assert.equal(await retained.count(), 0, 'questions that are still reachable')
    })
  }

  it('answers on real sockets as node:dns does, and leaves no descriptor behind', async () => {
    const runOn = async (modules: Modules, acts: readonly Act[], isElsewhere: boolean): Promise<unknown> => {
      const stage = new Stage(modules, theirs, realWorld(), { timeout: 5000 })
      await stage.start()
      if (isElsewhere) stage.leaveByElsewhere()
      await stage.run(acts)
      await stage.finish()
      return { answers: stage.log.sort(), orders: stage.orders }
    }
    const property = fc.asyncProperty(timeless, fc.integer({ min: 0, max: 4 }), async (acts, where) => {
      const before = openDescriptors()
      const isElsewhere = where === 0
      const heard = await runOn(ours, acts, isElsewhere)
      await descriptorsClosed(before)
      assert.equal(openDescriptors(), before, 'descriptors')
      assert.deepEqual(heard, await runOn(theirs, acts, isElsewhere))
    })
    await fc.assert(property, { ...modelRuns(60), includeErrorInReport: true })
  })
})
