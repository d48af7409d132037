// What a program sees of a client's socket that it has put its hands on: as much as with node:http. Test tools stand on
// it (interceptors, mocks, proxies' answers that are pushed in), and so does whatever watches or counts.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import builtIn from 'node:http'
import builtInNet from 'node:net'
import { Duplex } from 'node:stream'
import { describe, it, type TestContext } from 'node:test'
import http from '../../src/http/index.ts'
import net from '../../src/net/index.ts'
import { connectionOf, sinkOf } from '../../src/net/internal.ts'
import { listen, type Peer } from './raw.ts'

type Module = typeof builtIn
type Method = (this: unknown, ...args: unknown[]) => unknown

const ours = http as unknown as Module

/** Answers in two packets: the second once it has seen the request's second half, which the client sends in 'response'. */
async function answerInHalves(peer: Peer): Promise<void> {
  for (;;) {
    await peer.receives(/\r\n\r\n3\r\nabc\r\n/)
    peer.sends('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhe')
    await peer.receives(/3\r\ndef\r\n0\r\n\r\n/)
    peer.sends('llo')
  }
}

type Moment = 'socket' | 'response'

interface Seen {
  calls: Set<string>
  bytes: number
}

/** What a member sees of three requests over one connection, wrapped at a moment of the first. */
async function watchMember(module: Module, port: number, name: string, moment: Moment): Promise<Seen> {
  const agent = new module.Agent({ keepAlive: true })
  const seen: Seen = { calls: new Set(), bytes: 0 }
  let isWrapped = false
  const wrap = (socket: unknown) => {
    if (isWrapped) return
    isWrapped = true
    const members = socket as Record<string, Method>
    const original = members[name] as Method
    members[name] = function (...args) {
      seen.calls.add(name === 'emit' ? `emit ${String(args[0])}` : name)
      const data = name === 'emit' && args[0] === 'data' ? args[1] : args[0]
      if (data instanceof Uint8Array || (name === 'write' && typeof data === 'string')) seen.bytes += data.length
      return original.apply(this, args)
    }
  }
  for (let i = 0; i < 3; i++) {
    const request = module.request({ method: 'POST', host: '127.0.0.1', port, agent })
    if (moment === 'socket') request.on('socket', wrap)
    request.write('abc')
    const [response] = (await once(request, 'response')) as [builtIn.IncomingMessage]
    if (moment === 'response') wrap(request.socket)
    request.end('def')
    let text = ''
    for await (const chunk of response) text += chunk
    assert.equal(text, 'hello')
    await new Promise(setImmediate)
  }
  const [socket] = Object.values(agent.freeSockets)[0] as [builtInNet.Socket]
  agent.destroy()
  await once(socket, 'close')
  return seen
}

function membersOf(prototype: object): string[] {
  const names = new Set<string>()
  for (let at = prototype; at !== Object.prototype; at = Object.getPrototypeOf(at)) {
    for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(at))) {
      if (typeof value === 'function' && name !== 'constructor') names.add(name)
    }
  }
  return [...names].sort()
}

/** How listeners come and go between two requests: ours stay, Node's are put on anew. */
const listening = new Set(['on', 'once', 'listenerCount', 'removeListener'])
/** Either, as it happens: one piece or several. */
const writing = new Set(['_write', '_writev'])

describe('each member of a socket in turn, wrapped', () => {
  for (const moment of ['socket', 'response'] as const) {
    it(`at '${moment}', sees what it sees with node:http`, async t => {
      const port = await listen(t, answerInHalves)
      for (const name of membersOf(builtInNet.Socket.prototype)) {
        if (listening.has(name) || writing.has(name)) continue
        const theirs = await watchMember(builtIn, port, name, moment)
        const own = await watchMember(ours, port, name, moment)
        assert.deepEqual([...own.calls].sort(), [...theirs.calls].sort(), name)
        assert.ok(name !== 'write' || own.bytes > 0, 'no byte was seen')
        if (/^(write|push)$/.test(name)) assert.equal(own.bytes, theirs.bytes, `bytes that ${name} saw`)
      }
    })
  }
})

