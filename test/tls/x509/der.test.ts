import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import {
  DerError,
  DerReader,
  formatOid,
  readBoolean,
  readNamedBits,
  readOctetBits,
  readTime,
  readWhole,
  smallInteger,
  tags,
} from '../../../src/tls/x509/der.ts'
import { element, integer, oid, time } from '../../support/certificates.ts'

const refuses = (read: () => unknown, pattern?: RegExp) =>
  assert.throws(read, (error: Error) => error instanceof DerError && (pattern?.test(error.message) ?? true))

describe('elements', () => {
  test('are read in order, with their tag, content and whole', () => {
    const bytes = Buffer.concat([integer(5), element(0x0c, Buffer.from('x'))])
    const reader = new DerReader(bytes)
    assert.equal(reader.nextTag, tags.INTEGER)
    assert.equal(reader.readSmallInteger(), 5)
    assert.equal(reader.isAtEnd, false)
    const { tag, content, whole } = reader.readAny()
    assert.deepEqual([tag, Buffer.from(content).toString(), whole.length], [tags.UTF8_STRING, 'x', 3])
    assert.equal(reader.isAtEnd, true)
    assert.equal(reader.nextTag, -1)
    reader.expectEnd()
  })

  test('of every length are what was written', () => {
    for (const length of [0, 1, 127, 128, 255, 256, 65535, 65536, 100_000]) {
      const content = readWhole(element(0x30, element(0x04, Buffer.alloc(length, 7))), 0x30).read(0x04)
      assert.equal(content.length, length)
    }
  })

  const wrong: Record<string, number[]> = {
    'nothing at all': [],
    'a tag alone': [0x30],
    'a tag of several bytes': [0x3f, 0x81, 0x01, 0x00],
    'an indefinite length': [0x30, 0x80, 0x00, 0x00],
    'a length that is cut off': [0x30, 0x82, 0x01],
    'a longer length than is needed': [0x30, 0x81, 0x01, 0x00],
    'a length with a leading zero': [0x30, 0x82, 0x00, 0x80, ...new Array(128).fill(0)],
    'a length of five bytes': [0x30, 0x85, 0, 0, 0, 0, 1, 0],
    'fewer bytes than are announced': [0x30, 0x02, 0x05],
    'four gigabytes': [0x30, 0x84, 0xff, 0xff, 0xff, 0xff],
  }
  for (const [title, bytes] of Object.entries(wrong)) {
    test(`with ${title} are refused`, () => refuses(() => new DerReader(Uint8Array.from(bytes)).readAny()))
  }

  test('of another tag, and bytes behind the end, are refused', () => {
    refuses(() => new DerReader(integer(1)).read(tags.SEQUENCE), /0x30 is expected, not 0x02/)
    refuses(() => readWhole(Buffer.concat([element(0x30), Buffer.of(0)]), 0x30), /too many/)
  })

  test('are counted', () => {
    const bytes = Buffer.concat([integer(1), integer(2), integer(3)])
    assert.equal([...new DerReader(bytes).elements(3)].length, 3)
    refuses(() => [...new DerReader(bytes).elements(2)], /more than 2/)
  })

  test('any bytes give elements or a DerError', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), bytes => {
        try {
          for (const one of new DerReader(bytes).elements(100)) assert.ok(one.whole.length >= 2)
        } catch (error) {
          assert.ok(error instanceof DerError)
        }
      }),
    )
  })
})

describe('values', () => {
  test('integers are the shortest, and small where they have to be', () => {
    assert.equal(smallInteger(Uint8Array.of(0x7f)), 127)
    assert.equal(smallInteger(Uint8Array.of(0, 0x80)), 128)
    assert.equal(smallInteger(Uint8Array.of(0x7f, 0xff, 0xff, 0xff)), 0x7fffffff)
    for (const bytes of [[], [0, 1], [0xff, 0x80], [0x80], [0, 0x80, 0, 0, 0], [1, 0, 0, 0, 0, 0]]) {
      refuses(() => smallInteger(Uint8Array.from(bytes)))
    }
  })

  test('booleans are all ones or zero', () => {
    assert.equal(readBoolean(Uint8Array.of(0xff)), true)
    assert.equal(readBoolean(Uint8Array.of(0)), false)
    for (const bytes of [[], [1], [0, 0]]) refuses(() => readBoolean(Uint8Array.from(bytes)))
  })

  test('bit strings have their unused bits at zero', () => {
    assert.deepEqual(readOctetBits(Uint8Array.of(0, 5)), Uint8Array.of(5))
    assert.equal(readNamedBits(Uint8Array.of(5, 0xa0)), 0b101)
    assert.equal(readNamedBits(Uint8Array.of(7, 0x00, 0x80)), 1 << 8)
    for (const bytes of [[], [8, 0], [1], [1, 1]]) refuses(() => readNamedBits(Uint8Array.from(bytes)))
    refuses(() => readOctetBits(Uint8Array.of(1, 2)))
  })

  test('object identifiers have arcs of any size, in their shortest form', () => {
    for (const text of ['1.2.840.113549.1.1.11', '2.5.29.17', '0.9.2342.19200300.100.1.25', '2.999.3']) {
      assert.equal(new DerReader(oid(text)).readOid(), text)
    }
    const uuid = Uint8Array.of(0x69, 0x83, ...new Array(17).fill(0xff), 0x7f)
    assert.match(formatOid(uuid), /^2\.25\.\d{30,}$/)
    for (const bytes of [[], [0x80, 1], [0x2a, 0x80, 1], [0x2a, 0x81], new Array(65).fill(1)]) {
      refuses(() => formatOid(Uint8Array.from(bytes)))
    }
  })

  test('times are those of RFC 5280, and exist', () => {
    const read = (date: string) => new Date(readTime(new DerReader(time(new Date(date))).readAny())).toISOString()
    for (const date of ['1999-12-31T23:59:59.000Z', '2049-12-31T00:00:00.000Z', '2050-01-01T00:00:00.000Z']) {
      assert.equal(read(date), date)
    }
    const wrong = [
      '700101000000',
      '7001010000Z',
      '991301000000Z',
      '990230000000Z',
      '990101240000Z',
      '990101006000Z',
      '',
    ]
    for (const text of wrong) refuses(() => readTime(new DerReader(element(0x17, Buffer.from(text))).readAny()))
    refuses(() => readTime(new DerReader(element(0x18, Buffer.from('20200101000000.5Z'))).readAny()))
    refuses(() => readTime(new DerReader(integer(1)).readAny()))
  })
})
