// The compatibility API of HTTP/2 servers: requests and responses as those of http.

import type { Http2ServerRequest, Http2ServerResponse } from 'node:http2'
import type { Scene } from '../scene.ts'
import { compatRequestEvents, compatResponseEvents } from './events.ts'
import type { Http2Bodies, Http2Pair } from './http2-pair.ts'

export const compatBodies: Http2Bodies = {
  async requests(pair, scene) {
    await serve(pair, scene)
    const session = await pair.connect()
    await scene.step('asks', () => pair.request(session, 'one'))
    await scene.step('posts', () => pair.post(session, 'two').end('hello'))
    await scene.step('asks three at once', () => {
      pair.request(session, 'three')
      pair.post(session, 'four').end('hello')
      pair.request(session, 'five', { ':method': 'HEAD' })
    })
    await pair.end()
  },

  async 'responses with callbacks'(pair, scene) {
    await serve(pair, scene, (_request, response) => {
      response.writeContinue()
      response.writeEarlyHints({ link: '</a>; rel=preload' })
      response.addTrailers({ 'x-end': '1' })
      response.write(
        'one',
        scene.callback('server', 'write()', () => response.end('two', scene.callback('server', 'end()'))),
      )
    })
    const session = await pair.connect()
    await scene.step('asks', () => pair.request(session, 'one'))
    await scene.step('asks again', () => pair.request(session, 'two'))
    await pair.end()
  },

  async 'pushed responses'(pair, scene) {
    await serve(pair, scene, (_request, response) => {
      const push = scene.callback(
        'server',
        'createPushResponse()',
        (error: Error | null, pushed: Http2ServerResponse) => {
          if (error !== null) return
          pushed.sendDate = false
          scene.watch('server', 'pushed response', pushed, compatResponseEvents)
          pushed.end('pushed body', scene.callback('server', 'pushed end()'))
        },
      )
      response.createPushResponse({ ':path': '/pushed' }, push)
      response.end('body')
    })
    const session = await pair.connect()
    session.on('stream', stream => {
      scene.watch('client', 'pushed', stream, ['push', 'end', 'close'])
      scene.on('client', 'pushed', stream, 'data')
    })
    await scene.step('asks', () => pair.request(session, 'one'))
    await scene.step('asks again', () => pair.request(session, 'two'))
    await pair.end()
  },

  async expectations(pair, scene) {
    await serve(pair, scene)
    for (const event of ['checkContinue', 'checkExpectation', 'connect']) {
      scene.on('server', 'server', pair.server, event, (request: Http2ServerRequest, response: Http2ServerResponse) => {
        response.sendDate = false
        if (event === 'checkContinue') response.writeContinue()
        request.resume()
        request.on('end', () => response.end(event))
      })
    }
    const session = await pair.connect()
    await scene.step('expects 100', () => {
      const stream = pair.request(session, 'one', { ':method': 'POST', expect: '100-continue' })
      stream.on('continue', () => stream.end('hello'))
    })
    await scene.step('expects more', () => pair.request(session, 'two', { expect: 'wonders' }))
    await scene.step('connects', () => {
      const stream = session.request({ ':method': 'CONNECT', ':authority': 'a:80' })
      scene.watch('client', 'tunnel', stream, ['response', 'end', 'close'])
      stream.resume().end('hello')
    })
    await scene.step('asks', () => pair.request(session, 'three'))
    await pair.end()
  },

  async 'expectations of nobody'(pair, scene) {
    await serve(pair, scene)
    const session = await pair.connect()
    await scene.step('expects 100', () => {
      pair.request(session, 'one', { ':method': 'POST', expect: '100-continue' }).end('hello')
    })
    await scene.step('expects more', () => pair.request(session, 'two', { expect: 'wonders' }))
    await pair.end()
  },

  async 'a client that leaves amid its request'(pair, scene) {
    await serve(pair, scene)
    const session = await pair.connect()
    const stream = pair.post(session, 'one')
    await scene.step('posts', () => stream.write('hello'))
    await scene.step('leaves', () => stream.close(8))
    const second = pair.post(session, 'two')
    await scene.step('posts again', () => second.write('hello'))
    await scene.step('leaves altogether', () => session.destroy())
    await pair.end()
  },

  async 'a client that leaves amid the response'(pair, scene) {
    await serve(pair, scene, (request, response) => {
      request.resume()
      response.write('a part', scene.callback('server', 'write()'))
    })
    const session = await pair.connect()
    const stream = pair.request(session, 'one')
    await scene.step('asks', () => {})
    await scene.step('leaves', () => stream.close(8))
    await pair.end()
  },

  async 'responses that the program destroys'(pair, scene) {
    await serve(pair, scene, (request, response) => {
      request.resume()
      if (request.url === '/one') response.destroy(new Error('of the program'))
      else request.destroy(new Error('of the program'))
    })
    const session = await pair.connect()
    await scene.step('asks', () => pair.request(session, 'one'))
    await scene.step('asks again', () => pair.request(session, 'two'))
    await scene.step('closes', () => session.destroy())
    await pair.end()
  },

  async 'requests that time out'(pair, scene) {
    await serve(pair, scene, (request, response) => {
      if (request.url === '/one') request.setTimeout(TIMEOUT_MS, scene.callback('server', 'request setTimeout()'))
      else response.setTimeout(TIMEOUT_MS, scene.callback('server', 'response setTimeout()'))
      request.on('timeout', () => response.end('late'))
    })
    const session = await pair.connect()
    await scene.step('asks', () => pair.request(session, 'one'), 'server request setTimeout() callback 1')
    await scene.step('asks again', () => pair.request(session, 'two'), 'server response setTimeout() callback 1')
    await scene.step('is destroyed', () => session.destroy())
    await pair.end()
  },

  async 'responses that wait for their reader'(pair, scene) {
    await serve(pair, scene, (request, response) => {
      request.resume()
      response.write(Buffer.alloc(300_000), scene.callback('server', 'write()'))
      response.once('drain', () => response.end())
    })
    const session = await pair.connect()
    await scene.step('asks', () => pair.request(session, 'one'), "client one 'close' 1")
    await pair.end()
  },

  async 'requests read by readable'(pair, scene) {
    await serve(pair, scene, (request, response) => {
      scene.on('server', 'request', request, 'readable', () => request.read())
      request.on('end', () => response.end('read'))
    })
    const session = await pair.connect()
    await scene.step('posts', () => pair.post(session, 'one').end('hello'))
    await pair.end()
  },
}

const TIMEOUT_MS = 30

type Handler = (request: Http2ServerRequest, response: Http2ServerResponse) => void

/** A server that reads each request to its end and answers with its path and body; or as `handle` says. */
export async function serve(pair: Http2Pair, scene: Scene, handle?: Handler, options: object = {}): Promise<void> {
  await pair.listen(options)
  scene.on('server', 'server', pair.server, 'request', (request: Http2ServerRequest, response: Http2ServerResponse) => {
    const name = `request ${request.url}`
    scene.watch('server', name, request, compatRequestEvents)
    scene.watch('server', `response to ${request.url}`, response, compatResponseEvents)
    response.sendDate = false
    if (handle !== undefined && request.url !== '/last-request') {
      handle(request, response)
      return
    }
    let text = ''
    scene.on('server', name, request, 'data', (data: Buffer) => (text += data))
    request.on('end', () => response.end(`${request.url} ${text}`))
  })
}
