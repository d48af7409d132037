// Compression on both sides: what is shared, what is not, and where it stops. RFC 1035 section 4.1.4.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { readMessage, writeMessage } from '../../../src/dns/wire/message.ts'
import type { RecordData, ResourceRecord } from '../../../src/dns/wire/records.ts'
import { IN } from '../../../src/dns/wire/types.ts'
import { message } from '../messages.ts'

const ns = (name: string, target: string): ResourceRecord => ({ name, class: IN, ttl: 1, type: 'NS', target })
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')

/** Owners and targets as they went out, a space in place of the fixed fields behind each owner. */
function written(records: readonly ResourceRecord[]): string {
  return hex(writeMessage(message({ answers: records })))
    .slice(24)
    .replaceAll(/(00020001)(00000001)..../g, ' ')
    .trim()
}

describe('compression', () => {
  it('is what the standard shows', () => {
    // RFC 1035 section 4.1.4: F.ISI.ARPA, FOO.F.ISI.ARPA, ARPA and the root.
    const out = written([ns('F.ISI.ARPA', 'FOO.F.ISI.ARPA'), ns('ARPA', '')])
    assert.equal(out, '014603495349044152504100 03464f4fc00cc012 00')
  })

  it('keeps the letters of names: other case is another name', () => {
    const records = [ns('a.Test', 'b.test'), ns('A.Test', 'b.test')]
    assert.deepEqual(readMessage(writeMessage(message({ answers: records }))).answers, records)
  })

  it('shares ends of names that were compressed themselves', () => {
    const out = written([ns('a.b.c', 'x.b.c'), ns('y.x.b.c', 'y.x.b.c')])
    assert.equal(out, '01610162016300 0178c00e0179c01d c021')
  })

  it('leaves names alone where data of their type must not have pointers', () => {
    const srv: RecordData = { type: 'SRV', priority: 0, weight: 0, port: 0, target: 'a.test' }
    const naptr = {
      type: 'NAPTR',
      order: 0,
      preference: 0,
      flags: '',
      services: '',
      regexp: '',
      replacement: 'a.test',
    } as const
    const svcb: RecordData = { type: 'HTTPS', priority: 0, target: 'a.test', params: [] }
    for (const data of [srv, naptr, svcb]) {
      const bytes = writeMessage(message({ answers: [{ name: 'a.test', class: IN, ttl: 1, ...data }] }))
      assert.equal(hex(bytes).split('01610474657374').length, 3, data.type)
    }
  })

  it('points to nothing that was cut off, and to nothing past 14 bits', () => {
    const fill: ResourceRecord = { name: 'f', class: IN, ttl: 1, type: 'TYPE65280', data: new Uint8Array(0x4000) }
    const far = message({ answers: [fill, ns('a.far', 'a.far'), ns('b.far', 'c.b.far')] })
    assert.deepEqual(readMessage(writeMessage(far)), far)
    // The names of records that do not fit are forgotten, and the next section's do not point to them.
    const answers = [ns('fits', 'x.fits'), ns('long.gone', `${'y'.repeat(60)}.gone`)]
    const cut = message({ answers, edns: { udpSize: 512, version: 0, do: false, options: [] } })
    for (let maxSize = 30; maxSize < 140; maxSize++) {
      const bytes = writeMessage(cut, { maxSize })
      const read = readMessage(bytes)
      assert.deepEqual(read.answers, answers.slice(0, read.answers.length))
    }
    // And the next message's neither.
    assert.deepEqual(readMessage(writeMessage(message({ answers: [ns('gone', 'long.gone')] }))).answers, [
      ns('gone', 'long.gone'),
    ])
  })

  it('goes on without the names that are one too many', () => {
    const many = Array.from({ length: 2200 }, (_, i) => ns(`n${i}`, `t${i}.n${i}`))
    const whole = message({ answers: many })
    assert.deepEqual(readMessage(writeMessage(whole)), whole)
    // Each label below the one before it: the table fills up, and the message stays right.
    const deep = Array.from({ length: 60 }, (_, i) => ns(`${`${i}.`.repeat(80)}x`, 'x'))
    assert.deepEqual(readMessage(writeMessage(message({ answers: deep }))).answers, deep)
  })

  it('starts afresh after a message that could not be written', () => {
    const bad = message({ answers: [ns('a.test', 'b.test'), ns('a.test', 'b..test')] })
    assert.throws(() => writeMessage(bad))
    assert.equal(written([ns('b.test', '')]), '0162047465737400 00')
  })
})
