// Noise deep in the TLS engine: whole connections of every shape whose messages are altered under valid keys, in a way that the
// sender's own transcript follows (an end that is hostile from the start) or does not (one that only the line can be), and
// anything at all after the handshake. `node dist/test/fuzz/tls-flights.js 1000000` sends so many messages and records; a
// seed may follow. A finding is whatever is thrown that is no TlsError, plaintext before the end of a handshake or that
// nobody sent, and two ends that never come to rest.

import { argv } from 'node:process'
import type { CryptoProvider } from '../../src/crypto/provider.ts'
import { ALERT, APPLICATION_DATA, CHANGE_CIPHER_SPEC, HANDSHAKE } from '../../src/tls/wire/records.ts'
import {
  Encounter,
  meet,
  rarerScenarios,
  type Scenario,
  scenarios,
  sessionOf,
} from '../tls/engine/handshake-scenarios.ts'
import type { AlterUnits, Unit } from '../tls/engine/message-wire.ts'
import type { Side } from '../tls/engine/rfc8448-trace.ts'
import { toyCrypto } from '../tls/engine/toy-crypto.ts'
import { randomBelow } from './random.ts'
import { changedMessage } from './tls-message-changes.ts'

const shapes = [...scenarios, ...rarerScenarios]

export interface FlightsReport {
  /** Messages and records that were delivered, altered or not. */
  records: number
  connections: number
  /** Connections in which both ends got the other's greeting all the same. */
  completed: number
  refused: number
  /** By alert, of the end that refused first. */
  readonly alerts: Map<string, number>
  readonly findings: string[]
}

export function fuzzFlights(count: number, seed: number): FlightsReport {
  const below = randomBelow(seed)
  const corpus = collectMessages()
  const report: FlightsReport = {
    records: 0,
    connections: 0,
    completed: 0,
    refused: 0,
    alerts: new Map(),
    findings: [],
  }
  while (report.records < count) {
    const scenario = shapes[below(shapes.length)] as Scenario
    const number = report.connections++
    try {
      judge(new HostileMeeting(scenario, corpus, below).run(report), report, `${scenario.name}, connection ${number}`)
    } catch (error) {
      report.findings.push(`${scenario.name}, connection ${number}: ${error instanceof Error ? error.stack : error}`)
    }
  }
  return report
}

function judge(encounter: Encounter, report: FlightsReport, what: string): void {
  if (encounter.isComplete) report.completed++
  if (encounter.verdict) {
    report.refused++
    report.alerts.set(encounter.verdict, (report.alerts.get(encounter.verdict) ?? 0) + 1)
  }
  for (const [side, other] of [
    ['client', 'server'],
    ['server', 'client'],
  ] as const) {
    const taken = encounter[side].text
    if (taken !== '' && !encounter.believers.has(side)) report.findings.push(`${what}: the ${side} took data too early`)
    if (taken.replaceAll(`from the ${other}`, '') !== '') report.findings.push(`${what}: the ${side} took "${taken}"`)
  }
}

/** Every handshake message of every scenario, as seeds. */
function collectMessages(): Uint8Array[] {
  const corpus: Uint8Array[] = [Uint8Array.of(0, 0, 0, 0), Uint8Array.of(24, 0, 0, 1, 0), Uint8Array.of(24, 0, 0, 1, 1)]
  const note: AlterUnits = units => {
    corpus.push(...units.filter(one => one.type === HANDSHAKE).map(one => new Uint8Array(one.content)))
    return units
  }
  for (const scenario of shapes) meet(scenario, { client: note, server: note })
  return corpus
}

class HostileMeeting {
  readonly #scenario: Scenario
  readonly #corpus: readonly Uint8Array[]
  readonly #below: (limit: number) => number
  /** In its transcript too: messages that the hostile end believes to have sent otherwise. */
  readonly #believed: (readonly [was: Buffer, is: Buffer])[] = []
  readonly #hostile: Side
  readonly #isConsistent: boolean
  /** One message in so many is altered. */
  readonly #rarity: number

  constructor(scenario: Scenario, corpus: readonly Uint8Array[], below: (limit: number) => number) {
    this.#scenario = scenario
    this.#corpus = corpus
    this.#below = below
    this.#hostile = below(2) === 0 ? 'client' : 'server'
    this.#isConsistent = below(3) > 0
    this.#rarity = 1 + below(8)
  }

