// A hostile peer that has the keys: every handshake message, the encrypted ones too, dropped, doubled, swapped, cut,
// lengthened and bit-flipped at every position before it is protected. The handshake never ends well, the end that notices
// says so with the right alert or waits for bytes that do not come, and nobody takes plaintext.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { HELLO_RETRY_RANDOM } from '../../../src/tls/wire/handshake-messages.ts'
import { CHANGE_CIPHER_SPEC, HANDSHAKE } from '../../../src/tls/wire/records.ts'
import { type Encounter, meet, rarerScenarios, type Scenario, scenarios } from './handshake-scenarios.ts'
import type { AlterUnits, Unit } from './message-wire.ts'
import type { Side } from './rfc8448-trace.ts'

const names: Readonly<Record<number, string>> = {
  1: 'ClientHello',
  2: 'ServerHello',
  4: 'NewSessionTicket',
  8: 'EncryptedExtensions',
  11: 'Certificate',
  12: 'ServerKeyExchange',
  13: 'CertificateRequest',
  14: 'ServerHelloDone',
  15: 'CertificateVerify',
  16: 'ClientKeyExchange',
  20: 'Finished',
  22: 'CertificateStatus',
  24: 'KeyUpdate',
  25: 'CompressedCertificate',
}

/** A message, where it stands, and what to call it. */
interface Place {
  readonly side: Side
  readonly index: number
  readonly unit: Unit
  readonly name: string
}

/** What stands in a message's place; `next` is the one after it under the same keys, which goes away with `takesNext`. */
interface Change {
  readonly units: readonly Unit[]
  readonly takesNext?: boolean
}

type Alteration = (content: Uint8Array, next: Unit | undefined) => Change | undefined

/** Everything that goes over the line in a handshake, data and alerts apart. */
function placesOf(scenario: Scenario): Place[] {
  const places: Place[] = []
  const note = (side: Side): AlterUnits => {
    let index = 0
    return units => {
      for (const unit of units) {
        const name = unit.type === HANDSHAKE ? names[unit.content[0] ?? -1] : 'change_cipher_spec'
        assert.ok(name)
        const isHandshake = unit.type === HANDSHAKE || unit.type === CHANGE_CIPHER_SPEC
        if (isHandshake) places.push({ side, index, unit, name: isRetry(unit) ? 'HelloRetryRequest' : name })
        index++
      }
      return units
    }
  }
  const encounter = meet(scenario, { client: note('client'), server: note('server') })
  assert.ok(encounter.isComplete, `${scenario.name}: ${encounter.verdict}`)
  return places
}

function isRetry({ content }: Unit): boolean {
  return content[0] === 2 && Buffer.from(content).includes(HELLO_RETRY_RANDOM)
}

/** undefined: the alteration does not apply here. */
function encounterWith(scenario: Scenario, place: Place, alteration: Alteration): Encounter | undefined {
  let index = 0
  let isAltered = false
  const alter: AlterUnits = units => {
    const out: Unit[] = []
    for (let i = 0; i < units.length; i++, index++) {
      const unit = units[i] as Unit
      const change = index === place.index ? alteration(unit.content, units[i + 1]) : undefined
      isAltered ||= change !== undefined
      out.push(...(change?.units ?? [unit]))
      if (change?.takesNext) i++
      if (change?.takesNext) index++
    }
    return out
  }
  const encounter = meet(scenario, { [place.side]: alter })
  return isAltered ? encounter : undefined
}

/**
 * Refused with one of these alerts, by either end (who was lied to may find out only by the other's answer), or `waits`: the
 * one who got it waits for more. In no case is it done, or has it taken anything.
 */
function assertRefused(encounter: Encounter, place: Place, allowed: readonly string[], what: string): void {
  const to = place.side === 'client' ? 'server' : 'client'
  const receiver = encounter[to]
  const verdict = encounter.verdict.split(' ')[1] ?? 'waits'
  assert.ok(allowed.includes(verdict), `${what}: ${encounter.verdict || 'waits'}`)
  assert.equal(encounter.isComplete, false, what)
  // A right Finished with more behind it is the end in TLS 1.2; what is behind it is refused after that.
  const isRight =
    place.name === 'Finished' && allowed.includes('unexpected_message') && !allowed.includes('decrypt_error')
  assert.ok(isRight || !encounter.believers.has(to), `${what}: was done`)
  assert.equal(receiver.data.length, 0, `${what}: took plaintext`)
  assert.throws(() => receiver.engine.write(new Uint8Array(1)), what)
}

