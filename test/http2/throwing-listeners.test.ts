// What goes on in a session and its streams after a listener or a callback has thrown. The whole of it is in test/throwing/.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { it } from 'node:test'
import { catchUncaught } from '../support/uncaught.ts'
import { exchange, pair } from './peers.ts'

const failure = new Error('of a listener')

function fail(): never {
  throw failure
}

it("a stream whose last 'readable' listener throws closes", async t => {
  const thrown = catchUncaught(t)
  const both = await pair(t)
  const { request, stream } = await exchange(both)
  request.once('readable', () => {
    request.read()
    fail()
  })
  stream.respond()
  stream.end('body')
  request.on('readable', () => request.read())
  request.end()
  await once(request, 'close')
  assert.deepEqual(thrown, [failure])
})

it("a 'frameError' listener that throws keeps the stream and its session from nothing", async t => {
  const thrown = catchUncaught(t)
  const { client } = await pair(t, {}, { maxSendHeaderBlockLength: 100 })
  const request = client.request({ 'x-long': 'y'.repeat(1000) })
  const errors: unknown[] = []
  request.on('error', error => errors.push((error as NodeJS.ErrnoException).code))
  request.on('frameError', fail)
  await Promise.all([new Promise(resolve => request.on('close', resolve)), once(client, 'close')])
  assert.deepEqual(thrown, [failure])
  assert.deepEqual(errors, ['ERR_HTTP2_STREAM_ERROR'])
})

it('callbacks of pings and settings that a destroyed session cancels are called apart from destroy(), and from each other', async t => {
  const thrown = catchUncaught(t)
  const { client } = await pair(t)
  const called: string[] = []
  for (const name of ['one', 'two']) {
    client.ping(error => {
      called.push(`${name} ${(error as NodeJS.ErrnoException).code}`)
      fail()
    })
  }
  client.settings({ enablePush: false }, error => {
    called.push(`settings ${(error as NodeJS.ErrnoException).code}`)
    fail()
  })
  client.destroy()
  assert.deepEqual(called, [])
  await once(client, 'close')
  assert.deepEqual(called, [
    'one ERR_HTTP2_PING_CANCEL',
    'two ERR_HTTP2_PING_CANCEL',
    'settings ERR_HTTP2_SETTINGS_CANCEL',
  ])
  assert.deepEqual(thrown, [failure, failure, failure])
})
