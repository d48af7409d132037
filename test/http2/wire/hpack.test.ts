// HPACK: others' stories, RFC 7541's examples, blocks that cannot be decoded, and our encoder read by our decoder and by
// an independent one (python's `hpack`, where it is installed).

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import { BAD_NAME, BAD_VALUE, CONTENT_LENGTH, METHOD, nameMarks, PADDED_VALUE } from '../../../src/http2/wire/fields.ts'
import { HpackDecoder, HpackError } from '../../../src/http2/wire/hpack-decoder.ts'
import { HpackEncoder } from '../../../src/http2/wire/hpack-encoder.ts'

type Field = [name: string, value: string]

const stories = join(process.env['PLAINWIRE_SHARED'] ?? join(process.cwd(), '..', 'shared'), 'data', 'hpack')
const withStories = { skip: existsSync(stories) ? false : 'no HPACK stories: set PLAINWIRE_SHARED' }
const hasPythonHpack = spawnSync('python3', ['-c', 'import hpack']).status === 0
const withPython = { skip: hasPythonHpack ? false : 'python3 with hpack is not installed' }

function decode(decoder: HpackDecoder, bytes: Uint8Array): Field[] {
  const fields: Field[] = []
  decoder.decode(bytes, 0, bytes.length, { onField: (name, value) => fields.push([name, value]) > 0 })
  return fields
}

function encode(encoder: HpackEncoder, fields: readonly Field[]): Uint8Array {
  encoder.begin()
  for (const [name, value] of fields) encoder.add(name, value)
  return encoder.block().slice()
}

interface Case {
  wire?: string
  header_table_size?: number
  headers: Record<string, string>[]
}

function storyFiles(folder: string): string[] {
  return readdirSync(join(stories, folder))
    .filter(name => name.startsWith('story_'))
    .map(name => join(stories, folder, name))
}

function casesOf(file: string): Case[] {
  return (JSON.parse(readFileSync(file, 'utf8')) as { cases: Case[] }).cases
}

const fieldsOf = (one: Case): Field[] => one.headers.flatMap(header => Object.entries(header))

for (const folder of ['nghttp2', 'nghttp2-change-table-size']) {
  test(`every story of ${folder} decodes`, withStories, () => {
    const files = storyFiles(folder)
    assert.ok(files.length > 25)
    for (const file of files) {
      const decoder = new HpackDecoder()
      for (const one of casesOf(file)) {
        if (one.header_table_size !== undefined) decoder.setLimit(one.header_table_size)
        assert.deepEqual(decode(decoder, Buffer.from(one.wire ?? '', 'hex')), fieldsOf(one), file)
      }
    }
  })
}

test('the stories, encoded by us, come back; the tables of both ends stay alike', withStories, () => {
  for (const file of storyFiles('raw-data')) {
    for (const size of [4096, 256, 0]) {
      const encoder = new HpackEncoder(size)
      const decoder = new HpackDecoder()
      for (const one of casesOf(file)) {
        assert.deepEqual(decode(decoder, encode(encoder, fieldsOf(one))), fieldsOf(one), file)
        assert.equal(encoder.tableSize, decoder.tableSize)
      }
    }
  }
})

test('an independent decoder reads what we encode', { skip: withStories.skip || withPython.skip }, () => {
  const script = `
import json, sys
from hpack import Decoder
for story in json.load(sys.stdin):
    decoder = Decoder()
    for case in story:
        fields = decoder.decode(bytes.fromhex(case['wire']), raw=True)
        got = [[n.decode('latin1'), v.decode('latin1')] for n, v in fields]
        assert got == case['fields'], (got, case['fields'])
print('read')
`
  const encoded = storyFiles('raw-data').flatMap(file =>
    [4096, 300].map(size => {
      const encoder = new HpackEncoder(size)
      return casesOf(file).map(one => {
        const fields = fieldsOf(one)
        return { wire: Buffer.from(encode(encoder, fields)).toString('hex'), fields }
      })
    }),
  )
  const read = spawnSync('python3', ['-c', script], { input: JSON.stringify(encoded), encoding: 'utf8' })
  assert.equal(read.stdout.trim(), 'read', read.stderr)
})

