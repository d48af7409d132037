// Messages made to hang, crash or swell a reader, and values made to break a writer. Each limit is passed by one.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { MessageError } from '../../../src/dns/wire/error.ts'
import { readMessage, writeMessage } from '../../../src/dns/wire/message.ts'
import { MAX_MESSAGE_SIZE, MAX_POINTERS } from '../../../src/dns/wire/message-limits.ts'
import type { RecordData } from '../../../src/dns/wire/records.ts'
import { IN } from '../../../src/dns/wire/types.ts'
import { message, queryFor } from '../messages.ts'

type Part = number | string | Part[]

/** Numbers are bytes, texts are ASCII. */
function bytesOf(...parts: Part[]): Uint8Array {
  return Uint8Array.from(
    parts.flat(9).flatMap(part => (typeof part === 'string' ? [...Buffer.from(part)] : [part as number])),
  )
}

const u16 = (value: number) => [value >> 8, value & 0xff]
const header = (questions: number, answers = 0, additionals = 0) => [
  ...[0, 0, 0, 0],
  ...u16(questions),
  ...u16(answers),
  ...[0, 0],
  ...u16(additionals),
]
const record = (type: number, data: Part[], owner: Part[] = [0]) => {
  const size = bytesOf(...data).length
  return [owner, u16(type), u16(IN), [0, 0, 0, 1], u16(size), data]
}
const answer = (type: number, ...data: Part[]) => bytesOf(header(0, 1), record(type, data))

function refused(bytes: Uint8Array, rule: RegExp | string): void {
  assert.throws(
    () => readMessage(bytes),
    (error: unknown) => {
      assert.ok(error instanceof MessageError, String(error))
      if (typeof rule === 'string') assert.equal(error.message, rule)
      else assert.match(error.message, rule)
      return true
    },
  )
}

describe('a name in a message', () => {
  const question = (...name: Part[]) => bytesOf(header(1), name, u16(1), u16(IN))

  it('may point back only, and not into itself', () => {
    refused(question(0xc0, 12), 'a pointer that does not go back (at 12)')
    refused(question(0xc0, 14), 'a pointer that does not go back (at 12)')
    refused(question(0xff, 0xff), 'a pointer that does not go back (at 12)')
    refused(question(1, 'a', 0xc0, 12), 'a pointer that does not go back (at 14)')
    // To and fro: the second has to go back behind the first.
    const two = bytesOf(header(2), [0xc0, 18], u16(1), u16(IN), [0xc0, 12], u16(1), u16(IN))
    refused(two, 'a pointer that does not go back (at 12)')
    // Labels that run on into the pointer that leads to them.
    const overlap = bytesOf(header(0, 1), record(65280, [3, 'abc']), 0)
    overlap[7] = 2
    refused(
      bytesOf([...overlap.subarray(0, -1)], 0xc0, 23, u16(1), u16(IN), [0, 0, 0, 0, 0, 0]),
      /a name past the end|a label past the end/,
    )
  })

  it('has MAX_POINTERS at most', () => {
    const build = (count: number) => {
      // The data of an unknown type hold a root at 23, then pointers, each to the one before it.
      const start = 12 + 11
      const links: number[] = [0]
      for (let i = 1; i < count; i++) links.push(...u16(0xc000 | (i === 1 ? start : start + 1 + 2 * (i - 2))))
      const last = count === 1 ? start : start + 1 + 2 * (count - 2)
      return bytesOf(header(0, 2), record(65280, links), record(65280, [], u16(0xc000 | last)))
    }
    assert.equal(readMessage(build(MAX_POINTERS)).answers[1]?.name, '')
    refused(build(MAX_POINTERS + 1), /more than 127 pointers in a name/)
  })

  it('has 255 bytes at most, and labels of 63', () => {
    const long = (last: number) => [
      [63, 'x'.repeat(63)],
      [63, 'x'.repeat(63)],
      [63, 'x'.repeat(63)],
      [last, 'x'.repeat(last)],
      0,
    ]
    assert.equal(readMessage(question(...long(61))).questions[0]?.name.length, 253)
    refused(question(...long(62)), 'a name over 255 bytes (at 204)')
    refused(question(64, 'x'.repeat(64), 0), 'a label of an unknown kind (at 12)')
    refused(question(0x80, 0), 'a label of an unknown kind (at 12)')
  })

  it('does not go past the end, of the message or of its record', () => {
    refused(bytesOf(header(1), 3, 'ab'), 'a label past the end (at 12)')
    refused(bytesOf(header(1), 1, 'a'), 'a name past the end (at 14)')
    refused(bytesOf(header(1), 0xc0), 'a pointer past the end (at 12)')
    // A target of three bytes in data of two.
    const cut = bytesOf(header(0, 1), record(5, [1, 'a']), 0, 0)
    refused(cut, 'a name past the end (at 25)')
  })

  it('keeps NUL and other odd bytes as escapes', () => {
    assert.equal(readMessage(question(6, 'a', 0, '.\\', 0x80, ' ', 0)).questions[0]?.name, 'a\\000\\.\\\\\\128 ')
    assert.equal(readMessage(question(7, '";()@$a', 0)).questions[0]?.name, '\\"\\;\\(\\)\\@\\$a')
  })
})