const handshake = (content: Uint8Array): Unit => ({ type: HANDSHAKE, content })

function withItsLength(content: Uint8Array): Uint8Array {
  const size = content.length - 4
  content.set([size >>> 16, size >>> 8, size], 1)
  return content
}

function longer(content: Uint8Array, more: number): Uint8Array {
  return Buffer.concat([content, Buffer.alloc(more, 0xff)])
}

const dropped: Alteration = () => ({ units: [] })
const swapped: Alteration = (content, next) => next && { units: [next, handshake(content)], takesNext: true }
const cut =
  (size: number): Alteration =>
  content => ({ units: [handshake(content.slice(0, size))] })
const cutToFit =
  (size: number): Alteration =>
  content => ({ units: [handshake(withItsLength(content.slice(0, size)))] })
const lengthened =
  (more: number): Alteration =>
  content => ({ units: [handshake(longer(content, more))] })
const lengthenedToFit =
  (more: number): Alteration =>
  content => ({ units: [handshake(withItsLength(longer(content, more)))] })
const flipped =
  (at: number): Alteration =>
  content => {
    content[at] = (content[at] ?? 0) ^ (1 << (at % 8))
    return { units: [handshake(content)] }
  }
const misMeasured =
  (more: number): Alteration =>
  content => {
    const size = content.length - 4 + more
    if (size < 0) return undefined
    content.set([size >>> 16, size >>> 8, size], 1)
    return { units: [handshake(content)] }
  }

/** What follows comes under keys that the one who still waits for a Finished does not have. */
const keysDiffer = ['bad_record_mac']
/** The bytes that follow are read as what they are not. */
const misread = ['unexpected_message', 'decode_error', 'illegal_parameter', 'waits', ...keysDiffer]

/** One bit of a body, by the message that it is in. */
const flips: Readonly<Record<string, readonly string[]>> = {
  ClientHello: [
    'decode_error',
    'illegal_parameter',
    'protocol_version',
    'handshake_failure',
    'missing_extension',
    'decrypt_error',
    'unexpected_message',
    ...keysDiffer,
  ],
  ServerHello: [
    'decode_error',
    'illegal_parameter',
    'protocol_version',
    'unsupported_extension',
    'decrypt_error',
    'unexpected_message',
    ...keysDiffer,
  ],
  HelloRetryRequest: ['decode_error', 'illegal_parameter', 'protocol_version', 'unsupported_extension'],
  EncryptedExtensions: ['decode_error', 'illegal_parameter', 'unsupported_extension', 'decrypt_error'],
  Certificate: ['decode_error', 'bad_certificate', 'unsupported_extension', 'decrypt_error'],
  CompressedCertificate: [
    'decode_error',
    'bad_certificate',
    'illegal_parameter',
    'decrypt_error',
    'unsupported_extension',
  ],
  CertificateRequest: ['decode_error', 'missing_extension', 'decrypt_error', ...keysDiffer],
  CertificateVerify: ['decode_error', 'illegal_parameter', 'decrypt_error'],
  // With a PSK nothing signs it.
  ServerKeyExchange: ['decode_error', 'illegal_parameter', 'handshake_failure', 'decrypt_error', ...keysDiffer],
  ClientKeyExchange: ['decode_error', 'unknown_psk_identity', 'decrypt_error', ...keysDiffer],
  CertificateStatus: ['decode_error', ...keysDiffer],
  NewSessionTicket: ['decode_error', 'decrypt_error'],
  Finished: ['decrypt_error'],
  KeyUpdate: ['illegal_parameter'],
}

/** Tickets of TLS 1.3 come after the end and bind nobody. */
function isAfterTheEnd(scenario: Scenario, place: Place): boolean {
  return scenario.version === 0x0304 && (place.name === 'NewSessionTicket' || place.name === 'KeyUpdate')
}

