// How long a server's connections and messages live: counts, time-outs, and what goes on after a listener has thrown. On a
// simulated network, so that time passes at will and no test waits for it.

import assert from 'node:assert/strict'
import { createHook } from 'node:async_hooks'
import { once } from 'node:events'
import { it, type TestContext } from 'node:test'
import http from '../../src/http/index.ts'
import net from '../../src/net/index.ts'
import { virtualWorld, type World } from '../models/world.ts'
import { catchUncaught } from '../support/uncaught.ts'
import { Peer, portOf } from './raw.ts'

type Server = InstanceType<typeof http.Server>
type Response = InstanceType<typeof http.ServerResponse>
type Socket = InstanceType<typeof net.Socket>

const get = (path = '/') => `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`
const upgrade = 'GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n'
const connect = 'CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n'
const answerOk = (_request: unknown, response: Response) => void response.end('ok')

/** A peer of raw bytes. */
interface RawPeer {
  readonly socket: Socket
  text: string
}

class Scene {
  readonly world: World
  readonly server: Server

  constructor(t: TestContext, options: object, listener?: (request: never, response: Response) => void) {
    this.world = virtualWorld(1)
    this.server = this.world.server(() => http.createServer(options, listener as never).listen(80))
    t.after(() => this.world.close())
  }

  async connects(): Promise<RawPeer> {
    const peer = this.world.client(() => ({ socket: net.connect(80, this.world.serverAddress), text: '' }))
    // No segment waits for the acknowledgment of another one.
    peer.socket.setNoDelay(true)
    peer.socket.on('data', chunk => {
      peer.text += chunk.toString('latin1')
    })
    peer.socket.on('error', () => {})
    await this.world.settle()
    return peer
  }

  /** A new peer, which has sent that. */
  async hears(bytes: string): Promise<RawPeer> {
    const peer = await this.connects()
    await this.says(peer, bytes)
    return peer
  }

  async says(peer: RawPeer, bytes: string): Promise<void> {
    peer.socket.write(bytes, 'latin1')
    await this.world.settle()
  }

  get openConnections(): Promise<number> {
    return new Promise(done => void this.server.getConnections((_error, count) => done(count)))
  }
}

for (const [event, request] of [
  ['upgrade', upgrade],
  ['connect', connect],
] as const) {
  it(`a socket handed over by '${event}' counts until it closes, and the server closes after it`, async t => {
    const scene = new Scene(t, {})
    const sockets: Socket[] = []
    scene.server.on(event, (_request, socket) => sockets.push(socket as Socket))
    await scene.hears(request)
    assert.equal(await scene.openConnections, 1)
    let isClosed = false
    scene.server.close(() => {
      isClosed = true
    })
    await scene.world.pass(10_000)
    assert.equal(isClosed, false)
    sockets[0]?.destroy()
    assert.equal(await scene.openConnections, 0)
    await scene.world.settle()
    assert.equal(isClosed, true)
  })

  it(`a socket that the '${event}' listener destroys, or that was destroyed before, does not count for ever`, async t => {
    const shouldUpgradeCallback = (message: InstanceType<typeof http.IncomingMessage>) => {
      if (message.url === '/early') message.socket.destroy()
      return true
    }
    const scene = new Scene(t, { shouldUpgradeCallback })
    scene.server.maxConnections = 2
    scene.server.on(event, (_request, socket) => void socket.destroy())
    for (let round = 0; round < 5; round++) {
      const peer = await scene.hears(request)
      assert.equal(peer.socket.destroyed, true, 'not refused, but served and closed')
      await scene.hears(request.replace(' / ', ' /early '))
    }
    assert.equal(await scene.openConnections, 0)
  })
}

it('bytes that belong to no message do not turn the time-outs off', async t => {
  const scene = new Scene(t, { headersTimeout: 1000, requestTimeout: 2000, connectionsCheckingInterval: 100 })
  const peers = [await scene.hears('\r'), await scene.hears('\r\n'), await scene.hears('\n'), await scene.hears('')]
  await scene.world.pass(1500)
  for (const { text, socket } of peers) {
    assert.match(text, /^HTTP\/1\.1 408 /)
    assert.equal(socket.destroyed, true)
  }
})