describe("a client's socket", () => {
  async function startOne(t: TestContext, options: object = {}) {
    const port = await listen(t, async peer => {
      for (;;) {
        await peer.receives(/\r\n\r\n/)
        peer.sends('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')
      }
    })
    const agent = new http.Agent({ keepAlive: true })
    t.after(() => agent.destroy())
    return { host: '127.0.0.1', port, agent, ...options }
  }

  async function textOf(request: InstanceType<typeof http.ClientRequest>): Promise<string> {
    const [response] = (await once(request, 'response')) as [builtIn.IncomingMessage]
    let text = ''
    for await (const chunk of response) text += chunk
    await new Promise(setImmediate)
    return text
  }

  it("has Node's listeners when the request gets it", async t => {
    const options = await startOne(t)
    const counts = async (module: Module, agent: builtIn.Agent) => {
      const request = module.get({ ...options, agent })
      const [socket] = (await once(request, 'socket')) as [builtInNet.Socket]
      request.on('response', response => response.resume())
      const names = ['data', 'end', 'close', 'drain', 'error', 'timeout', 'free', 'agentRemove', 'connect', 'readable']
      const seen = names.map(name => `${name} ${socket.listenerCount(name)}`)
      await once(request, 'close')
      return [...seen, socket.readableFlowing]
    }
    const theirs = new builtIn.Agent({ keepAlive: true })
    t.after(() => theirs.destroy())
    const first = await counts(builtIn, theirs)
    assert.deepEqual(await counts(ours, options.agent as unknown as builtIn.Agent), first)
  })

  it('is written to while it connects', async t => {
    const request = http.get(await startOne(t))
    const [socket] = (await once(request, 'socket')) as [builtInNet.Socket]
    await Promise.resolve()
    assert.equal(socket.connecting, true)
    assert.deepEqual([request.outputData.length, socket.writableLength > 0], [0, true])
    assert.equal(await textOf(request), 'ok')
  })

  it('may be given the answer: push(), unshift() and emit("data")', async t => {
    for (const give of ['push', 'unshift', 'emit'] as const) {
      const port = await listen(t, () => {})
      const request = http.get({ host: '127.0.0.1', port, agent: false })
      request.on('socket', (socket: builtInNet.Socket) => {
        const bytes = Buffer.from('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\ngiven')
        socket.once('connect', () => {
          if (give === 'emit') socket.emit('data', bytes)
          else socket[give](bytes)
        })
      })
      assert.equal(await textOf(request), 'given', give)
    }
  })

  it('may be no connection at all: an answer that a proxy gave is replayed on an empty one', async () => {
    class Replay extends http.Agent {
      override addRequest(request: InstanceType<typeof http.ClientRequest>): void {
        const socket = new net.Socket({ writable: false })
        request.once('socket', (given: builtInNet.Socket) => {
          assert.equal(given.listenerCount('data'), 1)
          given.push(Buffer.from('HTTP/1.1 407 No\r\nConnection: close\r\n\r\nsorry'))
          given.push(null)
        })
        request.onSocket(socket)
      }
    }
    const request = http.get({ host: 'far.example', agent: new Replay() })
    assert.equal(await textOf(request), 'sorry')
    assert.equal(request.res?.statusCode, 407)
  })

  it('may be of a class with a _write() of its own', async t => {
    const options = await startOne(t)
    const written: string[] = []
    class Watched extends net.Socket {
      override _write(data: unknown, encoding: string, callback: (error?: Error | null) => void): void {
        written.push(String(data))
        super._write(data, encoding, callback)
      }
    }
    const { agent } = options
    agent.createConnection = () => new Watched().connect(options.port, options.host)
    for (let i = 0; i < 2; i++) {
      assert.equal(await textOf(http.get({ ...options, path: `/${i}` })), 'ok')
    }
    assert.match(written.join(''), /^GET \/0 [\s\S]*GET \/1 /)
  })

  it('goes the short way once it is connected, as long as nobody touches it', async t => {
    const options = await startOne(t)
    await textOf(http.get(options))
    const request = http.get(options)
    const [socket] = (await once(request, 'socket')) as [InstanceType<typeof net.Socket>]
    const connection = connectionOf(socket)
    assert.ok(connection !== undefined)
    assert.notEqual(connection.sink, sinkOf(socket))
    await textOf(request)
    const heard: string[] = []
    socket.on('data', chunk => heard.push(String(chunk)))
    const last = http.get(options)
    last.on('response', () => assert.equal(connection.sink, sinkOf(socket)))
    assert.equal(await textOf(last), 'ok')
    assert.equal(heard.join(''), 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')
  })

  it('keeps bytes in order where it changes over amid a body', async t => {
    const size = 300_000
    const body = 'abcdefghij'.repeat(size / 10)
    const port = await listen(t, async peer => {
      for (let i = 0; i < 3; i++) {
        await peer.receives(new RegExp(`\\r\\n\\r\\n[a-j]{${size}}$`))
        peer.sends(`HTTP/1.1 200 OK\r\nContent-Length: ${size}\r\n\r\n${body}`)
      }
    })
    const agent = new http.Agent({ keepAlive: true })
    t.after(() => agent.destroy())
    for (let i = 0; i < 3; i++) {
      const headers = { 'Content-Length': size }
      const request = http.request({ host: '127.0.0.1', port, agent, method: 'POST', headers })
      request.write(body.slice(0, size / 3))
      const touch = () => {
        const { socket } = request
        if (i === 1 && socket) socket.write = socket.write.bind(socket)
        if (i === 2 && socket) socket.on('data', () => {})
      }
      request.once('socket', touch)
      if (request.writableNeedDrain) await once(request, 'drain')
      request.write(body.slice(size / 3, size / 2))
      request.end(body.slice(size / 2))
      assert.equal(await textOf(request), body)
    }
  })

  it('may be any Duplex, which may answer from within a write', async () => {
    const stream = new Duplex({
      read() {},
      write(_chunk, _encoding, callback) {
        this.push('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')
        callback()
      },
    })
    assert.equal(await textOf(http.get({ createConnection: () => stream })), 'ok')
  })

  it('sends nothing of a request that was destroyed when it connected', async t => {
    let received = ''
    const port = await listen(t, async peer => {
      await peer.closes()
      received = peer.text
    })
    const request = http.request({ host: '127.0.0.1', port, agent: false, method: 'POST', auth: 'user:secret' })
    request.on('socket', (socket: builtInNet.Socket) => {
      socket.on('connect', () => {
        if (socket.remoteAddress === '127.0.0.1') request.destroy(new Error('not there'))
      })
    })
    request.end('body')
    const [error] = await once(request, 'error')
    assert.equal(error.message, 'not there')
    await once(request, 'close')
    assert.equal(received, '')
  })
})
