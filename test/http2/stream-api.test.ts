// Http2Stream on both sides: every property, method and event that programs see.
// test/parity/seeds/http2.ts says which test stands for which entry of the seed inventory.

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import fs, { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs'
import type { Http2Stream, ServerHttp2Stream } from 'node:http2'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { text } from 'node:stream/consumers'
import { after, it } from 'node:test'
import { exchange, http2, listening, pair } from './peers.ts'

const { constants } = http2
const folder = mkdtempSync(join(tmpdir(), 'plainwire-http2-'))
const file = join(folder, 'file.txt')
writeFileSync(file, '0123456789')
after(() => rmSync(folder, { recursive: true }))

const eventually = (emitter: object, event: string) =>
  new Promise<unknown[]>(resolve => (emitter as NodeJS.EventEmitter).once(event, (...args) => resolve(args)))

it('request() sends its pseudo-headers and fields, with their defaults', async t => {
  const both = await pair(t)
  const { received, request, stream } = await exchange(both, {
    ':path': '/p?q',
    'x-field': ['a', 'b'],
    Cookie: ['c=1', 'd=2'],
  })
  assert.deepEqual(
    [
      received[':method'],
      received[':path'],
      received[':scheme'],
      received[':authority'],
      received['x-field'],
      received.cookie,
    ],
    ['GET', '/p?q', 'http', `127.0.0.1:${both.port}`, 'a, b', 'c=1; d=2'],
  )
  assert.equal(request.sentHeaders[':path'], '/p?q')
  stream.respond()
  stream.end()
  request.resume().end()
  const chosen = await exchange(both, {
    ':method': 'POST',
    ':authority': 'example.org',
    ':scheme': 'https',
    ':path': '/',
  })
  assert.deepEqual(
    [chosen.received[':method'], chosen.received[':authority'], chosen.received[':scheme']],
    ['POST', 'example.org', 'https'],
  )
  chosen.request.close()
})

it('endStream ends a request with its head', async t => {
  const both = await pair(t)
  const { request, stream } = await exchange(both, { ':method': 'POST' }, { endStream: true })
  assert.equal(request.writableEnded, true)
  assert.equal(stream.endAfterHeaders, true)
  assert.equal(await text(stream), '')
  stream.respond({}, { endStream: true })
  const [, flags] = await once(request, 'response')
  assert.equal(flags & constants.NGHTTP2_FLAG_END_STREAM, constants.NGHTTP2_FLAG_END_STREAM)
})

it('the older priorities are taken, checked, and of no effect', async t => {
  const both = await pair(t)
  const { request } = await exchange(both, {}, {
    endStream: false,
    exclusive: true,
    parent: 0,
    weight: 5,
    silent: true,
  } as never)
  assert.equal(request.state.weight, constants.NGHTTP2_DEFAULT_WEIGHT)
  assert.equal(request.state.sumDependencyWeight, 0)
  request.priority({ exclusive: true, parent: 0, weight: 3, silent: true })
})

it('of the older priorities it is warned as often as by the runtime', () => {
  const program = (specifier: string): string => `
    import * as http2 from ${JSON.stringify(specifier)}
    process.on('warning', ({ code, message }) => console.log(code, message))
    const client = http2.connect('http://127.0.0.1:1').on('error', () => {})
    for (const options of [{ weight: undefined }, { weight: 3 }, { parent: 1 }]) {
      const request = client.request({}, options).on('error', () => {})
      request.priority({ weight: 3 })
    }`
  const warnings = (specifier: string): string => {
    const flags = ['--no-warnings', '--input-type=module', '-e', program(specifier)]
    return spawnSync(process.execPath, flags, { encoding: 'utf8' }).stdout
  }
  const ours = new URL('../../src/http2/index.js', import.meta.url).href
  assert.equal(warnings(ours), warnings('node:http2'))
})

it('a stream knows its number, its session and its state', async t => {
  const both = await pair(t)
  const { request, stream } = await exchange(both)
  assert.deepEqual(
    [request.id, request.pending, request.session === both.client, request.closed, request.destroyed, request.aborted],
    [1, false, true, false, false, false],
  )
  assert.deepEqual(
    [request.rstCode, request.bufferSize, request.endAfterHeaders],
    [constants.NGHTTP2_NO_ERROR, 0, false],
  )
  const { state } = stream
  assert.deepEqual([state.state, state.localClose, state.remoteClose], [constants.NGHTTP2_STREAM_STATE_OPEN, 0, 0])
  assert.ok((state.localWindowSize ?? 0) >= 65_535)
  request.end()
  await once(stream.resume(), 'end')
  // The peer's side closes once the events of the frame that ended it are over.
  assert.deepEqual([stream.state.state, stream.state.remoteClose], [constants.NGHTTP2_STREAM_STATE_OPEN, 0])
  await new Promise(setImmediate)
  assert.deepEqual(
    [stream.state.state, stream.state.remoteClose],
    [constants.NGHTTP2_STREAM_STATE_HALF_CLOSED_REMOTE, 1],
  )
  stream.respond()
  assert.equal(stream.sentHeaders[':status'], 200)
  stream.end()
  await once(request.resume(), 'close')
  assert.deepEqual([request.closed, request.destroyed], [true, true])
})

it("a request before its session is connected is pending until 'ready'", async t => {
  const server = http2.createServer()
  server.on('stream', (stream: ServerHttp2Stream) => {
    stream.respond()
    stream.end('late')
  })
  const port = await listening(t, server)
  const client = http2.connect(`http://127.0.0.1:${port}`)
  t.after(() => client.destroy())
  const request = client.request()
  assert.deepEqual([request.pending, request.id], [true, undefined])
  await once(request, 'ready')
  assert.deepEqual([request.pending, request.id], [false, 1])
  assert.equal(await text(request), 'late')
})

it('data flows both ways: write, end, setEncoding, pipe', async t => {
  const both = await pair(t)
  const { request, stream } = await exchange(both, { ':method': 'POST' })
  stream.respond({ ':status': 201, 'content-type': 'text/plain' })
  stream.setEncoding('utf8')
  stream.pipe(new PassThrough()).pipe(stream)
  const response = once(request, 'response')
  request.setEncoding('latin1')
  request.write('grü')
  request.end('ße')
  const chunks: unknown[] = []
  request.on('data', chunk => chunks.push(chunk))
  await once(request, 'end')
  assert.equal(typeof chunks[0], 'string')
  assert.equal(Buffer.from(chunks.join(''), 'latin1').toString(), 'grüße')
  const [headers] = await response
  assert.deepEqual([headers[':status'], headers['content-type']], [201, 'text/plain'])
})

it('trailers go both ways, asked for with waitForTrailers', async t => {
  const both = await pair(t)
  const { request, stream } = await exchange(both, { ':method': 'POST' }, { waitForTrailers: true })
  const heard = once(stream, 'trailers')
  request.on('wantTrailers', () => request.sendTrailers({ 'x-sum': '1' }))
  request.end('body')
  stream.resume()
  assert.equal((await heard)[0]['x-sum'], '1')
  stream.respond({}, { waitForTrailers: true })
  const answered = once(request, 'trailers')
  stream.on('wantTrailers', () => {
    stream.sendTrailers({ 'x-end': 'yes' })
    assert.throws(() => stream.sendTrailers({}), { code: 'ERR_HTTP2_TRAILERS_ALREADY_SENT' })
  })
  stream.end('answer')
  request.resume()
  assert.equal((await answered)[0]['x-end'], 'yes')
  assert.equal(stream.sentTrailers?.['x-end'], 'yes')
  assert.throws(() => request.sendTrailers({}), { code: /ERR_HTTP2/ })
})

it('an answer without a body leaves an unread request open where trailers were waited for', async t => {
  const both = await pair(t)
  const { request, stream } = await exchange(both, { ':method': 'POST' })
  request.write('body')
  stream.respond({}, { endStream: true, waitForTrailers: true })
  await once(request.resume(), 'end')
  await new Promise(resolve => both.client.ping(resolve))
  request.end(' and more')
  assert.equal(await text(stream), 'body and more')
})

it('additionalHeaders() go before the response, as headers or continue', async t => {
  const both = await pair(t)
  const { request, stream } = await exchange(both)
  const continued = once(request, 'continue')
  const told: [unknown, unknown][] = []
  request.on('continue', () => told.push(['continue', undefined]))
  request.on('headers', info => told.push([info[':status'], info['link']]))
  stream.additionalHeaders({ ':status': 100 })
  await continued
  stream.additionalHeaders({ ':status': 103, link: '</a>' })
  assert.equal(stream.sentInfoHeaders?.length, 2)
  assert.deepEqual([stream.headersSent, stream.pushAllowed], [false, true])
  stream.respond()
  assert.equal(stream.headersSent, true)
  assert.throws(() => stream.additionalHeaders({ ':status': 102 }), { code: 'ERR_HTTP2_HEADERS_AFTER_RESPOND' })
  assert.throws(() => stream.respond(), { code: 'ERR_HTTP2_HEADERS_SENT' })
  stream.end()
  request.end()
  await text(request)
  assert.deepEqual(told, [
    ['continue', undefined],
    [100, undefined],
    [103, '</a>'],
  ])
})

it('pushStream() makes a stream for a request that was not made', async t => {
  const both = await pair(t)
  const { request, stream } = await exchange(both)
  const arrived = new Promise<[Http2Stream, unknown]>(resolve => {
    both.client.on('stream', pushed =>
      pushed.on('push', (headers: Record<string, unknown>) => resolve([pushed, headers['x-pushed']])),
    )
  })
  stream.pushStream({ ':path': '/style.css' }, { exclusive: true, parent: 0 } as never, (error, push, headers) => {
    assert.equal(error, null)
    assert.equal(headers[':path'], '/style.css')
    push.respond({ ':status': 200, 'x-pushed': 'yes' })
    push.end('body {}')
  })
  const [push, mark] = await arrived
  assert.equal(mark, 'yes')
  assert.equal(await text(push), 'body {}')
  assert.throws(() => stream.pushStream({}, 'x' as never), { code: 'ERR_INVALID_ARG_TYPE' })
  stream.respond()
  stream.end()
  request.resume().end()
  const deaf = await pair(t, {}, { settings: { enablePush: false } })
  const { stream: unpushed } = await exchange(deaf)
  assert.equal(unpushed.pushAllowed, false)
  assert.throws(() => unpushed.pushStream({}, () => {}), { code: 'ERR_HTTP2_PUSH_DISABLED' })
})

it('respond() takes a status and says what it cannot take', async t => {
  const both = await pair(t)
  const { request, stream } = await exchange(both)
  assert.throws(() => stream.respond({ ':status': 101 }), { code: 'ERR_HTTP2_STATUS_INVALID' })
  assert.throws(() => stream.respond({ ':path': '/' }), { code: 'ERR_HTTP2_INVALID_PSEUDOHEADER' })
  assert.throws(() => stream.respond({ connection: 'close' }), { code: 'ERR_HTTP2_INVALID_CONNECTION_HEADERS' })
  stream.respond({ ':status': 404 })
  stream.end()
  assert.equal((await once(request, 'response'))[0][':status'], 404)
})

it('respondWithFD() sends of an open file what offset and length say, and its trailers', async t => {
  const both = await pair(t)
  const descriptor = openSync(file, 'r')
  t.after(() => closeSync(descriptor))
  const { request, stream } = await exchange(both)
  const seen: object[] = []
  const statCheck = (
    stat: { size: number },
    headers: Record<string, unknown>,
    options: { offset: number; length: number },
  ) => {
    seen.push({ size: stat.size, ...options })
    headers['x-checked'] = 'yes'
  }
  stream.respondWithFD(
    descriptor,
    { 'content-type': 'text/plain' },
    { statCheck: statCheck as never, offset: 2, length: 3, waitForTrailers: true },
  )
  stream.on('wantTrailers', () => stream.sendTrailers({ 'x-end': '1' }))
  const trailers = once(request, 'trailers')
  const [headers] = await once(request, 'response')
  assert.deepEqual([headers['x-checked'], headers['content-length'] ?? '3'], ['yes', '3'])
  assert.equal(await text(request), '234')
  assert.equal((await trailers)[0]['x-end'], '1')
  assert.equal(seen.length, 1)
  const other = await exchange(both)
  assert.throws(() => other.stream.respondWithFD('x' as never), { code: 'ERR_INVALID_ARG_TYPE' })
  other.stream.respondWithFD(descriptor)
  assert.equal(await text(other.request), '0123456789')
})

it('respondWithFile() sends a file, or part of it, after statCheck; onError hears of one that is not there', async t => {
  const both = await pair(t)
  const whole = await exchange(both)
  whole.stream.respondWithFile(file, {}, { statCheck: (_stat, headers) => void (headers['last-modified'] = 'today') })
  assert.equal((await once(whole.request, 'response'))[0]['last-modified'], 'today')
  assert.equal(await text(whole.request), '0123456789')
  const part = await exchange(both)
  part.stream.respondWithFile(file, {}, { offset: 7, length: 2, waitForTrailers: true })
  part.stream.on('wantTrailers', () => part.stream.sendTrailers({ 'x-end': '1' }))
  assert.equal(await text(part.request), '78')
  const missing = await exchange(both)
  const failure = new Promise<NodeJS.ErrnoException>(resolve => {
    missing.stream.respondWithFile(join(folder, 'none'), {}, { onError: resolve })
  })
  assert.equal((await failure).code, 'ENOENT')
  missing.stream.respond({ ':status': 404 })
  missing.stream.end()
  assert.equal((await once(missing.request, 'response'))[0][':status'], 404)
  const unheard = await exchange(both)
  unheard.stream.respondWithFile(join(folder, 'none'))
  await eventually(unheard.request, 'close')
  assert.equal(unheard.request.rstCode, constants.NGHTTP2_INTERNAL_ERROR)
})

it('respondWithFile() works by what fs has at the time, and closes the file where headers will not do', async t => {
  const [opened, closed] = [t.mock.method(fs, 'open'), t.mock.method(fs, 'close')]
  const { request, stream } = await exchange(await pair(t))
  request.resume()
  const failed = eventually(stream, 'error')
  stream.respondWithFile(file, { ':method': 'GET' })
  const [error] = (await failed) as [NodeJS.ErrnoException]
  assert.equal(error.code, 'ERR_HTTP2_INVALID_PSEUDOHEADER')
  assert.equal(opened.mock.callCount(), 1)
  assert.equal(closed.mock.callCount(), 1)
})

it('close() resets with a code, and tells both sides', async t => {
  const both = await pair(t)
  const { request, stream } = await exchange(both)
  const [aborted, closed] = [eventually(stream, 'aborted'), eventually(stream, 'close')]
  const called = new Promise<void>(resolve => request.close(constants.NGHTTP2_CANCEL, resolve))
  await Promise.all([aborted, closed, called])
  assert.deepEqual(
    [stream.aborted, stream.rstCode, request.rstCode],
    [true, constants.NGHTTP2_CANCEL, constants.NGHTTP2_CANCEL],
  )
  assert.throws(() => request.close(2 ** 32), { code: 'ERR_OUT_OF_RANGE' })
  assert.throws(() => stream.respond(), { code: 'ERR_HTTP2_INVALID_STREAM' })
})

it('destroy() with an error tells it here, and its code there', async t => {
  const both = await pair(t)
  const { request, stream } = await exchange(both)
  const [failed, there] = [eventually(request, 'error'), eventually(stream, 'close')]
  request.destroy(new Error('mine'))
  assert.equal(((await failed)[0] as Error).message, 'mine')
  await there
  assert.equal(stream.destroyed, true)
})

for (const end of ['request', 'response'] as const) {
  it(`destroy() with an error amid a write never lets a ${end} look whole`, async t => {
    const both = await pair(t)
    const { request, stream } = await exchange(both, {}, { endStream: end === 'response' })
    const [own, peer] = end === 'request' ? [request, stream] : [stream, request]
    const heard: string[] = []
    for (const event of ['end', 'aborted'] as const) peer.on(event, () => heard.push(event))
    peer.resume()
    const closed = eventually(peer, 'close')
    if (own === stream) stream.respond()
    own.write('the first half')
    own.destroy(new Error('mine'))
    await closed
    assert.equal(peer.rstCode, constants.NGHTTP2_INTERNAL_ERROR)
    assert.deepEqual(heard, end === 'request' ? ['aborted'] : [])
  })
}

it("setTimeout() tells 'timeout' of a stream without traffic", async t => {
  const both = await pair(t)
  const { request } = await exchange(both)
  const called = new Promise<void>(resolve => void request.setTimeout(5, resolve))
  await once(request, 'timeout')
  await called
  assert.equal(request.destroyed, false)
})

it('closed: not before an answer that has come at once has been read, as stream helpers take what is closed for lost', async t => {
  const both = await pair(t)
  both.server.on('stream', (stream: ServerHttp2Stream) => {
    stream.respond()
    stream.end('all at once')
  })
  const request = both.client.request({ ':path': '/' })
  const closed = eventually(request, 'close')
  await eventually(request, 'response')
  assert.equal(request.closed, false)
  assert.equal(await text(request), 'all at once')
  await closed
  assert.equal(request.closed, true)
})

it("a server's stream whose request nobody has read has ended, not aborted, once it is closed", async t => {
  const both = await pair(t)
  const { request, stream } = await exchange(both, {}, { endStream: true })
  stream.respond()
  stream.end('answer')
  request.resume()
  await eventually(stream, 'close')
  assert.deepEqual([stream.readableEnded, stream.readableAborted, stream.readableDidRead], [true, false, false])
  assert.equal(stream.writableFinished, true)
})

it("a paused stream that has nothing left to read emits 'end' when END_STREAM comes behind its head", async t => {
  const both = await pair(t)
  const { request, stream } = await exchange(both, { ':method': 'POST' })
  const heard = eventually(stream, 'data')
  request.write('all')
  await heard
  stream.pause()
  const ended = eventually(stream, 'end')
  request.end()
  await ended
  assert.equal(stream.isPaused(), true)
})