it("a message's time begins with its first byte, not with the connection or with the messages before it", async t => {
  const options = { headersTimeout: 1000, requestTimeout: 2000, connectionsCheckingInterval: 100 }
  const scene = new Scene(t, options, answerOk)
  const peer = await scene.connects()
  await scene.world.pass(900)
  // Each packet ends one message and begins the next one.
  await scene.says(peer, get().slice(0, 9))
  for (let round = 0; round < 5; round++) {
    await scene.world.pass(800)
    await scene.says(peer, get().slice(9) + get().slice(0, 9))
  }
  assert.equal(peer.text.match(/200 OK/g)?.length, 5)
  assert.doesNotMatch(peer.text, /408/)
  await scene.world.pass(1200)
  assert.match(peer.text, /408/)
})

it("'clientError' comes once for a message that is late, and again for the next one", async t => {
  const options = { headersTimeout: 1000, requestTimeout: 2000, connectionsCheckingInterval: 100 }
  const scene = new Scene(t, options, answerOk)
  const codes: unknown[] = []
  scene.server.on('clientError', error => codes.push((error as { code?: string }).code))
  const peer = await scene.hears('GET / HT')
  await scene.world.pass(5000)
  assert.deepEqual(codes, ['ERR_HTTP_REQUEST_TIMEOUT'])
  // The program has left the connection open, and the request is served.
  await scene.says(peer, 'TP/1.1\r\nHost: a\r\n\r\nGET')
  assert.match(peer.text, /ok$/)
  await scene.world.pass(5000)
  assert.deepEqual(codes, ['ERR_HTTP_REQUEST_TIMEOUT', 'ERR_HTTP_REQUEST_TIMEOUT'])
})

it('a peer that ends amid a message that was late is an error again', async t => {
  const options = { headersTimeout: 1000, requestTimeout: 2000, connectionsCheckingInterval: 100 }
  const scene = new Scene(t, options, answerOk)
  const codes: unknown[] = []
  scene.server.on('clientError', error => codes.push((error as { code?: string }).code))
  const peer = await scene.hears('GET / HT')
  await scene.world.pass(1500)
  peer.socket.end()
  await scene.world.settle()
  assert.deepEqual(codes, ['ERR_HTTP_REQUEST_TIMEOUT', 'HPE_INVALID_EOF_STATE'])
})

it("a message whose 'request' listener has thrown has its head: requestTimeout counts", async t => {
  catchUncaught(t)
  const options = { headersTimeout: 1000, requestTimeout: 2000, connectionsCheckingInterval: 100 }
  const scene = new Scene(t, options, () => {
    throw new Error('from request')
  })
  const peer = await scene.hears(get())
  await scene.world.pass(1500)
  assert.equal(peer.text, '')
  await scene.world.pass(1000)
  assert.match(peer.text, /^HTTP\/1\.1 408 /)
})

it("a listener of 'clientError' that throws does not end the checks for late messages", async t => {
  const thrown = catchUncaught(t)
  const scene = new Scene(t, { headersTimeout: 1000, requestTimeout: 2000, connectionsCheckingInterval: 100 })
  scene.server.on('clientError', (_error, socket) => {
    socket.destroy()
    throw new Error('from clientError')
  })
  const peers = [await scene.hears('GET'), await scene.hears('GET')]
  await scene.world.pass(1500)
  peers.push(await scene.hears('GET'))
  await scene.world.pass(1500)
  assert.deepEqual(
    peers.map(({ socket }) => socket.destroyed),
    [true, true, true],
  )
  assert.equal(thrown.length, 3)
})

it("a server closed by a listener of 'clientError' checks no longer", async t => {
  const scene = new Scene(t, { headersTimeout: 1000, requestTimeout: 2000, connectionsCheckingInterval: 100 })
  let count = 0
  scene.server.on('clientError', () => {
    count++
    scene.server.close()
  })
  await scene.hears('GET')
  await scene.world.pass(1500)
  const later = await scene.connects()
  assert.equal(later.socket.destroyed, true)
  assert.equal(count, 1)
})

