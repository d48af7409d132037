// Requests that two servers might read in two ways: each gets Node's answer, and the connection is closed. What the
// parser says of them is in engine/parser.test.ts; here it is seen from outside.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { exchange, serve } from './raw.ts'

const smuggled = 'GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n'

const refused: readonly (readonly [string, string, number])[] = [
  [
    'two equal Content-Length',
    'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\nhello',
    400,
  ],
  [
    'two different Content-Length',
    'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 0\r\n\r\nhello',
    400,
  ],
  [
    'Transfer-Encoding with Content-Length',
    'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    400,
  ],
  [
    'a list of codings that does not end in chunked',
    'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n',
    400,
  ],
  ['a coding that is not chunked', 'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: cow\r\n\r\n0\r\n\r\n', 400],
  ['a bare LF', 'GET / HTTP/1.1\r\nHost: a\nX: y\r\n\r\n', 400],
  ['a bare CR', 'GET / HTTP/1.1\r\nHost: a\rX: y\r\n\r\n', 400],
  ['a folded field', 'GET / HTTP/1.1\r\nHost: a\r\n b\r\n\r\n', 400],
  ['a space before the colon', 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length : 5\r\n\r\nhello', 400],
  ['NUL in a value', 'GET / HTTP/1.1\r\nHost: a\0b\r\n\r\n', 400],
  ['NUL in a name', 'GET / HTTP/1.1\r\nHo\0st: a\r\n\r\n', 400],
  ['a control character in a value', 'GET / HTTP/1.1\r\nHost: a\x01b\r\n\r\n', 400],
  ['a chunk size that is none', 'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n', 400],
  [
    'a chunk size that overflows',
    'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n',
    400,
  ],
  [
    'a flood of chunk extensions',
    `POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1;${'x'.repeat(20_000)}\r\n`,
    413,
  ],
  ['a head that is too large', `GET / HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`, 431],
  ['whitespace before the request line', ' GET / HTTP/1.1\r\nHost: a\r\n\r\n', 400],
  ['whitespace before the first field', 'GET / HTTP/1.1\r\n Host: a\r\n\r\n', 400],
  ['no Host', 'GET / HTTP/1.1\r\n\r\n', 400],
  ['an unknown version', 'GET / HTTP/1.7\r\nHost: a\r\n\r\n', 400],
  ['an authority with two @', 'GET http://a@@b/ HTTP/1.1\r\nHost: a\r\n\r\n', 400],
  ['a target with bytes beyond ASCII', 'GET /\xe9 HTTP/1.1\r\nHost: a\r\n\r\n', 400],
  ['the HTTP/2 preface', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 400],
]

describe('a request that could be read in two ways', () => {
  for (const [name, request, status] of refused) {
    it(`${name}: ${status}, and closed`, async t => {
      const paths: (string | undefined)[] = []
      const { port } = await serve(t, (request, response) => {
        paths.push(request.url)
        request.resume()
        request.on('error', () => {})
        response.on('error', () => {})
      })
      const answer = await exchange(port, request + smuggled)
      assert.match(answer, new RegExp(`^HTTP/1\\.1 ${status} [^\\r]+\\r\\n`))
      assert.match(answer, /\r\nConnection: close\r\n/)
      assert.ok(!paths.includes('/smuggled'))
      assert.equal(answer.split('HTTP/1.1').length, 2, 'one answer')
    })
  }

  it('an expectation that is not known: 417', async t => {
    const { port } = await serve(t, () => assert.fail('no request'))
    const answer = await exchange(port, 'GET / HTTP/1.1\r\nHost: a\r\nExpect: miracles\r\nConnection: close\r\n\r\n')
    assert.match(answer, /^HTTP\/1\.1 417 Expectation Failed\r\n/)
  })

  it('keeps an absolute-form target as it came, with the Host beside it', async t => {
    const { port } = await serve(t, (request, response) => response.end(`${request.url} ${request.headers['host']}`))
    const answer = await exchange(port, 'GET http://a/b HTTP/1.1\r\nHost: c\r\nConnection: close\r\n\r\n')
    assert.match(answer, /http:\/\/a\/b c$/)
  })

  it('refuses what is hidden beyond maxHeadersCount and frames the message: 431', async t => {
    const { server, port } = await serve(t, (_request, response) => response.end())
    server.maxHeadersCount = 2
    const answer = await exchange(port, `POST / HTTP/1.1\r\nHost: a\r\nA: b\r\nContent-Length: 33\r\n\r\n${smuggled}`)
    assert.match(answer, /^HTTP\/1\.1 431 /)
  })
})

describe('what a program sends', () => {
  it('holds no line break, NUL or lone surrogate in a name, a value, a path, a method or a reason', async t => {
    const { default: http } = await import('../../src/http/index.ts')
    const { port } = await serve(t, (_request, response) => {
      for (const value of ['a\r\nb', 'a\nb', 'a\0b', 'a\ud800', 'a\u0100', 'a\x7f']) {
        assert.throws(() => response.setHeader('X', value), { code: 'ERR_INVALID_CHAR' })
        assert.throws(() => response.writeHead(200, { X: value }), { code: 'ERR_INVALID_CHAR' })
        assert.throws(() => response.writeHead(200, value), { code: 'ERR_INVALID_CHAR' })
        assert.throws(() => response.addTrailers({ X: value }), { code: 'ERR_INVALID_CHAR' })
        assert.throws(() => response.writeInformation(103, { X: value }), { code: 'ERR_INVALID_CHAR' })
        assert.throws(() => response.writeEarlyHints({ link: `<${value}>` }), { name: 'TypeError' })
      }
      for (const name of ['', 'a b', 'a:', 'a\r\n', 'ä']) {
        assert.throws(() => response.setHeader(name, 'x'), { code: 'ERR_INVALID_HTTP_TOKEN' })
      }
      Reflect.deleteProperty(response, 'statusMessage')
      response.end()
    })
    const answer = await exchange(port, 'GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')
    assert.match(answer, /^HTTP\/1\.1 200 OK\r\n/)
    assert.throws(() => http.request({ path: '/a b' }), { code: 'ERR_UNESCAPED_CHARACTERS' })
    assert.throws(() => http.request({ path: '/\r\nX: y' }), { code: 'ERR_UNESCAPED_CHARACTERS' })
    assert.throws(() => http.request({ method: 'GET / HTTP/1.1\r\n' }), { code: 'ERR_INVALID_HTTP_TOKEN' })
    assert.throws(() => http.request({ headers: { Host: 'a\r\nb' } }), { code: 'ERR_INVALID_CHAR' })
    assert.throws(() => http.request({ headers: { Upgrade: 'a\nb' } }), { code: 'ERR_INVALID_CHAR' })
  })

  it('has one Content-Length, however its name is spelled', async t => {
    const { port } = await serve(t, (_request, response) => {
      response.setHeader('content-length', 3)
      response.setHeader('Content-Length', 2)
      response.end('ab')
    })
    const answer = await exchange(port, 'GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')
    assert.deepEqual(answer.match(/content-length: \d/gi), ['Content-Length: 2'])
  })
})
