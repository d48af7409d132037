import assert from 'node:assert/strict'
import net from 'node:net'
import { test } from 'node:test'
import fc from 'fast-check'
import { formatIp, ipVersion, isIPv4, isIPv6, parseIp } from '../../src/core/ip.ts'

const texts = [
  '',
  '1',
  '1.2.3',
  '1.2.3.4',
  '1.2.3.4.',
  '.1.2.3.4',
  '01.2.3.4',
  '256.1.1.1',
  '0.0.0.0',
  '255.255.255.255',
  '1.2.3.4.5',
  '1..2.3',
  '0x1.2.3.4',
  ' 1.2.3.4',
  '1.2.3.4 ',
  '::',
  '::1',
  '1::',
  ':1',
  '1:',
  ':::',
  '1:::2',
  '1::2::3',
  '::1:2:3:4:5:6:7',
  '1:2:3:4:5:6:7::',
  '1:2:3:4:5:6:7:8',
  '1:2:3:4:5:6:7:8:9',
  '1:2:3:4:5:6::8',
  '1::3:4:5:6:7:8',
  '::2:3:4:5:6:7:8',
  '12345::',
  'g::',
  'fe80::1%eth0',
  'fe80::1%',
  'fe80::1%%',
  '%eth0',
  'fe80::1%a b',
  '::ffff:1.2.3.4',
  '::1.2.3.4',
  '1.2.3.4::',
  '1:2:3:4:5:6:1.2.3.4',
  '1:2:3:4:5:6:7:1.2.3.4',
  '::1.2.3',
  '::1.2.3.04',
  '::ffff:1.2.3.4%1',
  'ABCD:ef01::',
  '::0000',
  '::00000',
]

test('what an IP address is agrees with the runtime', () => {
  for (const text of texts) assert.equal(ipVersion(text), net.isIP(text), text)
})

test('and for generated near-misses', () => {
  const pieces = fc.constantFrom(
    ':',
    '::',
    '.',
    '%',
    '0',
    '1',
    '25',
    '255',
    '256',
    'a',
    'ffff',
    'eth',
    '1.2.3.4',
    '-',
    ' ',
  )
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 17 }), parts => {
      const text = parts.join('')
      assert.equal(isIPv4(text), net.isIPv4(text), text)
      assert.equal(isIPv6(text), net.isIPv6(text), text)
    }),
    { numRuns: 5000 },
  )
})

test('bytes and text go both ways', () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: 16, maxLength: 16 }),
      fc.uint8Array({ minLength: 16, maxLength: 16 }),
      (a, mask) => {
        const bytes = a.map((byte, index) => ((mask[index] ?? 0) & 1 ? byte : 0))
        assert.deepEqual(parseIp(formatIp(bytes)), bytes)
        assert.deepEqual(parseIp(formatIp(bytes.subarray(0, 4))), bytes.slice(0, 4))
        assert.ok(isIPv6(formatIp(bytes)))
      },
    ),
  )
})

test('text is canonical: RFC 5952', () => {
  const cases: [string, string][] = [
    ['2001:DB8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
    ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
    ['0:0:0:0:0:0:0:0', '::'],
    ['0:0:0:0:0:ffff:0102:0304', '::ffff:1.2.3.4'],
    ['1:0:0:0:0:0:0:0', '1::'],
    ['fe80::1%eth0', 'fe80::1'],
  ]
  for (const [text, canonical] of cases) assert.equal(formatIp(parseIp(text) ?? new Uint8Array()), canonical)
  assert.equal(parseIp('1.2.3'), undefined)
  assert.equal(parseIp('1::2::3'), undefined)
})
