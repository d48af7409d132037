// HTTP/2 sessions: how they begin, what they tell each other, and their ends.

import type { ClientHttp2Session, Settings } from 'node:http2'
import net, { type Socket } from 'node:net'
import tls from 'node:tls'
import type { Http2Bodies } from './http2-pair.ts'

export const sessionBodies: Http2Bodies = {
  async 'an exchange'(pair, scene) {
    await pair.serve()
    let session: ClientHttp2Session
    await scene.step('connects', () => {
      const { http2 } = scene.modules
      session = pair.watchSession(
        'session',
        http2.connect(pair.url, pair.options, scene.callback('client', 'connect()')),
      )
    })
    await scene.step('asks', () => pair.request(session, 'one'))
    await scene.step('posts', () => pair.post(session, 'two').end('hello'))
    await scene.step('asks three at once', () => {
      pair.request(session, 'three')
      pair.post(session, 'four').end('hello')
      pair.request(session, 'five')
    })
    await scene.step('closes', () => session.close(scene.callback('client', 'close()')))
    await pair.end()
  },

  async 'a request before it is connected'(pair, scene) {
    await pair.serve()
    await scene.step('asks at once', () => {
      const session = pair.open('session')
      pair.request(session, 'one')
      session.close(scene.callback('client', 'close()'))
    })
    await pair.end()
  },

  async pings(pair, scene) {
    await pair.serve()
    const session = await pair.connect()
    await scene.step('pings', () => {
      session.ping(withoutTime(scene.callback('client', 'ping()')))
    })
    await scene.step('the server pings twice', () => {
      pair.serverSession.ping(Buffer.from('12345678'), withoutTime(scene.callback('server', 'ping()')))
      pair.serverSession.ping(withoutTime(scene.callback('server', 'second ping()')))
    })
    await scene.step('pings and asks', () => {
      session.ping(withoutTime(scene.callback('client', 'ping()')))
      pair.request(session, 'one')
    })
    await scene.step('pings and is destroyed', () => {
      session.ping(withoutTime(scene.callback('client', 'ping()')))
      session.ping(withoutTime(scene.callback('client', 'second ping()')))
      session.settings({ enablePush: false }, withoutTime(scene.callback('client', 'settings()')))
      session.destroy()
    })
    await pair.end()
  },

  async settings(pair, scene) {
    await pair.serve()
    const session = await pair.connect()
    const change = { initialWindowSize: 100_000 }
    await scene.step('changes its settings', () =>
      session.settings(change, withoutTime(scene.callback('client', 'settings()'))),
    )
    await scene.step('the server changes its settings', () => {
      pair.serverSession.settings(change, withoutTime(scene.callback('server', 'settings()')))
      pair.serverSession.settings({ maxFrameSize: 20_000 }, withoutTime(scene.callback('server', 'second settings()')))
    })
    await scene.step('changes them and asks', () => {
      session.settings({ enablePush: false }, withoutTime(scene.callback('client', 'settings()')))
      pair.request(session, 'one')
    })
    await scene.step('asks again', () => pair.request(session, 'two'))
    await pair.end()
  },

  async 'settings before it is connected'(pair, scene) {
    await pair.serve()
    await scene.step('changes them at once', () => {
      const session = pair.open('session')
      session.settings({ enablePush: false }, withoutTime(scene.callback('client', 'settings()')))
      pair.request(session, 'one')
    })
    await pair.end()
  },

  async 'a server that goes away'(pair, scene) {
    await pair.serve(stream => {
      if (stream.session?.destroyed === false) stream.session.goaway(0, stream.id, Buffer.from('enough'))
      pair.echo(stream)
    })
    const session = await pair.connect()
    await scene.step('asks', () => pair.request(session, 'one'))
    await pair.end()
  },

  async 'a server that goes away with an error'(pair, scene) {
    await pair.serve(() => {})
    const session = await pair.connect()
    await scene.step('posts', () => pair.post(session, 'one').write('hello'))
    await scene.step('the server goes away', () => pair.serverSession.goaway(2))
    await pair.end()
  },

  async 'a client that goes away'(pair, scene) {
    await pair.serve()
    const session = await pair.connect()
    const stream = pair.post(session, 'one')
    await scene.step('posts', () => stream.write('hello'))
    await scene.step('goes away', () => session.goaway(0))
    await scene.step('ends', () => stream.end())
    await pair.end()
  },

  async 'a client that closes as it asks'(pair, scene) {
    await pair.serve()
    const session = await pair.connect()
    await scene.step('asks and closes', () => {
      pair.request(session, 'one')
      session.close(scene.callback('client', 'close()'))
    })
    await pair.end()
  },

  async 'a session that closes with streams open'(pair, scene) {
    await pair.serve()
    const session = await pair.connect()
    const stream = pair.post(session, 'one')
    await scene.step('posts', () => stream.write('hello'))
    await scene.step('closes', () => session.close(scene.callback('client', 'close()')))
    await scene.step('ends', () => stream.end())
    await pair.end()
  },

  async 'a server session that closes'(pair, scene) {
    await pair.serve()
    const session = await pair.connect()
    const stream = pair.post(session, 'one')
    await scene.step('posts', () => stream.write('hello'))
    await scene.step('the server closes the session', () =>
      pair.serverSession.close(scene.callback('server', 'session close()')),
    )
    await scene.step('ends', () => stream.end())
    await pair.end()
  },

  async 'a session destroyed by the client'(pair, scene) {
    await pair.serve()
    const session = await pair.connect()
    await scene.step('posts', () => {
      pair.post(session, 'one').write('hello')
      pair.post(session, 'two').write('hello')
    })
    await scene.step('is destroyed', () => session.destroy(new Error('of the program')))
    await pair.end()
  },

  async 'a session destroyed by the server'(pair, scene) {
    await pair.serve()
    const session = await pair.connect()
    await scene.step('posts', () => {
      pair.post(session, 'one').write('hello')
      pair.post(session, 'two').write('hello')
    })
    await scene.step('is destroyed', () => pair.serverSession.destroy(new Error('of the program')))
    await pair.end()
  },

  async 'destroyed before it is connected'(pair, scene) {
    await pair.serve()
    await scene.step('is destroyed at once', () => {
      const session = pair.open('session')
      pair.request(session, 'one')
      session.destroy()
    })
    await pair.end()
  },

  async 'a connection that is cut'(pair, scene) {
    await pair.serve()
    let socket: Socket | undefined
    const session = await pair.connect('session', {
      createConnection: scene.callback('client', 'createConnection option', () => {
        socket = pair.socket()
        return socket
      }),
    })
    await scene.step('posts', () => pair.post(session, 'one').write('hello'))
    await scene.step('is cut', () => socket?.destroy())
    await pair.end()
  },

  async 'a connection that is reset'(pair, scene) {
    await pair.serve()
    let socket: Socket | undefined
    const session = await pair.connect('session', {
      createConnection: () => {
        socket = pair.socket()
        return socket
      },
    })
    await scene.step('posts', () => pair.post(session, 'one').write('hello'))
    await scene.step('is reset', () => socket?.destroy(new Error('of the program')))
    await pair.end()
  },

  async refused(pair, scene) {
    await pair.serve()
    const { url } = pair
    await scene.step('the server stops', () => pair.server.close())
    await scene.step('connects', () => {
      const { http2 } = scene.modules
      const connected = scene.callback('client', 'connect()')
      const session = pair.watchSession('session', http2.connect(url, pair.options, connected))
      pair.request(session, 'one')
      session.ping(withoutTime(scene.callback('client', 'ping()')))
    })
  },

  async 'time-outs'(pair, scene) {
    await pair.serve(() => {})
    const session = await pair.connect()
    await scene.step(
      'waits',
      () => session.setTimeout(TIMEOUT_MS, scene.callback('client', 'session setTimeout()')),
      "client session 'timeout' 1",
    )
    scene.act(() => session.setTimeout(0))
    await scene.step(
      'the server waits',
      () => pair.serverSession.setTimeout(TIMEOUT_MS, scene.callback('server', 'session setTimeout()')),
      "server session 1 'timeout' 1",
    )
    scene.act(() => pair.serverSession.setTimeout(0))
    await scene.step(
      'a stream waits',
      () => pair.request(session, 'one').setTimeout(TIMEOUT_MS, scene.callback('client', 'stream setTimeout()')),
      "client one 'timeout' 1",
    )
    await scene.step('is destroyed', () => session.destroy())
    await pair.end()
  },

  async "a server's time-out"(pair, scene) {
    await pair.serve()
    scene.act(() => pair.server.setTimeout(TIMEOUT_MS, scene.callback('server', 'setTimeout()') as never))
    scene.on('server', 'server', pair.server, 'timeout')
    let session: ClientHttp2Session
    await scene.step(
      'connects and says nothing',
      () => {
        session = pair.open('session')
      },
      'server setTimeout() callback 1',
    )
    await scene.step('asks', () => pair.request(session, 'one'))
    await scene.step('closes', () => session.close())
    await pair.end()
  },

  async 'what is announced'(pair, scene) {
    await pair.serve(stream => {
      if (stream.session?.destroyed === false) pair.serverSession.altsvc('h2=":8000"', stream.id ?? 0)
      pair.echo(stream)
    })
    const session = await pair.connect()
    await scene.step('the server names others', () => {
      pair.serverSession.altsvc('h2=":8000"', 'https://example.com:80')
      pair.serverSession.origin('https://a.example', 'https://b.example')
    })
    await scene.step('asks', () => pair.request(session, 'one'))
    await pair.end()
  },

  async 'what is no HTTP/2'(pair, scene) {
    await pair.serve()
    const plain = (name: string): Socket => {
      const { port, options } = pair
      const address = { port, host: '127.0.0.1', ALPNProtocols: ['h2'], ...options } as tls.ConnectionOptions
      const socket = pair.transport === 'http2' ? net.connect(port, '127.0.0.1') : tls.connect(address)
      scene.observe('client', name, socket, ['end', 'error', 'close'])
      return socket
    }
    await scene.step('sends rubbish', () =>
      plain('plain client').write('rubbish that is longer than the preface\r\n\r\n'),
    )
    await scene.step('sends a bad frame', () => plain('second plain client').write(Buffer.concat([OPENING, BAD_PING])))
    let stopped: Socket
    await scene.step('sends a part', () => {
      stopped = plain('third plain client')
      stopped.write(OPENING.subarray(0, 30))
    })
    await scene.step('leaves', () => stopped.destroy())
    await pair.end()
  },

  async 'a server that speaks no HTTP/2'(pair, scene) {
    const server = net.createServer(socket => {
      socket.on('error', () => {}).once('data', () => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'))
    })
    await scene.step('listens', () => server.listen(0, '127.0.0.1'))
    await scene.step('connects', () => {
      const { port } = server.address() as net.AddressInfo
      const session = pair.watchSession('session', scene.modules.http2.connect(`http://127.0.0.1:${port}`))
      pair.request(session, 'one')
    })
    await scene.step('closes', () => server.close())
  },

  async priorities(pair, scene) {
    await pair.serve(stream => {
      scene.on('server', 'stream', stream, 'priority')
      pair.echo(stream)
    })
    scene.on('server', 'server', pair.server, 'priority')
    const socket = net.connect(pair.port, '127.0.0.1')
    await scene.step('opens', () => socket.write(Buffer.concat([OPENING, OPEN_POST])))
    await scene.step('sends priorities', () =>
      socket.write(Buffer.concat([PRIORITY_OF_1, PRIORITY_OF_3, PRIORITY_OF_1, PING])),
    )
    await scene.step('leaves', () => socket.destroy())
    await pair.end()
  },
}

/** What is measured of the time differs from run to run. */
function withoutTime(callback: (...args: unknown[]) => never) {
  return (error: Error | null, first?: number | Settings): never =>
    error === null && typeof first === 'object' ? callback(error, 'settings') : callback(error)
}

const TIMEOUT_MS = 30

/** The preface and empty SETTINGS. */
const OPENING = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0', 'latin1')
/** On a stream: RFC 9113 section 6.7. */
const BAD_PING = Buffer.from('\0\0\x08\x06\0\0\0\0\x01abcdefgh', 'latin1')
const PING = Buffer.from('\0\0\x08\x06\0\0\0\0\0abcdefgh', 'latin1')
/** POST / by fields of the static table: RFC 7541 appendix A; `:authority` a. */
const OPEN_POST = Buffer.from('\0\0\x06\x01\x04\0\0\0\x01\x83\x84\x86\x41\x01a', 'latin1')
const PRIORITY_OF_1 = Buffer.from('\0\0\x05\x02\0\0\0\0\x01\0\0\0\0\x10', 'latin1')
const PRIORITY_OF_3 = Buffer.from('\0\0\x05\x02\0\0\0\0\x03\0\0\0\0\x10', 'latin1')
