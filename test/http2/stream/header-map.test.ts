// Headers between a program's objects and the wire's list: what is refused, merged, dropped and filled in.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { currentHost } from '../../../src/host/current.ts'
import {
  fieldPairs,
  headerObject,
  requestPseudo,
  responsePseudo,
  sensitiveHeaders,
  sensitiveNames,
  trailerPseudo,
} from '../../../src/http2/stream/header-map.ts'
import { prepareRequest, sentObject } from '../../../src/http2/stream/request-headers.ts'
import { prepareResponse } from '../../../src/http2/stream/response-headers.ts'

const { clock } = currentHost()
const target = { authority: 'localhost:80', protocol: 'http:', isStrict: true }

describe('headers that go out', () => {
  it('have lower-case names, pseudo-headers first, and a field for each value of an array', () => {
    const pairs = fieldPairs({ 'X-One': 1, ':path': '/', 'set-cookie': ['a', 'b'], no: undefined }, requestPseudo, true)
    assert.deepEqual(pairs, [':path', '/', 'x-one', '1', 'set-cookie', 'a', 'set-cookie', 'b'])
  })

  const refused = [
    ['a name that is no token', { 'a b': '1' }, 'ERR_INVALID_HTTP_TOKEN'],
    ['a header of the connection', { connection: 'close' }, 'ERR_HTTP2_INVALID_CONNECTION_HEADERS'],
    ['te but for trailers', { te: 'gzip' }, 'ERR_HTTP2_INVALID_CONNECTION_HEADERS'],
    ['two values where one may stand', { 'content-type': ['a', 'b'] }, 'ERR_HTTP2_HEADER_SINGLE_VALUE'],
    ['two names that are one', { 'Content-Type': 'a', 'content-type': 'b' }, 'ERR_HTTP2_HEADER_SINGLE_VALUE'],
    ['a pseudo-header that does not exist', { ':what': '1' }, 'ERR_HTTP2_INVALID_PSEUDOHEADER'],
  ] as const
  for (const [what, headers, code] of refused) {
    it(`refuse ${what}`, () => assert.throws(() => fieldPairs(headers, requestPseudo, true), { code }))
  }

  it('let two values pass where the check is switched off, and te: trailers always', () => {
    assert.deepEqual(fieldPairs({ date: ['a', 'b'], te: 'trailers' }, requestPseudo, false).length, 6)
  })

  it('know the pseudo-headers of responses and trailers', () => {
    assert.deepEqual(fieldPairs({ ':status': 200 }, responsePseudo, true), [':status', '200'])
    assert.throws(() => fieldPairs({ ':path': '/' }, responsePseudo, true), { code: 'ERR_HTTP2_INVALID_PSEUDOHEADER' })
    assert.throws(() => fieldPairs({ ':status': 1 }, trailerPseudo, true), { code: 'ERR_HTTP2_INVALID_PSEUDOHEADER' })
  })

  it('name what is secret in lower case', () => {
    assert.deepEqual([...(sensitiveNames({ [sensitiveHeaders]: ['Cookie'] }) ?? [])], ['cookie'])
    assert.equal(sensitiveNames({}), undefined)
  })
})

describe('values that no field may hold', () => {
  it('keep their field off the wire: line breaks, and what would be one when cut to a byte', () => {
    const given = { a: 'b\r\nc: d', b: 'x\u010ay', c: 'x\0', d: 'fine' }
    assert.deepEqual(fieldPairs(given, requestPseudo, true), ['d', 'fine'])
  })

  it('make a request malformed that has one in a pseudo-header, blanks included', () => {
    for (const path of ['/a b', '/a\n', '/\u010a', '/\0']) {
      assert.equal(prepareRequest({ ':path': path }, target).isMalformed, true)
    }
    assert.equal(prepareRequest({ ':path': '/a' }, target).isMalformed, false)
  })
})

