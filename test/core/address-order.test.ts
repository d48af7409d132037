// RFC 6724: the examples of its section 10.2, and what follows from the rules.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { inAddressOrder, nearestAmong } from '../../src/core/address-order.ts'

const address = (text: string) => ({ address: text, family: text.includes(':') ? (6 as const) : (4 as const) })

/** Sources, destinations in the wrong order, and in the right one. */
const examples: readonly [name: string, sources: string[], given: string[], expected: string[]][] = [
  [
    'matching scope',
    ['2001:db8:1::2', 'fe80::1', '169.254.13.78'],
    ['198.51.100.121', '2001:db8:1::1'],
    ['2001:db8:1::1', '198.51.100.121'],
  ],
  [
    'matching scope, IPv4',
    ['fe80::1', '198.51.100.117'],
    ['2001:db8:1::1', '198.51.100.121'],
    ['198.51.100.121', '2001:db8:1::1'],
  ],
  [
    'higher precedence',
    ['2001:db8:1::2', 'fe80::1', '10.1.2.4'],
    ['10.1.2.3', '2001:db8:1::1'],
    ['2001:db8:1::1', '10.1.2.3'],
  ],
  ['smaller scope', ['2001:db8:1::2', 'fe80::2'], ['2001:db8:1::1', 'fe80::1'], ['fe80::1', '2001:db8:1::1']],
  [
    'matching label',
    ['2002:c633:6401::2', 'fe80::2'],
    ['2001:db8:1::1', '2002:c633:6401::1'],
    ['2002:c633:6401::1', '2001:db8:1::1'],
  ],
  [
    'higher precedence of 6to4',
    ['2002:c633:6401::2', '2001:db8:1::2', 'fe80::2'],
    ['2002:c633:6401::1', '2001:db8:1::1'],
    ['2001:db8:1::1', '2002:c633:6401::1'],
  ],
  ['avoiding what cannot be reached', ['10.0.0.1'], ['2001:db8::1', '10.0.0.2'], ['10.0.0.2', '2001:db8::1']],
  ['longest prefix', ['2001:db8:1::2'], ['2001:db8:3ffe::1', '2001:db8:1::1'], ['2001:db8:1::1', '2001:db8:3ffe::1']],
  [
    'the order of the answer, for IPv4',
    ['10.0.0.1'],
    ['192.0.2.7', '10.0.0.9', '192.0.2.3'],
    ['192.0.2.7', '10.0.0.9', '192.0.2.3'],
  ],
  ['loopback', ['127.0.0.1', '::1', '10.0.0.1'], ['127.0.0.1', '::1'], ['::1', '127.0.0.1']],
]

describe('inAddressOrder', () => {
  for (const [name, sources, given, expected] of examples) {
    it(`prefers ${name}`, () => {
      assert.deepEqual(inAddressOrder(given.map(address), nearestAmong(sources)), expected.map(address))
    })
  }

  it('asks the caller for the source of each destination, and puts last what has none', () => {
    const sources: Record<string, string> = {
      '2001:db8::1': '2001:db8::9',
      '2001:db8:8000::1': '2001:db8::9',
      '::1': '::1',
    }
    const given = ['10.0.0.1', '192.0.2.1', '2001:db8:8000::1', '2001:db8::1', '::1'].map(address)
    const ordered = inAddressOrder(given, to => (to === '10.0.0.1' ? undefined : (sources[to] ?? '192.0.2.9')))
    assert.deepEqual(
      ordered.map(one => one.address),
      ['::1', '2001:db8::1', '2001:db8:8000::1', '192.0.2.1', '10.0.0.1'],
    )
  })

  it('loses and invents nothing, whatever the addresses, and does not care for their order', () => {
    const any = fc.oneof(fc.ipV4(), fc.ipV6())
    fc.assert(
      fc.property(fc.uniqueArray(any, { maxLength: 8 }), fc.array(any, { maxLength: 4 }), (given, sources) => {
        const ordered = inAddressOrder(given.map(address), nearestAmong(sources))
        assert.deepEqual(ordered.map(one => one.address).sort(), [...given].sort())
        assert.deepEqual(inAddressOrder(ordered, nearestAmong(sources)), ordered)
      }),
    )
  })
})
