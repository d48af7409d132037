// Peers that are slow, greedy or gone: each meets a limit, and the others are served on.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import net from 'node:net'
import { describe, it } from 'node:test'
import http from '../../src/http/index.ts'
import { exchange, fetchText, listen, Peer, serve } from './raw.ts'

const getAndClose = 'GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n'
const impatient = { connectionsCheckingInterval: 1 }

async function isAlive(port: number): Promise<void> {
  assert.match(await exchange(port, getAndClose), /^HTTP\/1\.1 200 OK/)
}

describe('a slow peer', () => {
  it('headersTimeout: one that says nothing gets 408', async t => {
    const { port } = await serve(t, { ...impatient, headersTimeout: 5, requestTimeout: 0 }, (_request, response) =>
      response.end(),
    )
    assert.match(await exchange(port, ''), /^HTTP\/1\.1 408 Request Timeout\r\nConnection: close\r\n\r\n$/)
    await isAlive(port)
  })

  it('headersTimeout: one that drips its head gets 408', async t => {
    const { port } = await serve(t, { ...impatient, headersTimeout: 20, requestTimeout: 0 }, (_request, response) =>
      response.end(),
    )
    const peer = await Peer.connect(port)
    peer.sends('GET / HTTP/1.1\r\n')
    const dripping = setInterval(() => peer.sends('A: b\r\n'), 2)
    t.after(() => clearInterval(dripping))
    await peer.receives(/^HTTP\/1\.1 408 /)
    await peer.closes()
  })

  it('requestTimeout: one that drips its body gets 408', async t => {
    const { port } = await serve(t, { ...impatient, headersTimeout: 0, requestTimeout: 20 }, request => {
      request.on('error', () => {})
      request.resume()
    })
    const peer = await Peer.connect(port)
    peer.sends('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n')
    const dripping = setInterval(() => peer.sends('x'), 2)
    t.after(() => clearInterval(dripping))
    await peer.receives(/^HTTP\/1\.1 408 /)
    await peer.closes()
  })

  it('timeout: tells the server, or closes', async t => {
    const { server, port } = await serve(t, () => {})
    server.timeout = 5
    const peer = await Peer.connect(port)
    await peer.closes()
    const heard = once(server, 'timeout')
    await Peer.connect(port)
    const [socket] = await heard
    socket.destroy()
  })
})

describe('a greedy peer', () => {
  // Small, so that all of it is read before the connection closes: a reset would take the answer with it.
  const limited = { maxHeaderSize: 100 }

  it('endless fields: 431', async t => {
    const { port } = await serve(t, limited, (_request, response) => response.end())
    const answer = await exchange(port, `GET / HTTP/1.1\r\n${'A: b\r\n'.repeat(200)}`)
    assert.match(answer, /^HTTP\/1\.1 431 /)
    await isAlive(port)
  })

  it('endless trailers: 431', async t => {
    const { port } = await serve(t, limited, request => {
      request.on('error', () => {})
      request.resume()
    })
    const answer = await exchange(
      port,
      `POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n${'A: b\r\n'.repeat(200)}`,
    )
    assert.match(answer, /^HTTP\/1\.1 431 /)
  })

  it('a request line without an end: 431', async t => {
    const { port } = await serve(t, limited, (_request, response) => response.end())
    assert.match(await exchange(port, `GET /${'x'.repeat(1000)}`), /^HTTP\/1\.1 431 /)
  })

  it('pipelining without reading the answers: is not read from any more', async t => {
    let requests = 0
    const body = Buffer.alloc(64 * 1024)
    const { server, port } = await serve(t, (_request, response) => {
      requests++
      response.end(body)
    })
    const socket = net.connect({ port, host: '127.0.0.1' })
    socket.on('error', () => {})
    socket.pause()
    t.after(() => socket.destroy())
    const flood = Buffer.from('GET / HTTP/1.1\r\nHost: a\r\n\r\n'.repeat(200))
    // Until neither side's buffers take more.
    for (let i = 0; i < 200 && !socket.writableNeedDrain; i++) {
      socket.write(flood)
      await new Promise(setImmediate)
    }
    let before = -1
    while (before !== requests) {
      before = requests
      for (let i = 0; i < 50; i++) await new Promise(setImmediate)
    }
    const before200 = requests
    assert.ok(before200 < 20_000, `${requests} requests served`)
    assert.ok(server.listening)
    await isAlive(port)
  })

  it('maxRequestsPerSocket: 503 beyond it', async t => {
    const { server, port } = await serve(t, (_request, response) => response.end())
    server.maxRequestsPerSocket = 1
    const dropped = once(server, 'dropRequest')
    const answer = await exchange(
      port,
      'GET / HTTP/1.1\r\nHost: a\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n',
    )
    assert.match(answer, /^HTTP\/1\.1 200 [\s\S]*Connection: close\r\n[\s\S]*HTTP\/1\.1 503 /)
    await dropped
  })
})