describe('a record in a message', () => {
  it('has neither less nor more data than its type', () => {
    refused(answer(1, 1, 2, 3), '4 bytes past the end (at 23)')
    refused(answer(1, 1, 2, 3, 4, 5), "bytes behind a record's data (at 27)")
    refused(answer(28, ...new Array(15).fill(1)), '16 bytes past the end (at 23)')
    refused(answer(16), /a number past the end/)
    refused(answer(16, 5, 'abc'), 'text of 5 bytes past the end (at 24)')
    refused(answer(6, 0, 0, 1, 2, 3), /a number past the end/)
    refused(answer(15, 0), /a number past the end/)
    refused(answer(33, 0, 0, 0, 0, 0), /a number past the end/)
    refused(answer(35, 0, 0, 0, 0, 1), /text of 1 bytes past the end/)
    refused(answer(52, 1, 2), /a number past the end/)
    refused(answer(257, 0, 0), 'a CAA tag without a character (at 24)')
    refused(answer(257, 0, 9, 'issue'), 'text of 9 bytes past the end (at 25)')
  })

  it('has service parameters in order, each whole', () => {
    const https = (...params: Part[]) => answer(65, 0, 1, 0, params)
    const param = (key: number, ...value: Part[]) => [u16(key), u16(bytesOf(...value).length), value]
    refused(https(param(3, 1, 187), param(1, 2, 'h2')), /service parameters out of order/)
    refused(https(param(3, 1, 187), param(3, 1, 187)), /service parameters out of order/)
    refused(https(u16(3), u16(9), 1), /a service parameter past the end/)
    refused(https(param(3, 1)), /a number past the end/)
    refused(https(param(3, 1, 2, 3)), /bytes behind a service parameter/)
    refused(https(param(2, 1)), /bytes behind a service parameter/)
    refused(https(param(1)), /a number past the end/)
    refused(https(param(1, 0)), /an ALPN id without a character/)
    refused(https(param(4, 1, 2, 3, 4, 5)), /4 bytes past the end/)
    refused(https(param(6, 1)), /16 bytes past the end/)
    refused(https(param(0, 0, 0)), /mandatory keys out of order/)
    refused(https(param(0, 0, 2, 0, 1)), /mandatory keys out of order/)
    refused(https(param(65535)), /service parameter 65535/)
  })

  it('is OPT once, of the root, among the additional ones; with whole options', () => {
    const opt = record(41, [])
    assert.equal(readMessage(bytesOf(header(0, 0, 1), opt)).edns?.udpSize, IN)
    refused(bytesOf(header(0, 1), opt), 'an OPT record out of place (at 12)')
    refused(bytesOf(header(0, 0, 2), opt, opt), 'an OPT record out of place (at 23)')
    refused(bytesOf(header(0, 0, 1), record(41, [], [1, 'a', 0])), 'an OPT record out of place (at 12)')
    refused(bytesOf(header(0, 0, 1), record(41, [0, 10, 0, 5, 1])), /5 bytes past the end/)
  })

  it('lives for no time where its highest bit is set', () => {
    const bytes = answer(1, 1, 2, 3, 4)
    bytes[17] = 0x80
    assert.equal(readMessage(bytes).answers[0]?.ttl, 0)
  })
})

describe('a whole message', () => {
  it('has a header, as many records as it says, and nothing behind them', () => {
    for (let size = 0; size < 12; size++) refused(new Uint8Array(size), /a number past the end/)
    refused(bytesOf(header(1)), 'a name past the end (at 12)')
    refused(bytesOf(header(0xffff, 0xffff, 0xffff)), 'a name past the end (at 12)')
    refused(bytesOf(header(0), 0), 'bytes behind the message (at 12)')
    refused(new Uint8Array(MAX_MESSAGE_SIZE + 1), /a message over 65535 bytes/)
  })

  it('is read in linear time and memory, however it is made', () => {
    // As many records as there can be, each owner and each target a name of 127 labels reached through pointers.
    const labels = Array.from({ length: 126 }, () => [1, 200])
    const parts: Part[] = [header(0, 1), record(65280, [labels, 0])]
    let size = bytesOf(...parts).length
    let count = 1
    for (; size + 14 <= MAX_MESSAGE_SIZE; size += 14, count++) parts.push(record(2, u16(0xc017), u16(0xc017)))
    const bytes = bytesOf(...parts)
    bytes.set(u16(count), 6)
    const before = process.memoryUsage().heapUsed
    const started = performance.now()
    const { answers } = readMessage(bytes)
    assert.equal(answers.length, count)
    // 4,600 records; generous, since other tests run beside this one.
    assert.ok(performance.now() - started < 2000)
    assert.ok(process.memoryUsage().heapUsed - before < 64e6)
  })

  it('holds thousands of records', () => {
    const many = Array.from({ length: 4000 }, (_, i) => {
      return { name: 'a.test', class: IN, ttl: 1, type: 'A' as const, address: `10.0.${i >> 8}.${i & 0xff}` }
    })
    const bytes = writeMessage(message({ answers: many }))
    assert.deepEqual(readMessage(bytes).answers, many)
    // What does not fit into any message is left out.
    const cut = readMessage(writeMessage(message({ answers: [...many, ...many] })))
    assert.ok(cut.flags.tc && cut.answers.length > 4000)
  })
})

