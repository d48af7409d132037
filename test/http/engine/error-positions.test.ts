// Where an error of the parser's shows: `bytesParsed`, as node:http of Node 20, 24 and 26 gives it for the same bytes.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Parser } from '../../../src/http/engine/parser.ts'

const get = 'GET / HTTP/1.1\r\n'
const chunks = 'POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n'
const ok = 'HTTP/1.1 200 OK\r\n'
const answerInChunks = `${ok}Transfer-Encoding: chunked\r\n\r\n`

const requests = [
  ['GET \t', 'INVALID_URL', 5],
  ['GET a b://', 'INVALID_URL', 6],
  ['GET http:\n', 'INVALID_URL', 10],
  ['GET http:/ ', 'INVALID_URL', 10],
  ['GET http:/a', 'INVALID_URL', 10],
  ['GET http: ', 'INVALID_URL', 10],
  ['GET /a\tb', 'INVALID_URL', 7],
  ['GET /a\0b', 'INVALID_URL', 6],
  ['GET / HTTP/1.1\n', 'INVALID_VERSION', 15],
  ['GET / HTTP/1.1x', 'INVALID_VERSION', 14],
  [`${get} a: c\r\n`, 'UNEXPECTED_SPACE', 17],
  [`${get}\n`, 'INVALID_HEADER_TOKEN', 17],
  [`${get}A\n`, 'INVALID_HEADER_TOKEN', 17],
  [`${get}Content-Length : 1`, 'INVALID_HEADER_TOKEN', 31],
  [`${get}A : 1`, 'INVALID_HEADER_TOKEN', 17],
  [`${get}A:\n`, 'INVALID_HEADER_TOKEN', 19],
  [`${get}A:\r\n b`, 'INVALID_HEADER_TOKEN', 21],
  [`${get}A: b\r\n c`, 'INVALID_HEADER_TOKEN', 22],
  [`${get}Content-Length: \r\n\r\n`, 'INVALID_CONTENT_LENGTH', 34],
  [`${get}Content-Length:\r\n\r\n`, 'INVALID_CONTENT_LENGTH', 33],
  [`${get}Content-Length: 1 2\r\n\r\n`, 'INVALID_CONTENT_LENGTH', 34],
  [`${get}Content-Length: 1x\r\n\r\n`, 'INVALID_CONTENT_LENGTH', 33],
  [`${get}Content-Length: 1\0\r\n\r\n`, 'INVALID_CONTENT_LENGTH', 33],
  [`${get}Content-Length: x\0\r\n\r\n`, 'INVALID_CONTENT_LENGTH', 32],
  [`${get}Content-Length: 99999999999999999999999\r\n\r\n`, 'INVALID_CONTENT_LENGTH', 52],
  [`${get}Content-Length: 18446744073709551616\r\n\r\n`, 'INVALID_CONTENT_LENGTH', 52],
  [`${chunks}5x`, 'INVALID_CHUNK_SIZE', 48],
  [`${chunks}5 \r\n`, 'INVALID_CHUNK_SIZE', 49],
  [`${chunks}5\n`, 'CR_EXPECTED', 49],
  [`${chunks}fffffffffffffffff\r\n`, 'INVALID_CHUNK_SIZE', 64],
  [`${chunks}10000000000000000\r\n`, 'INVALID_CHUNK_SIZE', 64],
  [`${chunks}5;a\n`, 'CR_EXPECTED', 50],
  [`${chunks}5;a b`, 'STRICT', 51],
  [`${chunks}5;a\x01`, 'STRICT', 51],
  [`${chunks}5;a=b\x01`, 'STRICT', 53],
  [`${chunks}5;a="b"x`, 'STRICT', 54],
  [`${chunks}5;a="\0`, 'STRICT', 53],
] as const

const responses = [
  ['HTTP/1.1 200\n', 'INVALID_STATUS', 13],
  ['HTTP/1.1 200x', 'INVALID_STATUS', 12],
  ['HTTP/1.1 200 OK\n', 'CR_EXPECTED', 16],
  [`${ok} A: b`, 'UNEXPECTED_SPACE', 18],
  [`${answerInChunks}5 \r\n`, 'INVALID_CHUNK_SIZE', 49],
] as const

const handler = { onHead: () => 'read' as const, onBody() {}, onMessageEnd() {} }

for (const [role, table] of [
  ['request', requests],
  ['response', responses],
] as const) {
  describe(`the position of an error in a ${role}`, () => {
    for (const [text, name, at] of table) {
      it(`${JSON.stringify(text)}: ${name} at ${at}`, () => {
        const bytes = Buffer.from(text, 'latin1')
        const whole = new Parser(role, handler)
        whole.receive(bytes)
        assert.deepEqual([whole.error?.name, whole.error?.at], [name, at])
        // The same byte, wherever the bytes are cut.
        for (let cut = 1; cut < bytes.length; cut++) {
          const parser = new Parser(role, handler)
          parser.receive(bytes.subarray(0, cut))
          if (parser.error === undefined) parser.receive(bytes.subarray(cut))
          const first = parser.error?.at ?? -1
          assert.ok(first === at || first === Math.max(0, at - cut), `cut at ${cut}: ${first}`)
        }
      })
    }
  })
}