  run(report: { records: number }): Encounter {
    const hostile = this.#hostile
    const scenario = { ...this.#scenario, [hostile]: { ...this.#scenario[hostile], crypto: this.#crypto() } }
    const session = scenario.resumes ? sessionOf(this.#scenario) : undefined
    const alter = (side: Side): AlterUnits => {
      return units => {
        const sent = side === hostile ? this.#alter(units) : units
        report.records += sent.length
        return sent
      }
    }
    const onSent = (side: Side, message: Uint8Array) => {
      if (side === hostile && this.#isConsistent) this.#decide(message)
    }
    return new Encounter(scenario, session, { client: alter('client'), server: alter('server') }, onSent).run()
  }

  /** Before the message is hashed: what goes out in its place. */
  #decide(message: Uint8Array): void {
    if (this.#below(this.#rarity) > 0) return
    const is = Buffer.from(changedMessage(message, this.#corpus, this.#below))
    this.#believed.push([Buffer.from(message), is])
  }

  #alter(units: readonly Unit[]): Unit[] {
    const below = this.#below
    const sent: Unit[] = []
    for (const unit of units) {
      if (unit.type !== HANDSHAKE) sent.push(unit)
      else if (this.#isConsistent) sent.push({ type: HANDSHAKE, content: this.#believedInstead(unit.content) })
      else if (below(this.#rarity) > 0) sent.push(unit)
      else {
        const content = changedMessage(unit.content, this.#corpus, below)
        const copies = [0, 1, 1, 1, 1, 2][below(6)] as number
        for (let i = 0; i < copies; i++) sent.push({ type: HANDSHAKE, content })
      }
      if (below(this.#rarity * 4) === 0) sent.push(this.#anything())
    }
    if (sent.length > 1 && below(this.#rarity * 4) === 0) sent.push(...sent.splice(below(sent.length), 1))
    return sent
  }

  /** Something that nobody waits for. */
  #anything(): Unit {
    const below = this.#below
    switch (below(8)) {
      case 0:
        return { type: CHANGE_CIPHER_SPEC, content: Uint8Array.of(below(3)) }
      case 1:
        return { type: ALERT, content: Uint8Array.of(below(4), [0, 10, 90, 100, 255][below(5)] as number) }
      case 2:
        return { type: APPLICATION_DATA, content: new Uint8Array(0) }
      case 3:
        return { type: 24 + below(200), content: Uint8Array.of(1) }
      default: {
        const message = this.#corpus[below(this.#corpus.length)] as Uint8Array
        return { type: HANDSHAKE, content: changedMessage(message, this.#corpus, below) }
      }
    }
  }

  #believedInstead(content: Uint8Array): Uint8Array {
    return this.#believed.find(([was]) => was.equals(content))?.[1] ?? content
  }

  /** Hashes what is believed in place of what was said. */
  #crypto(): CryptoProvider {
    const base = toyCrypto(this.#hostile)
    const own: Partial<CryptoProvider> = {
      hash: (name, data) => base.hash(name, this.#swapped(data)),
      runningHash: name => {
        const parts: Uint8Array[] = []
        return {
          update: data => void parts.push(new Uint8Array(data)),
          digest: () => base.hash(name, this.#swapped(Buffer.concat(parts))),
        }
      },
    }
    return Object.assign(Object.create(base) as CryptoProvider, own)
  }

  #swapped(data: Uint8Array): Uint8Array {
    let whole = Buffer.from(data)
    for (const [was, is] of this.#believed) {
      const at = whole.indexOf(was)
      if (at >= 0) whole = Buffer.concat([whole.subarray(0, at), is, whole.subarray(at + was.length)])
    }
    return whole
  }
}

if (argv[1]?.endsWith('tls-flights.js')) {
  const [count = 1_000_000, seed = 1] = argv.slice(2).map(Number)
  const { findings, alerts, ...figures } = fuzzFlights(count, seed)
  console.log(figures, Object.fromEntries([...alerts].sort((one, other) => other[1] - one[1])))
  console.log(`findings: ${findings.length}`)
  for (const one of findings.slice(0, 20)) console.log(one)
}