describe('a peer that goes away', () => {
  const request = 'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nT: v\r\n\r\n'

  it('after any byte of a request: nothing is left, others are served', async t => {
    const { server, port } = await serve(t, (request, response) => {
      request.on('error', () => {})
      response.on('error', () => {})
      request.resume().on('end', () => response.end('x'))
    })
    for (let end = 0; end <= request.length; end++) {
      const socket = net.connect({ port, host: '127.0.0.1' })
      socket.on('error', () => {})
      await once(socket, 'connect')
      socket.write(request.slice(0, end))
      if (end % 2 === 0) socket.resetAndDestroy()
      else socket.destroy()
    }
    await isAlive(port)
    const count = () => new Promise<number>(resolve => server.getConnections((_error, count) => resolve(count)))
    while ((await count()) > 0) await new Promise(setImmediate)
  })

  it('after any byte of a response: the request ends in an error or in a whole response', async t => {
    const response = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n'
    let end = 0
    const port = await listen(t, peer => {
      peer.socket.end(response.slice(0, end))
    })
    for (end = 0; end <= response.length; end++) {
      const outcome = await fetchText({ port, host: '127.0.0.1', agent: false }).then(
        ({ body }) => body,
        (error: Error & { code?: string }) => error.code,
      )
      assert.ok(end === response.length ? outcome === 'abc' : outcome === 'ECONNRESET', `${end}: ${outcome}`)
    }
  })

  it('destroy() from within any callback of the server does no harm', async t => {
    const events = ['request', 'data', 'end', 'finish'] as const
    for (const event of events) {
      const { server, port } = await serve(t, (request, response) => {
        request.on('error', () => {})
        response.on('error', () => {})
        if (event === 'request') request.destroy()
        else if (event === 'finish') response.on('finish', () => request.socket?.destroy())
        else request.on(event, () => response.destroy())
        request.resume()
        if (event === 'finish') response.end('x')
      })
      await exchange(port, request + getAndClose)
      server.close()
    }
  })
})

it('a request listener that throws reaches the process, and its connection reads nothing more', async t => {
  const { port } = await serve(t, () => {
    throw new Error('mine')
  })
  const caught = new Promise(resolve => {
    process.setUncaughtExceptionCaptureCallback(resolve)
  })
  t.after(() => process.setUncaughtExceptionCaptureCallback(null))
  const peer = await Peer.connect(port)
  peer.sends('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
  assert.equal(((await caught) as Error).message, 'mine')
  peer.socket.destroy()
})

it('leaves no listeners on a connection that serves many requests', async t => {
  const { port } = await serve(t, (_request, response) => response.end('x'))
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 })
  t.after(() => agent.destroy())
  const counts: number[] = []
  for (let i = 0; i < 20; i++) {
    await fetchText({ port, host: '127.0.0.1', agent })
    const [socket] = Object.values(agent.freeSockets)[0] ?? []
    if (socket) counts.push(socket.eventNames().reduce((sum, name) => sum + socket.listenerCount(name), 0))
  }
  assert.ok(counts.length > 10)
  assert.equal(new Set(counts).size, 1, counts.join(' '))
})