test('requests and responses of RFC 7541 Appendix C.4 and C.6', () => {
  const requests = new HpackDecoder()
  const first = decode(requests, Buffer.from('828684418cf1e3c2e5f23a6ba0ab90f4ff', 'hex'))
  assert.deepEqual(first.at(-1), [':authority', 'www.example.com'])
  const second = decode(requests, Buffer.from('828684be5886a8eb10649cbf', 'hex'))
  assert.deepEqual(second.at(-1), ['cache-control', 'no-cache'])
  assert.equal(requests.tableSize, 110)

  const responses = new HpackDecoder(256)
  const blocks = [
    '488264025885aec3771a4b6196d07abe941054d444a8200595040b8166e082a62d1bff6e919d29ad171863c78f0b97c8e9ae82ae43d3',
    '4883640effc1c0bf',
  ]
  for (const block of blocks) decode(responses, Buffer.from(block, 'hex'))
  assert.equal(responses.tableSize, 222)
})

test('what cannot be decoded is an HpackError', () => {
  const broken = {
    'index 0': '80',
    'an index beyond the table': 'be',
    'a cut-off integer': 'ff',
    'an integer of eleven bytes': 'ffffffffffffffffffffff',
    'an integer that goes on with zeroes': 'ff8080808080808080',
    'a missing value': '40016b',
    'a cut-off value': '40016b0576',
    'a size update after a field': '8220',
    'a size update above the limit': '3fe21f',
    'a third size update': '202020',
    'a Huffman string with EOS': '40016b84ffffffff',
  }
  for (const [what, hex] of Object.entries(broken)) {
    assert.throws(() => decode(new HpackDecoder(), Buffer.from(hex, 'hex')), HpackError, what)
  }
})

test('a block cut off anywhere is an HpackError or a shorter list, never another error', () => {
  const block = encode(new HpackEncoder(), [
    [':method', 'PUT'],
    ['content-type', 'text/plain'],
    ['x-name', 'a value that is longer than eight'],
  ])
  for (let end = 0; end < block.length; end++) {
    try {
      decode(new HpackDecoder(), block.subarray(0, end))
    } catch (error) {
      assert.ok(error instanceof HpackError)
    }
  }
})

test('a lowered limit has to be answered by a size update', () => {
  const decoder = new HpackDecoder()
  decoder.setLimit(100)
  assert.throws(() => decode(decoder, Buffer.from('82', 'hex')), HpackError)
  const obedient = new HpackDecoder()
  obedient.setLimit(100)
  assert.deepEqual(decode(obedient, Buffer.from('3f4582', 'hex')), [[':method', 'GET']])
})

test('when the peer lowers and raises the table between blocks, both sizes are told', () => {
  const encoder = new HpackEncoder()
  const decoder = new HpackDecoder()
  decode(decoder, encode(encoder, [['x-name', 'value']]))
  encoder.setLimit(0)
  encoder.setLimit(4096)
  assert.equal(encoder.tableSize, 0)
  const block = encode(encoder, [])
  assert.equal(Buffer.from(block).toString('hex'), '203fe11f')
  decode(decoder, block)
  assert.equal(decoder.tableSize, 0)
})

test('sensitive fields are never indexed, by the caller or by name', () => {
  const encoder = new HpackEncoder()
  encoder.begin()
  encoder.add('x-token', 'secret', true)
  encoder.add('authorization', 'Basic eA==')
  encoder.add('cookie', 'nineteen characters')
  const tableSize = encoder.tableSize
  encoder.add('cookie', 'twenty characters ..')
  const seen: [string, boolean][] = []
  const decoder = new HpackDecoder()
  const block = encoder.block()
  decoder.decode(block, 0, block.length, {
    onField: (name, _value, _marks, isSensitive) => seen.push([name, isSensitive]) > 0,
  })
  assert.deepEqual(seen, [
    ['x-token', true],
    ['authorization', true],
    ['cookie', true],
    ['cookie', false],
  ])
  assert.equal(tableSize, 0)
  assert.equal(decoder.tableSize, 58)
})

test('marks say what a field is and what is wrong with it, also when it comes by index', () => {
  assert.equal(nameMarks(':method'), METHOD)
  assert.equal(nameMarks('content-length'), CONTENT_LENGTH)
  for (const name of ['', 'Upper', 'with space', 'nul\0', 'caf\u00e9', 'a:b'])
    assert.equal(nameMarks(name), BAD_NAME, name)
  const encoder = new HpackEncoder()
  const decoder = new HpackDecoder()
  for (let round = 0; round < 2; round++) {
    const marks: number[] = []
    const block = encode(encoder, [
      ['x-a', 'line\nbreak'],
      ['x-b', ' padded'],
      ['x-c', 'caf\u00e9'],
    ])
    decoder.decode(block, 0, block.length, { onField: (_name, _value, mark) => marks.push(mark) > 0 })
    assert.deepEqual(marks, [BAD_VALUE, PADDED_VALUE, 0])
  }
})