describe('the writer', () => {
  const unwritable = (name: string, rule: RegExp) =>
    assert.throws(
      () => writeMessage(queryFor(name, 'A')),
      (error: unknown) => {
        assert.ok(error instanceof MessageError)
        assert.match(error.rule, rule)
        return true
      },
    )

  it('refuses names that are none', () => {
    unwritable('a\0b', /has to be escaped/)
    unwritable('gr\xfcn', /has to be escaped/)
    unwritable('a\nb', /has to be escaped/)
    unwritable('a..b', /empty label/)
    unwritable('.a', /empty label/)
    unwritable('..', /empty label/)
    unwritable('x'.repeat(64), /label over 63 bytes/)
    unwritable(`${'x'.repeat(64)}.a`, /label over 63 bytes/)
    unwritable(`${'x.'.repeat(127)}x`, /name over 255 bytes/)
    unwritable('x'.repeat(100_000), /name over 255 bytes/)
    unwritable('a\\', /nothing to escape/)
    unwritable('a\\\n', /nothing to escape/)
    unwritable('a\\256', /no \\DDD/)
    unwritable('a\\12', /no \\DDD/)
  })

  it('takes the longest name, a dot at the end, and every way to escape', () => {
    const name = (text: string) => readMessage(writeMessage(queryFor(text, 'A'))).questions[0]?.name
    assert.equal(name('x.'.repeat(127)), 'x.'.repeat(127).slice(0, -1))
    assert.equal(name(`${'x'.repeat(63)}.`.repeat(3) + 'x'.repeat(61)), `${'x'.repeat(63)}.`.repeat(3) + 'x'.repeat(61))
    assert.equal(name('.'), '')
    assert.equal(name('\\097\\.b.\\c'), 'a\\.b.c')
    assert.equal(name('a\\000b'), 'a\\000b')
  })

  it('refuses values that their fields cannot hold', () => {
    const unwritableData = (data: RecordData) =>
      assert.throws(() => writeMessage(message({ answers: [{ name: '', class: IN, ttl: 0, ...data }] })), MessageError)
    unwritableData({ type: 'A', address: '2001:db8::1' })
    unwritableData({ type: 'AAAA', address: '192.0.2.1' })
    unwritableData({ type: 'A', address: '010.0.0.1' })
    unwritableData({ type: 'MX', preference: 65536, exchange: '' })
    unwritableData({ type: 'MX', preference: -1, exchange: '' })
    unwritableData({ type: 'SRV', priority: 0, weight: 0, port: 1.5, target: '' })
    unwritableData({ type: 'TXT', strings: ['x'.repeat(256)] })
    unwritableData({ type: 'TXT', strings: ['\u0100'] })
    unwritableData({ type: 'CAA', flags: 0, tag: '', value: '' })
    unwritableData({ type: 'CAA', flags: 256, tag: 'a', value: '' })
    unwritableData({ type: 'TYPE65536', data: new Uint8Array() })
    unwritableData({ type: 'TYPE65280', data: new Uint8Array(65536) })
    unwritableData({ type: 'SVCB', priority: 1, target: '', params: [{ key: 'alpn', ids: [] }] })
    unwritableData({ type: 'SVCB', priority: 1, target: '', params: [{ key: 'alpn', ids: [''] }] })
    unwritableData({ type: 'SVCB', priority: 1, target: '', params: [{ key: 'mandatory', keys: ['mandatory'] }] })
    unwritableData({ type: 'SVCB', priority: 1, target: '', params: [{ key: 'ipv4hint', addresses: ['::1'] }] })
    const port = { key: 'port', port: 1 } as const
    unwritableData({ type: 'SVCB', priority: 1, target: '', params: [port, port] })
    assert.throws(() => writeMessage(message({ id: 65536 })), MessageError)
    assert.throws(() => writeMessage(message({ rcode: 16 })), /response code 16 without EDNS/)
    assert.throws(() => writeMessage(queryFor('a.test', 'A'), { maxSize: 20 }), /a question over 20 bytes/)
  })
})
