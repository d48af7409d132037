// The compatibility API: Http2ServerRequest and Http2ServerResponse, member by member.
// test/parity/seeds/http2.ts says which test stands for which entry of the seed inventory.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { Http2ServerRequest, Http2ServerResponse } from 'node:http2'
import { text } from 'node:stream/consumers'
import { it, type TestContext } from 'node:test'
import { http2, type Pair, pair } from './peers.ts'

const { constants } = http2

/** One request of the client's, and what the server has of it. */
async function asked(
  t: TestContext,
  headers: Record<string, string | string[]> = {},
  options: object = { endStream: false },
  both?: Pair,
) {
  const { server, client, session } = both ?? (await pair(t))
  const arriving = once(server, 'request') as Promise<[Http2ServerRequest, Http2ServerResponse]>
  const sent = client.request(headers, options)
  sent.on('error', () => {})
  const [request, response] = await arriving
  return { server, client, session, sent, request, response }
}

it('a request tells its line, fields and connection', async t => {
  const { request, session } = await asked(t, {
    ':method': 'POST',
    ':path': '/p?q=1',
    ':authority': 'example.org',
    ':scheme': 'https',
    'x-field': 'v',
  })
  assert.deepEqual(
    [request.method, request.url, request.scheme, request.authority],
    ['POST', '/p?q=1', 'https', 'example.org'],
  )
  assert.deepEqual([request.httpVersion, request.httpVersionMajor, request.httpVersionMinor], ['2.0', 2, 0])
  assert.deepEqual([request.headers['x-field'], request.headers[':path']], ['v', '/p?q=1'])
  assert.equal(request.rawHeaders[request.rawHeaders.indexOf('x-field') + 1], 'v')
  assert.equal(request.stream.session, session)
  assert.equal(request.socket.remoteAddress, '127.0.0.1')
  assert.deepEqual([request.aborted, request.complete], [false, false])
  Object.assign(request, { method: 'PUT', url: '/other' })
  assert.deepEqual([request.method, request.url], ['PUT', '/other'])
})

it('its body is a stream with trailers, complete at its end', async t => {
  const { request, response, sent } = await asked(t, { ':method': 'POST' }, { waitForTrailers: true, endStream: false })
  sent.on('wantTrailers', () => sent.sendTrailers({ 'x-sum': '9' }))
  const chunks: string[] = []
  request.on('data', chunk => chunks.push(String(chunk)))
  sent.end('body')
  await once(request, 'end')
  assert.deepEqual([chunks.join(''), request.complete, request.aborted], ['body', true, false])
  assert.equal(request.trailers['x-sum'], '9')
  assert.deepEqual(request.rawTrailers, ['x-sum', '9'])
  response.end()
  await once(request, 'close')
})

it("a request that its client gives up tells 'aborted' and 'close'", async t => {
  const { request, response, sent } = await asked(t, { ':method': 'POST' })
  const [aborted, closed, over] = [once(request, 'aborted'), once(request, 'close'), once(response, 'close')]
  sent.close(constants.NGHTTP2_CANCEL)
  await Promise.all([aborted, closed, over])
  assert.equal(request.aborted, true)
})

it('destroy() of a request ends its stream; setTimeout() hears of silence', async t => {
  const { request, response } = await asked(t)
  const called = new Promise<void>(resolve => void request.setTimeout(5, resolve))
  await called
  await new Promise<void>(resolve => void response.setTimeout(5, resolve))
  const closed = once(request, 'close')
  request.destroy()
  await closed
  assert.equal(request.destroyed, true)
})