describe('headers that come', () => {
  it('have no prototype, a number for a status, and secrets under their symbol', () => {
    const headers = headerObject([':status', '200', 'a', '1'], ['a'])
    assert.equal(Object.getPrototypeOf(headers), null)
    assert.deepEqual({ ...headers }, { ':status': 200, a: '1', [sensitiveHeaders]: ['a'] })
  })

  it('are merged, joined or dropped where they repeat', () => {
    const pairs = ['cookie', 'a=1', 'cookie', 'b=2', 'set-cookie', 'c', 'set-cookie', 'd', 'x', '1', 'x', '2']
    const headers = headerObject([...pairs, 'content-type', 'first', 'content-type', 'second'], [])
    assert.equal(headers['cookie'], 'a=1; b=2')
    assert.deepEqual(headers['set-cookie'], ['c', 'd'])
    assert.equal(headers['x'], '1, 2')
    assert.equal(headers['content-type'], 'first')
  })

  it('take __proto__ as a name like any other', () => {
    assert.equal(Reflect.get(headerObject(['__proto__', 'x'], []), '__proto__'), 'x')
    assert.equal(Object.getPrototypeOf({}), Object.prototype)
  })
})

describe('a request', () => {
  it('gets what it lacks', () => {
    const { pairs, method } = prepareRequest({ accept: '*/*' }, target)
    assert.equal(method, 'GET')
    const expected = [':method', 'GET', ':authority', 'localhost:80', ':scheme', 'http', ':path', '/', 'accept', '*/*']
    assert.deepEqual(pairs, expected)
  })

  it('keeps host in place of :authority', () => {
    assert.ok(!prepareRequest({ host: 'example.org' }, target).pairs.includes(':authority'))
    assert.ok(!prepareRequest(['host', 'example.org'], target).pairs.includes(':authority'))
  })

  it('may come as an array, which sentHeaders shows as an object', () => {
    const { pairs, headers } = prepareRequest(['x', '1', 'x', '2'], target)
    assert.deepEqual(pairs.slice(-4), ['x', '1', 'x', '2'])
    assert.deepEqual(sentObject(headers as unknown[])['x'], ['1', '2'])
  })

  it('by CONNECT has an authority and nothing else; with :protocol it is like any other', () => {
    const connect = { ':method': 'CONNECT' }
    assert.throws(() => prepareRequest(connect, target), { code: 'ERR_HTTP2_CONNECT_AUTHORITY' })
    const to = { ...connect, ':authority': 'a:1' }
    assert.throws(() => prepareRequest({ ...to, ':scheme': 'http' }, target), { code: 'ERR_HTTP2_CONNECT_SCHEME' })
    assert.throws(() => prepareRequest({ ...to, ':path': '/' }, target), { code: 'ERR_HTTP2_CONNECT_PATH' })
    assert.deepEqual(prepareRequest(to, target).pairs, [':method', 'CONNECT', ':authority', 'a:1'])
    assert.ok(prepareRequest({ ...to, ':protocol': 'websocket' }, target).pairs.includes(':path'))
  })

  it('has headers of no other type', () => {
    assert.throws(() => prepareRequest(1, target), { code: 'ERR_INVALID_ARG_TYPE' })
  })
})

describe('a response', () => {
  it('gets a status and a date', () => {
    const { headers, status } = prepareResponse(undefined, true, clock)
    assert.equal(status, 200)
    assert.deepEqual(Object.keys(headers), [':status', 'date'])
    assert.deepEqual(Object.keys(prepareResponse({}, false, clock).headers), [':status'])
  })

  it('gets them into an array too', () => {
    const headers = ['x', '1']
    assert.equal(prepareResponse(headers, true, clock).status, 200)
    assert.deepEqual(headers.slice(0, 2), [':status', 200])
    assert.equal(headers.at(-2), 'date')
  })

  it('has a status from 200 to 599', () => {
    const problem = { name: 'RangeError', code: 'ERR_HTTP2_STATUS_INVALID' }
    for (const status of [100, 199, 600, -1]) {
      assert.throws(() => prepareResponse({ ':status': status }, true, clock), problem)
    }
  })

  it('names its secrets in an array', () => {
    const problem = { code: 'ERR_INVALID_ARG_VALUE' }
    assert.throws(() => prepareResponse({ [sensitiveHeaders]: 'x' as never }, true, clock), problem)
  })
})
