// HTTP/2 streams: what both ends send beside content, and how streams end.

import { closeSync, openSync } from 'node:fs'
import type { ClientHttp2Stream, ServerHttp2Stream } from 'node:http2'
import { fileURLToPath } from 'node:url'
import type { Http2Bodies } from './http2-pair.ts'

export const streamBodies: Http2Bodies = {
  async trailers(pair, scene) {
    await pair.serve(stream => {
      stream.resume()
      stream.respond({}, { waitForTrailers: true, sendDate: false } as never)
      scene.on('server', `stream of ${stream.id}`, stream, 'wantTrailers', () => stream.sendTrailers({ 'x-end': '1' }))
      stream.end('body')
    })
    const session = await pair.connect()
    await scene.step('asks', () => pair.request(session, 'one'))
    await scene.step('posts', () => {
      const stream = pair.request(session, 'two', { ':method': 'POST' }, { waitForTrailers: true })
      scene.on('client', 'two', stream, 'wantTrailers', () => stream.sendTrailers({ 'x-end': '1' }))
      stream.end('hello')
    })
    await pair.end()
  },

  async 'headers before the response'(pair, scene) {
    await pair.serve(stream => {
      stream.additionalHeaders({ ':status': 103, link: '</a>' })
      stream.additionalHeaders({ ':status': 102 })
      pair.echo(stream)
    })
    const session = await pair.connect()
    await scene.step('expects 100', () => {
      const stream = pair.request(session, 'one', { ':method': 'POST', expect: '100-continue' })
      stream.on('headers', headers => {
        if (headers[':status'] === 102) stream.end('hello')
      })
    })
    await scene.step('is told to continue', () => {
      pair.server.once('stream', (stream: ServerHttp2Stream) => stream.additionalHeaders({ ':status': 100 }))
      pair.request(session, 'two', { ':method': 'POST', expect: '100-continue' }).end('hello')
    })
    await pair.end()
  },

  async pushes(pair, scene) {
    await pair.serve(stream => {
      const push = (path: string, callback: string): void => {
        const answer = (error: Error | null, pushed: ServerHttp2Stream): void => {
          if (error !== null) return
          scene.watch('server', path, pushed, ['aborted', 'finish', 'error', 'close'])
          pushed.respond({}, { sendDate: false } as never)
          pushed.end('pushed body', scene.callback('server', `${path} end()`))
        }
        stream.pushStream({ ':path': path }, scene.callback('server', callback, answer))
      }
      push('/pushed', 'pushStream()')
      push('/also-pushed', 'second pushStream()')
      stream.respond({}, { sendDate: false } as never)
      stream.end('body')
    })
    const session = await pair.connect()
    session.on('stream', (stream: ClientHttp2Stream, headers) => {
      const name = `push of ${headers[':path']}`
      scene.watch('client', name, stream, ['push', 'end', 'error', 'close'])
      scene.on('client', name, stream, 'data')
    })
    await scene.step('asks', () => pair.request(session, 'one'))
    await scene.step('refuses a push', () => {
      session.once('stream', (stream: ClientHttp2Stream) => stream.close(8))
      pair.request(session, 'two')
    })
    await scene.step('refuses all pushes', () => session.settings({ enablePush: false }))
    await scene.step('asks again', () => pair.request(session, 'three'))
    await pair.end()
  },

  async files(pair, scene) {
    let descriptor: number | undefined
    await pair.serve((stream, headers) => {
      const statCheck = scene.callback('server', 'statCheck option', () => undefined)
      const onError = scene.callback('server', 'onError option', () => stream.close(2))
      const options = { statCheck, onError, sendDate: false, length: 200 }
      if (headers[':path'] === '/nowhere') stream.respondWithFile('/nowhere', {}, { ...options, length: -1 })
      else if (headers[':path'] === '/descriptor') {
        descriptor = openSync(file, 'r')
        stream.respondWithFD(descriptor, {}, options)
      } else stream.respondWithFile(file, {}, options)
    })
    const session = await pair.connect()
    const ask = (name: string) =>
      scene.step(`asks for a file: ${name}`, () => pair.request(session, name), `client ${name} 'close' 1`)
    await ask('one')
    await ask('nowhere')
    await ask('descriptor')
    await pair.end()
    if (descriptor !== undefined) closeSync(descriptor)
  },

  async 'reset by the client'(pair, scene) {
    await pair.serve(() => {})
    const session = await pair.connect()
    const stream = pair.post(session, 'one')
    await scene.step('posts', () => stream.write('hello', scene.callback('client', 'write()')))
    await scene.step('closes', () => stream.close(8, scene.callback('client', 'stream close()')))
    const second = pair.post(session, 'two')
    await scene.step('posts again', () => second.write('hello'))
    await scene.step('closes with an error', () => second.close(2))
    await scene.step('asks', () => pair.request(session, 'three').close(0))
    await pair.end()
  },

  async 'reset by the server'(pair, scene) {
    await pair.serve((stream, headers) => {
      if (headers[':path'] === '/one') stream.close(8, scene.callback('server', 'stream close()'))
      else {
        stream.respond({}, { sendDate: false } as never)
        stream.write('a part', () => stream.close(2))
      }
    })
    const session = await pair.connect()
    await scene.step('posts', () => pair.post(session, 'one').write('hello'))
    await scene.step('posts again', () => pair.post(session, 'two').write('hello'))
    await pair.end()
  },

  async 'destroyed by the client'(pair, scene) {
    await pair.serve(stream => stream.resume())
    const session = await pair.connect()
    const stream = pair.post(session, 'one')
    await scene.step('posts', () => stream.write('hello'))
    await scene.step('is destroyed', () => stream.destroy())
    await scene.step('is destroyed at once', () => pair.request(session, 'two').destroy(new Error('of the program')))
    await scene.step('is aborted', () => {
      const controller = new AbortController()
      pair.request(session, 'three', {}, { signal: controller.signal })
      controller.abort()
    })
    await pair.end()
  },

  async 'destroyed by the server'(pair, scene) {
    await pair.serve((stream, headers) => {
      if (headers[':path'] === '/one') stream.destroy()
      else if (headers[':path'] === '/two') stream.destroy(new Error('of the program'))
      else {
        stream.respond({}, { sendDate: false } as never)
        stream.write(
          'a part',
          scene.callback('server', 'write()', () => stream.destroy(new Error('of the program'))),
        )
      }
    })
    const session = await pair.connect()
    await scene.step('asks', () => pair.request(session, 'one'))
    await scene.step('posts', () => pair.post(session, 'two').write('hello'))
    await scene.step('asks for a part', () => pair.request(session, 'three'))
    await pair.end()
  },

  async backpressure(pair, scene) {
    const streams: ServerHttp2Stream[] = []
    await pair.serve(stream => {
      streams.push(stream)
    })
    const session = await pair.connect()
    const stream = pair.post(session, 'one')
    await scene.step('writes much', () => stream.write(Buffer.alloc(300_000), scene.callback('client', 'write()')))
    await scene.step('is read', () => streams[0]?.resume(), "client one 'drain' 1")
    await scene.step('is answered with much', () => {
      streams[0]?.respond({}, { sendDate: false } as never)
      streams[0]?.write(Buffer.alloc(300_000), scene.callback('server', 'write()'))
    })
    await scene.step('is answered to the end', () => streams[0]?.end(scene.callback('server', 'end()')))
    await scene.step('ends', () => stream.end(scene.callback('client', 'end()')))
    await pair.end()
  },

  async 'read by readable'(pair, scene) {
    await pair.serve(stream => {
      scene.on('server', 'stream', stream, 'readable', () => stream.read())
      stream.respond({}, { sendDate: false } as never)
      stream.end('body')
    })
    const session = await pair.connect()
    await scene.step('posts', () => {
      const stream = session.request({ ':path': '/one', ':method': 'POST' })
      scene.watch('client', 'one', stream, ['response', 'end', 'close'])
      scene.on('client', 'one', stream, 'readable', () => stream.read())
      stream.end('hello')
    })
    await pair.end()
  },

  async heads(pair, scene) {
    await pair.serve(stream => {
      stream.respond({}, { sendDate: false } as never)
      stream.end()
    })
    const session = await pair.connect()
    await scene.step('asks', () => pair.request(session, 'one', { ':method': 'HEAD' }))
    await scene.step('asks again', () => pair.request(session, 'two', { ':method': 'HEAD' }))
    await pair.end()
  },

  async 'a tunnel'(pair, scene) {
    await pair.serve(stream => {
      stream.respond({}, { sendDate: false } as never)
      scene.on('server', 'stream', stream, 'data', data => stream.write(data, scene.callback('server', 'write()')))
      stream.on('end', () => stream.end())
    })
    const session = await pair.connect()
    let stream: ClientHttp2Stream
    await scene.step('connects', () => {
      stream = session.request({ ':method': 'CONNECT', ':authority': 'a:80' })
      scene.watch('client', 'tunnel', stream, ['ready', 'response', 'end', 'close'])
      scene.on('client', 'tunnel', stream, 'data')
    })
    await scene.step('speaks', () => stream.write('hello', scene.callback('client', 'write()')))
    await scene.step('leaves', () => stream.end())
    await pair.end()
  },

  async "a server's streams that time out"(pair, scene) {
    await pair.serve(stream => {
      stream.setTimeout(
        TIMEOUT_MS,
        scene.callback('server', 'stream setTimeout()', () => stream.close(8)),
      )
    })
    const session = await pair.connect()
    await scene.step('asks', () => pair.request(session, 'one'), 'server stream setTimeout() callback 1')
    await pair.end()
  },

  async 'headers that are too long'(pair, scene) {
    await pair.serve()
    const session = await pair.connect('session', { maxSendHeaderBlockLength: 100 })
    await scene.step('asks', () => pair.request(session, 'one', { 'x-long': 'y'.repeat(1000) }))
    await pair.end()
  },

  async 'a stream that the server refuses'(pair, scene) {
    await pair.serve(() => {}, { settings: { maxConcurrentStreams: 1 } })
    const session = await pair.connect()
    let first: ClientHttp2Stream
    await scene.step('asks twice', () => {
      first = pair.request(session, 'one')
      pair.request(session, 'two')
    })
    await scene.step('makes room', () => first.close(8))
    await scene.step('is destroyed', () => session.destroy())
    await pair.end()
  },
}

const TIMEOUT_MS = 30

/** This very one: any file of some hundred bytes. */
const file = fileURLToPath(import.meta.url)