it('a server that has closed leaves no timer behind', async t => {
  const live = new Set<number>()
  const hook = createHook({
    init(id, type) {
      if (type === 'Timeout') live.add(id)
    },
    destroy: id => void live.delete(id),
  })
  t.after(() => hook.disable())
  hook.enable()
  const server = http.createServer((_request, response) => {
    // The text of the date is kept for a second.
    response.sendDate = false
    response.end('ok')
  })
  server.timeout = 100_000
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const peers = [await Peer.connect(portOf(server)), await Peer.connect(portOf(server))]
  for (const peer of peers) {
    peer.sends(get())
    await peer.receives(/ok$/)
  }
  server.close()
  await once(server, 'close')
  for (const peer of peers) await peer.closes()
  // Hooks hear of what was destroyed some turns later.
  for (let turn = 0; turn < 100 && live.size > 0; turn++) await new Promise(resolve => setImmediate(resolve))
  assert.equal(live.size, 0)
})

it("a listener of 'timeout' that throws does not keep other connections from timing out", async t => {
  const thrown = catchUncaught(t)
  const scene = new Scene(t, {})
  scene.server.setTimeout(1000, socket => {
    socket.destroy()
    throw new Error('from timeout')
  })
  const peers = [await scene.connects(), await scene.connects(), await scene.connects()]
  await scene.world.pass(1500)
  assert.equal(thrown.length, 3)
  for (const { socket } of peers) assert.equal(socket.destroyed, true)
})

it("after a 'request' listener has thrown, the answers so far are sent and later bytes are answered 400", async t => {
  const thrown = catchUncaught(t)
  const heard: unknown[] = []
  const scene = new Scene(t, {}, (request: { url: string }, response) => {
    heard.push(request.url)
    response.end(request.url)
    if (request.url === '/2') throw new Error('from request')
  })
  const errors: { code?: string; bytesParsed?: number }[] = []
  const peer = await scene.hears(get('/1') + get('/2') + get('/3'))
  assert.equal(thrown.length, 1)
  assert.match(peer.text, /\/1HTTP[\s\S]*\/2$/)
  await scene.says(peer, get('/4'))
  assert.match(peer.text, /\/2HTTP\/1\.1 400 /)
  assert.equal(peer.socket.destroyed, true)
  assert.deepEqual(heard, ['/1', '/2'])
  scene.server.on('clientError', (error, socket) => {
    errors.push(error as never)
    socket.destroy()
  })
  const next = await scene.hears(get('/2'))
  await scene.says(next, get('/5'))
  assert.deepEqual(
    errors.map(({ code, bytesParsed }) => [code, bytesParsed]),
    [['HPE_CB_HEADERS_COMPLETE', 28]],
  )
})

it("after a 'data' listener has thrown, later bytes are answered 400", async t => {
  const thrown = catchUncaught(t)
  const scene = new Scene(t, {}, (request: InstanceType<typeof http.IncomingMessage>) => {
    request.on('data', () => {
      throw new Error('from data')
    })
  })
  const peer = await scene.hears('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n')
  await scene.says(peer, 'abc')
  await scene.says(peer, 'def')
  assert.equal(thrown.length, 1)
  assert.match(peer.text, /^HTTP\/1\.1 400 /)
})

it('server.timeout does not cut an answer that is being written', async t => {
  const responses: Response[] = []
  const scene = new Scene(t, {}, (_request, response) => {
    responses.push(response)
    response.write('start ')
  })
  scene.server.timeout = 1000
  const peer = await scene.hears(get())
  for (let round = 0; round < 5; round++) {
    await scene.world.pass(800)
    responses[0]?.write(`event ${round} `)
  }
  await scene.world.settle()
  assert.match(peer.text, /event 4/)
  assert.equal(peer.socket.destroyed, false)
  await scene.world.pass(2500)
  assert.equal(peer.socket.destroyed, true)
})