it('a response keeps its fields until they are sent', async t => {
  const { request, response, sent } = await asked(t)
  assert.deepEqual(
    [response.req === request, response.stream === request.stream, response.headersSent],
    [true, true, false],
  )
  assert.equal(response.socket?.remoteAddress, '127.0.0.1')
  response.setHeader('X-One', '1')
  response.setHeader('x-two', ['2', '3'])
  response.appendHeader('x-one', 'more')
  assert.deepEqual([response.hasHeader('x-ONE'), response.getHeader('X-Two')], [true, ['2', '3']])
  assert.deepEqual(response.getHeaderNames(), ['x-one', 'x-two'])
  assert.deepEqual({ ...response.getHeaders() }, { 'x-one': ['1', 'more'], 'x-two': ['2', '3'] })
  response.removeHeader('x-two')
  assert.equal(response.hasHeader('x-two'), false)
  assert.throws(() => response.setHeader(':status', '200'), { code: 'ERR_HTTP2_PSEUDOHEADER_NOT_ALLOWED' })
  assert.throws(() => response.setHeader('x', undefined as never), { code: 'ERR_HTTP2_INVALID_HEADER_VALUE' })
  assert.deepEqual([response.statusCode, response.statusMessage, response.sendDate], [200, '', true])
  response.statusCode = 202
  assert.throws(
    () => {
      response.statusCode = 101
    },
    { code: 'ERR_HTTP2_INFO_STATUS_NOT_ALLOWED' },
  )
  response.sendDate = false
  const answered = once(sent, 'response')
  response.end('done')
  const [headers] = await answered
  assert.deepEqual([headers[':status'], headers['x-one'], headers.date], [202, '1, more', undefined])
  assert.equal(response.headersSent, true)
  assert.throws(() => response.setHeader('x', 'y'), { code: 'ERR_HTTP2_HEADERS_SENT' })
  assert.equal(await text(sent), 'done')
})

it('writeHead(), write(), end() and trailers make the answer', async t => {
  const { response, sent } = await asked(t)
  assert.equal(response.writeHead(201, 'ignored', { 'content-type': 'text/plain' }), response)
  assert.throws(() => response.writeHead(200), { code: 'ERR_HTTP2_HEADERS_SENT' })
  response.addTrailers({ 'x-sum': '5' })
  const [answered, trailers, finished] = [once(sent, 'response'), once(sent, 'trailers'), once(response, 'finish')]
  let written = false
  response.write('wri', () => {
    written = true
  })
  response.write(Buffer.from('tt').toString('hex'), 'hex')
  assert.equal(response.writableEnded, false)
  response.end('en')
  assert.equal(response.writableEnded, true)
  assert.equal((await answered)[0][':status'], 201)
  assert.equal(await text(sent), 'written')
  assert.equal((await trailers)[0]['x-sum'], '5')
  await finished
  assert.deepEqual([written, response.writableFinished ?? true], [true, true])
})

it('writeContinue() and writeEarlyHints() go before the answer', async t => {
  const { response, sent } = await asked(t)
  const told: unknown[] = []
  sent.on('continue', () => told.push('continue'))
  sent.on('headers', headers => told.push(headers[':status']))
  response.writeContinue()
  assert.equal(response.writeEarlyHints({ link: '</a>; rel=preload' }), true)
  response.end()
  await text(sent)
  // Node hears the 100 by a listener of its own, before the program's.
  assert.deepEqual(told, ['continue', 100, 103])
})

it('createPushResponse() answers what was not asked', async t => {
  const { client, response, sent } = await asked(t)
  const pushed = once(client, 'stream')
  response.createPushResponse({ ':path': '/pushed' }, (error, push) => {
    assert.equal(error, null)
    push.end('pushed')
  })
  const [stream, headers] = await pushed
  assert.deepEqual([headers[':path'], await text(stream)], ['/pushed', 'pushed'])
  assert.throws(() => response.createPushResponse({}, 5 as never), { code: 'ERR_INVALID_ARG_TYPE' })
  response.end()
  await text(sent)
})

it("a writer waits for 'drain' while its reader does not read", async t => {
  const { response, sent } = await asked(t)
  const piece = Buffer.alloc(64 * 1024)
  let pieces = 0
  while (response.write(piece)) pieces++
  const drained = once(response, 'drain')
  sent.resume()
  await drained
  response.end()
  await once(sent, 'end')
  assert.ok(pieces < 1000)
})
