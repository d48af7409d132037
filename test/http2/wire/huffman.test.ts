// The Huffman code against RFC 7541's examples, against itself for any bytes, and against strings that are not valid.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { decodedCapacity, decodeHuffman, encodeHuffman, huffmanLength } from '../../../src/http2/wire/huffman.ts'

function decode(hex: string): string | undefined {
  const bytes = Buffer.from(hex, 'hex')
  const target = new Uint8Array(decodedCapacity(bytes.length))
  const written = decodeHuffman(bytes, 0, bytes.length, target)
  return written < 0 ? undefined : Buffer.from(target.subarray(0, written)).toString('latin1')
}

function encode(text: string): string {
  const target = new Uint8Array(huffmanLength(text))
  assert.equal(encodeHuffman(text, target, 0), target.length)
  return Buffer.from(target).toString('hex')
}

test('the strings of RFC 7541 Appendix C, both ways', () => {
  const examples: [string, string][] = [
    ['www.example.com', 'f1e3c2e5f23a6ba0ab90f4ff'],
    ['no-cache', 'a8eb10649cbf'],
    ['custom-value', '25a849e95bb8e8b4bf'],
    ['Mon, 21 Oct 2013 20:13:21 GMT', 'd07abe941054d444a8200595040b8166e082a62d1bff'],
    ['307', '640eff'],
  ]
  for (const [text, hex] of examples) {
    assert.equal(encode(text), hex)
    assert.equal(decode(hex), text)
  }
})

test('any bytes come back as they were', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), bytes => {
      const text = Buffer.from(bytes).toString('latin1')
      assert.equal(decode(encode(text)), text)
    }),
  )
})

test('every symbol decodes where any other stands before it', () => {
  for (let first = 0; first < 256; first++) {
    for (let second = 0; second < 256; second += 5) {
      const text = String.fromCharCode(first, second)
      assert.equal(decode(encode(text)), text)
    }
  }
})

test('padding of zeroes, of eight bits and more, and EOS are refused', () => {
  assert.equal(decode('f1e3c2e5f23a6ba0ab90f4fe'), undefined)
  assert.equal(decode('f1e3c2e5f23a6ba0ab90f4ffff'), undefined)
  assert.equal(decode('ff'), undefined)
  assert.equal(decode('ffffffff'), undefined)
  assert.equal(decode(''), '')
})

test('any bytes decode or are refused, within the stated room', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), bytes => {
      const target = new Uint8Array(decodedCapacity(bytes.length))
      assert.ok(decodeHuffman(bytes, 0, bytes.length, target) <= target.length)
    }),
  )
})