it('socket.setTimeout() replaces server.timeout for one request', async t => {
  const delays = [0, 3000]
  const scene = new Scene(t, {}, (request: InstanceType<typeof http.IncomingMessage>, response) => {
    if (request.url === '/slow') request.socket.setTimeout(delays.shift() as number)
    else response.end('ok')
  })
  scene.server.timeout = 1000
  const patient = await scene.hears(get('/slow'))
  const longer = await scene.hears(get('/slow'))
  await scene.world.pass(2500)
  assert.equal(longer.socket.destroyed, false)
  await scene.world.pass(1000)
  assert.equal(longer.socket.destroyed, true)
  await scene.world.pass(600_000)
  assert.equal(patient.socket.destroyed, false)
})

it('server.timeout, keepAliveTimeout, and server.timeout again: one time-out of the socket', async t => {
  const seen: (number | undefined)[] = []
  const scene = new Scene(
    t,
    { keepAliveTimeout: 5000 },
    (request: InstanceType<typeof http.IncomingMessage>, response) => {
      seen.push(request.socket.timeout)
      request.socket.setTimeout(1)
      response.end('ok')
      response.on('close', () => seen.push(request.socket.timeout))
    },
  )
  scene.server.timeout = 20_000
  const peer = await scene.hears(get())
  await scene.world.pass(5500)
  await scene.says(peer, get())
  assert.deepEqual(seen, [20_000, 6000, 20_000, 6000])
  await scene.world.pass(6500)
  assert.equal(peer.socket.destroyed, true)
})

it('bytes behind a request that was answered 400 meet a socket that cannot be written to', async t => {
  const scene = new Scene(t, {}, answerOk)
  const writable: boolean[] = []
  scene.server.on('clientError', (_error, socket) => writable.push((socket as Socket).writable))
  const requests = [
    'GET / HTTP/1.1\r\n\r\n',
    'GET / HTTP/1.1\r\nConnection: close\r\n\r\n',
    'POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\n01234',
  ]
  for (const request of requests) {
    const { text, socket } = await scene.hears(`${request}nonsense\r\n\r\n`)
    assert.match(text, /^HTTP\/1\.1 400 /)
    assert.equal(socket.destroyed, true)
  }
  assert.deepEqual(writable, [false, false, false])
})

it('close() closes idle connections by the public method, which a program may replace', async t => {
  const scene = new Scene(t, {}, answerOk)
  let calls = 0
  scene.server.closeIdleConnections = () => {
    calls++
  }
  const peer = await scene.hears(get())
  scene.server.close()
  await scene.world.settle()
  assert.equal(calls, 1)
  assert.equal(peer.socket.destroyed, false)
})

it('a server closed from within a later request of a connection still sends its answer', async t => {
  const scene = new Scene(t, {}, (request: { url: string }, response) => {
    response.end(request.url)
    if (request.url === '/last') scene.server.close()
  })
  const peer = await scene.hears(get('/first'))
  await scene.says(peer, get('/second') + get('/last'))
  assert.match(peer.text, /\/first[\s\S]*\/second[\s\S]*\/last$/)
})

it('a socket that is first looked at after the connection has closed is destroyed, and knows its address', async t => {
  let request: InstanceType<typeof http.IncomingMessage> | undefined
  const scene = new Scene(t, {}, (given: InstanceType<typeof http.IncomingMessage>) => {
    request = given
  })
  const peer = await scene.hears(get())
  peer.socket.destroy()
  await scene.world.settle()
  assert.equal(request?.socket.destroyed, true)
  assert.equal(typeof request.socket.remoteAddress, 'string')
})

it('an upgrade whose body has come whole is given the socket itself', async t => {
  const scene = new Scene(t, {})
  const heard: unknown[] = []
  scene.server.on('upgrade', (request, socket, head) => {
    heard.push(socket instanceof net.Socket, head.toString())
    request.on('data', (chunk: Buffer) => heard.push(chunk.toString()))
    request.on('end', () => socket.end('done'))
  })
  const request = upgrade.replace('\r\n\r\n', '\r\nContent-Length: 3\r\n\r\nabcTAIL')
  const peer = await scene.hears(request)
  assert.deepEqual(heard, [true, 'TAIL', 'abc'])
  assert.equal(peer.text, 'done')
})