for (const scenario of [...scenarios, ...rarerScenarios.filter(one => !one.renegotiates)]) {
  describe(`altered messages: ${scenario.name}`, () => {
    const places = placesOf(scenario)
    const inHandshake = places.filter(place => !isAfterTheEnd(scenario, place))
    const messages = inHandshake.filter(place => place.unit.type === HANDSHAKE)

    function check(
      where: readonly Place[],
      alteration: Alteration,
      allowed: (place: Place) => readonly string[],
    ): void {
      for (const place of where) {
        const encounter = encounterWith(scenario, place, alteration)
        if (encounter) assertRefused(encounter, place, allowed(place), `the ${place.side}’s ${place.name}`)
      }
    }

    test('dropped', () => {
      check(inHandshake, dropped, ({ name, side }) => {
        // A Finished in clear is no message that anybody knows, and mostly too large.
        if (name === 'change_cipher_spec') return ['unexpected_message', 'decode_error']
        if (name === 'Finished' && side === 'client') return ['unexpected_message', 'waits', ...keysDiffer]
        // These may be left out: what shows it is the next thing that covers the transcript.
        if (name === 'CertificateRequest') return ['unexpected_message', 'decrypt_error']
        if (name === 'CertificateStatus') return keysDiffer
        return ['unexpected_message', 'waits']
      })
    })

    test('doubled', () => {
      const doubled: Alteration = content => ({ units: [handshake(content), handshake(content)] })
      check(messages, doubled, ({ name }) => {
        // The second is the answer to a HelloRetryRequest, with a share that was not asked for.
        const isSecond = name === 'ClientHello' && inHandshake.some(place => place.name === 'HelloRetryRequest')
        return isSecond ? ['illegal_parameter', 'unexpected_message'] : ['unexpected_message']
      })
      const changes = inHandshake.filter(place => place.unit.type === CHANGE_CIPHER_SPEC)
      const change: Unit = { type: CHANGE_CIPHER_SPEC, content: Uint8Array.of(1) }
      // After the first one everything has to be protected.
      check(
        changes,
        () => ({ units: [change, change] }),
        () => keysDiffer,
      )
    })

    test('swapped with the next', () => {
      check(messages, swapped, () => ['unexpected_message'])
    })

    test('cut at every length', () => {
      for (const place of messages) {
        for (let size = 0; size < place.unit.content.length; size++) {
          const more = [...(flips[place.name] ?? []), 'decrypt_error', 'bad_certificate', 'handshake_failure']
          check([place], cut(size), () => [...misread, 'unsupported_extension', ...more])
        }
      }
    })

    test('cut at every length, and with a header that fits', () => {
      for (const place of messages) {
        for (let size = 4; size < place.unit.content.length; size++) {
          // A hello may be without extensions: it is then one of an old version, or of an unsafe one.
          const isHello = /Hello|Retry/.test(place.name)
          check([place], cutToFit(size), () => (isHello ? ['decode_error', ...withoutExtensions] : ['decode_error']))
        }
      }
    })

    test('lengthened', () => {
      for (const more of [1, 2, 3, 4, 5, 16, 1000, 20_000]) {
        check(messages, lengthened(more), () => misread)
        check(messages, lengthenedToFit(more), () => ['decode_error'])
      }
    })

    test('with another length', () => {
      for (const more of [1, 2, 3, 4, 100, 2 ** 16, -1, -2, -4]) check(messages, misMeasured(more), () => misread)
    })

    test('one bit flipped at every position', () => {
      for (const place of messages) {
        for (let at = 0; at < place.unit.content.length; at++) {
          const inHeader = at === 0 ? ['unexpected_message', ...keysDiffer] : misread
          check([place], flipped(at), () => (at < 4 ? inHeader : (flips[place.name] ?? [])))
        }
      }
    })

    test('after the end: tickets and key updates', () => {
      for (const place of places.filter(one => isAfterTheEnd(scenario, one))) {
        const size = place.unit.content.length
        const alterations = [
          ...Array.from({ length: size - 4 }, (_, i) => cutToFit(4 + i)),
          ...[1, 2, 100].map(lengthenedToFit),
        ]
        for (const alteration of alterations) {
          const verdict = encounterWith(scenario, place, alteration)?.verdict
          assert.match(verdict ?? '', / decode_error$/, `the ${place.side}’s ${place.name}`)
        }
        for (let at = 0; at < size; at++) {
          const encounter = encounterWith(scenario, place, flipped(at))
          const verdict = encounter?.verdict.split(' ')[1] ?? (encounter?.isComplete ? 'complete' : 'waits')
          const inBody = place.name === 'KeyUpdate' ? ['illegal_parameter'] : ['complete', 'decode_error']
          // Nothing need follow the last KeyUpdate: its peer waits for more of it.
          const inHeader = [...misread, 'complete']
          assert.ok((at < 4 ? inHeader : inBody).includes(verdict), `${place.name}, byte ${at}: ${verdict}`)
        }
      }
    })
  })
}