test('any fields come back, with any table sizes in between', () => {
  const text = fc.uint8Array({ maxLength: 40 }).map(bytes => Buffer.from(bytes).toString('latin1'))
  const name = fc.oneof(text, fc.constantFrom(':path', 'cookie', 'set-cookie', 'x-one', 'x-two', 'date'))
  const block = fc.record({
    fields: fc.array(fc.tuple(name, text), { maxLength: 12 }),
    size: fc.option(fc.nat({ max: 5000 }), { nil: undefined }),
  })
  fc.assert(
    fc.property(fc.array(block, { maxLength: 12 }), blocks => {
      const encoder = new HpackEncoder(5000)
      const decoder = new HpackDecoder(5000)
      encoder.setLimit(5000)
      for (const { fields, size } of blocks) {
        if (size !== undefined) encoder.setLimit(size)
        assert.deepEqual(decode(decoder, encode(encoder, fields)), fields)
        assert.equal(encoder.tableSize, decoder.tableSize)
      }
    }),
  )
})

test('fields that are not wanted are passed over: the table and the errors are those of a decoder that wants them all', () => {
  type Seen = [name: string, value: string, marks: number]
  const read = (decoder: HpackDecoder, bytes: Uint8Array, wanted: number): { seen: Seen[]; error: string } => {
    const seen: Seen[] = []
    const onField = (...[name, value, marks]: Seen): boolean => seen.push([name, value, marks]) < wanted
    try {
      decoder.decode(bytes, 0, bytes.length, { onField })
      return { seen, error: '' }
    } catch (error) {
      return { seen, error: (error as Error).message }
    }
  }
  const text = fc.oneof(fc.string({ maxLength: 12 }), fc.constantFrom('cookie', 'x-one', ':path', 'date', 'b\n', ' c'))
  const sound = fc.array(fc.tuple(text, text, fc.constantFrom(0x40, 0, 0x10)), { maxLength: 8 })
  const indices = fc.array(fc.integer({ min: 0x80, max: 0xff }), { maxLength: 8 })
  const part = fc.oneof(sound, sound, indices, fc.array(fc.nat({ max: 255 }), { maxLength: 6 }))
  const bytesOf = (part: (number | [string, string, number])[], encoder: HpackEncoder): number[] =>
    part.flatMap(one => {
      if (typeof one === 'number') return one
      const [name, value, pattern] = one
      // Literals as an encoder writes them, Huffman and all, but for the pattern.
      const literal = [...encode(encoder, [[name || 'x', value]])]
      return pattern === 0x40 || ((literal[0] as number) & 0xc0) !== 0x40 ? literal : [pattern, ...literal.slice(1)]
    })
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.array(part, { maxLength: 5 }), fc.nat({ max: 6 })), { maxLength: 6 }), blocks => {
      const [all, few] = [new HpackDecoder(300), new HpackDecoder(300)]
      for (const [parts, wanted] of blocks) {
        const block = Uint8Array.from(parts.flatMap(one => bytesOf(one, new HpackEncoder())))
        const expected = read(all, block, Number.POSITIVE_INFINITY)
        const got = read(few, block, wanted)
        assert.equal(got.error, expected.error)
        // The first that is not wanted is told still.
        assert.deepEqual(got.seen, expected.seen.slice(0, Math.max(wanted, 1)))
        if (got.error !== '') return
        assert.equal(few.tableSize, all.tableSize)
      }
      // Index by index, until there is no more.
      for (let index = 62; index < 75; index++)
        assert.deepEqual(read(few, Uint8Array.of(0x80 | index), 1), read(all, Uint8Array.of(0x80 | index), 1))
    }),
    { numRuns: Number(process.env['FUZZ_RUNS'] ?? 500) },
  )
})

test('any bytes give fields or an HpackError', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 60 }), { maxLength: 6 }), blocks => {
      const decoder = new HpackDecoder()
      try {
        for (const bytes of blocks) decode(decoder, bytes)
      } catch (error) {
        assert.ok(error instanceof HpackError, String(error))
      }
    }),
    { numRuns: Number(process.env['FUZZ_RUNS'] ?? 500) },
  )
})
