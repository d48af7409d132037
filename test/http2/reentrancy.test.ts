// A program may end a stream, a session, a socket or the server from within any event. Whatever it ends, and wherever: no
// exception that is not its own, every stream and session closes, and the server is empty afterwards.

import assert from 'node:assert/strict'
import type { EventEmitter } from 'node:events'
import type builtIn from 'node:http2'
import { type AddressInfo, connect } from 'node:net'
import { describe, it } from 'node:test'
import * as ours from '../../src/http2/index.ts'

const http2 = ours as unknown as typeof builtIn

type Ending = (what: { stream: builtIn.Http2Stream; session: builtIn.Http2Session }) => void

const endings: Readonly<Record<string, Ending>> = {
  'stream.destroy()': ({ stream }) => stream.destroy(),
  'stream.destroy(error)': ({ stream }) => stream.destroy(new Error('enough')),
  'stream.close()': ({ stream }) => stream.close(http2.constants.NGHTTP2_CANCEL),
  'stream.end()': ({ stream }) => stream.end(),
  'session.close()': ({ session }) => session.close(),
  'session.destroy()': ({ session }) => session.destroy(),
  'session.destroy(error)': ({ session }) => session.destroy(new Error('enough')),
  'session.goaway(code)': ({ session }) => {
    if (!session.destroyed) session.goaway(http2.constants.NGHTTP2_INTERNAL_ERROR)
  },
  'socket.destroy()': ({ session }) => {
    if (!session.destroyed) session.socket.destroy()
  },
}

const streamEvents = [
  'ready',
  'response',
  'headers',
  'data',
  'end',
  'trailers',
  'wantTrailers',
  'drain',
  'finish',
  'aborted',
  'close',
]
const sessionEvents = ['connect', 'remoteSettings', 'localSettings', 'ping', 'goaway', 'stream', 'close']

/** Does `end` at the first `event` of one side; resolves once both sessions are gone. */
async function provoke(side: 'client' | 'server', event: string, end: Ending): Promise<void> {
  const closed: Promise<void>[] = []
  const watch = (emitter: EventEmitter): void => {
    emitter.on('error', () => {})
    closed.push(new Promise(resolve => emitter.on('close', resolve)))
  }
  let hasEnded = false
  const trap = (stream: builtIn.Http2Stream, session: builtIn.Http2Session): void => {
    const act = (): void => {
      if (hasEnded) return
      hasEnded = true
      end({ stream, session })
    }
    if (streamEvents.includes(event)) stream.on(event, act)
    if (sessionEvents.includes(event)) session.on(event, act)
  }

  const server = http2.createServer()
  server.on('session', watch)
  server.on('stream', (stream: builtIn.ServerHttp2Stream) => {
    watch(stream)
    const session = stream.session as builtIn.Http2Session
    if (side === 'server') trap(stream, session)
    session.ping(() => {})
    if (stream.destroyed || stream.closed) return
    stream.additionalHeaders({ ':status': 103 })
    stream.respond({}, { waitForTrailers: true })
    stream.on('wantTrailers', () => {
      if (!stream.destroyed && !stream.closed) stream.sendTrailers({ done: 'yes' })
    })
    stream.end(Buffer.alloc(100_000))
    stream.resume()
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const client = http2.connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  watch(client)
  const request = client.request({ ':method': 'POST' }, { waitForTrailers: true })
  watch(request)
  request.on('wantTrailers', () => {
    if (!request.destroyed && !request.closed) request.sendTrailers({})
  })
  if (side === 'client') trap(request, client)
  request.write(Buffer.alloc(100_000))
  request.end('x')
  request.resume()
  request.on('close', () => client.close())
  await Promise.all(closed)
  await new Promise<void>(resolve => server.close(() => resolve()))
  await Promise.all(closed)
}

describe('from within an event', () => {
  for (const [name, end] of Object.entries(endings)) {
    for (const side of ['client', 'server'] as const) {
      it(`${name} on the ${side}`, { timeout: 20_000 }, async () => {
        for (const event of [...streamEvents, ...sessionEvents]) {
          try {
            await within(2000, provoke(side, event, end))
          } catch (error) {
            assert.fail(`at '${event}': ${(error as Error).message}`)
          }
        }
      })
    }
  }
})

function within(ms: number, promise: Promise<void>): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('it did not end')), ms)
    promise.then(resolve, reject).finally(() => clearTimeout(timer))
  })
}

describe('what a client breaks', () => {
  const preface = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0', 'latin1')
  // HEADERS of stream 1, complete but for the body: POST, http, /, :authority a.
  const headers = Buffer.from('\0\0\x06\x01\x04\0\0\0\x01\x83\x86\x84\x41\x01a', 'latin1')
  const wrong = Buffer.from('\0\0\x04\x08\0\0\0\0\0\0\0\0\0', 'latin1')

  for (const [what, bytes] of [
    ['a wrong frame behind a request', Buffer.concat([preface, headers, wrong])],
    ['a request and the end of the connection', Buffer.concat([preface, headers])],
    ['bytes that are no HTTP/2', Buffer.from('\0'.repeat(100))],
  ] as const) {
    it(`does not end a server without listeners for errors: ${what}`, async () => {
      const server = http2.createServer()
      server.on('stream', (stream: builtIn.ServerHttp2Stream) => {
        stream.respond()
        stream.write('x')
      })
      const gone = new Promise<void>(resolve => server.on('session', session => session.on('close', resolve)))
      await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
      const socket = connect((server.address() as AddressInfo).port, '127.0.0.1')
      socket.on('error', () => {})
      socket.write(bytes)
      setImmediate(() => socket.resetAndDestroy())
      await gone
      await new Promise<void>(resolve => server.close(() => resolve()))
    })
  }
})