describe('altered messages: a renegotiation', () => {
  const scenario = rarerScenarios.find(one => one.renegotiates) as Scenario
  const places = placesOf(scenario).filter(place => place.unit.type === HANDSHAKE)
  /** Those of the second handshake: behind the first Finished of their side. */
  const second = places.filter(({ side, index }) =>
    places.some(one => one.side === side && one.name === 'Finished' && one.index < index),
  )

  /** The second handshake does not come to an end for who got the altered message. */
  function check(
    what: string,
    alterationsFor: (size: number) => readonly Alteration[],
    allowed: readonly string[],
  ): void {
    for (const place of second) {
      for (const alteration of alterationsFor(place.unit.content.length)) {
        const encounter = encounterWith(scenario, place, alteration)
        if (encounter === undefined) continue
        const to = place.side === 'client' ? 'server' : 'client'
        const verdict = encounter.verdict.split(' ')[1] ?? 'waits'
        assert.ok(allowed.includes(verdict), `${what}, ${place.side}’s ${place.name}: ${encounter.verdict || 'waits'}`)
        assert.equal(encounter.completed[to], 1, `${what}, ${place.side}’s ${place.name}`)
      }
    }
  }

  const everywhere = (one: (at: number) => Alteration) => (size: number) =>
    Array.from({ length: size }, (_, at) => one(at))

  test('is altered in nothing', () => {
    assert.ok(second.length >= 11)
    check('dropped', () => [dropped], [
      'unexpected_message',
      'illegal_parameter',
      'decrypt_error',
      'bad_record_mac',
      'waits',
    ])
    check('cut to fit', size => everywhere(at => cutToFit(Math.max(4, at)))(size).slice(4), [
      'decode_error',
      'handshake_failure',
    ])
    check('lengthened to fit', () => [1, 100].map(lengthenedToFit), ['decode_error'])
    check('flipped', everywhere(flipped), [...misread, ...Object.values(flips).flat()])
  })
})

describe('altered messages: what Finished would show too late', () => {
  const scenarioOf = (name: string): Scenario => scenarios.find(one => one.name === name) as Scenario

  test('a binder that does not fit is refused as such', () => {
    const scenario = scenarioOf('TLS 1.3, resumed')
    const [hello] = placesOf(scenario)
    assert.ok(hello)
    const { length } = hello.unit.content
    for (let at = length - 32; at < length; at++) {
      assert.equal(encounterWith(scenario, hello, flipped(at))?.verdict, 'server decrypt_error')
    }
  })

  test('a second ClientHello that is not as the first is refused as such', () => {
    const scenario = scenarioOf('TLS 1.3 with a HelloRetryRequest')
    const [, hello] = placesOf(scenario).filter(place => place.name === 'ClientHello')
    assert.ok(hello)
    const { content } = hello.unit
    const suites = 39 + (content[38] ?? 0)
    const compression = suites + 2 + (content[suites + 1] ?? 0) + 1
    // Version, random, a suite, and the method of compression.
    for (const at of [5, 6, 37, suites + 3, compression]) {
      assert.equal(encounterWith(scenario, hello, flipped(at))?.verdict, 'server illegal_parameter', `byte ${at}`)
    }
  })

  test('no message begins under one key and ends under another', () => {
    // The first bytes of the message after a change of keys come before it: in clear, or under the old key.
    const changes: readonly (readonly [name: string, side: Side, before: number, after: number])[] = [
      ['TLS 1.3', 'server', 2, 8],
      ['TLS 1.3 with key updates', 'client', 24, 24],
      ['TLS 1.2', 'client', 16, 20],
      ['TLS 1.2', 'server', 4, 20],
    ]
    for (const [name, side, before, after] of changes) {
      let moved: Uint8Array | undefined
      const alter: AlterUnits = units => {
        const [first] = units
        const last = units.at(-1)
        if (moved === undefined && last?.content[0] === before) {
          moved = Uint8Array.of(after)
          return [...units, handshake(moved)]
        }
        if (moved?.length !== 1 || first?.content[0] !== after) return units
        moved = NOTHING
        return [handshake(first.content.slice(1)), ...units.slice(1)]
      }
      const encounter = meet(scenarioOf(name), { [side]: alter })
      assert.equal(moved !== undefined, true, name)
      assert.equal(encounter.verdict, `${side === 'client' ? 'server' : 'client'} unexpected_message`, name)
      assert.equal(encounter.isComplete, false)
    }
  })
})

const NOTHING = new Uint8Array(0)
/** A second ClientHello must be as the first; where nothing is signed and no extension is needed, Finished shows it. */
const withoutExtensions = ['protocol_version', 'handshake_failure', 'illegal_parameter', 'decrypt_error']
