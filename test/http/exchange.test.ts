// A request and its answer, seen from both sides: the numbered behaviours of the module (HTTP-*).

import assert from 'node:assert/strict'
import { AsyncLocalStorage } from 'node:async_hooks'
import { once } from 'node:events'
import { Readable } from 'node:stream'
import { describe, it } from 'node:test'
import { duplexConnection } from '../../src/host/duplex-connection.ts'
import http from '../../src/http/index.ts'
import { chunksOf, exchange, fetchText, listen, Peer, portOf, serve } from './raw.ts'

const get = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'
const getAndClose = 'GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n'

describe('a server reads', () => {
  it('HTTP-3: headers in lower case, rawHeaders as received', async t => {
    const { port } = await serve(t, (request, response) => {
      response.end(JSON.stringify([request.headers, request.rawHeaders, request.headersDistinct]))
    })
    const answer = await exchange(
      port,
      'GET / HTTP/1.1\r\nHOST: a\r\nX-y: 1\r\nx-Y: 2\r\nCookie: a\r\nCookie: b\r\nConnection: close\r\n\r\n',
    )
    const [headers, raw, distinct] = JSON.parse(answer.slice(answer.indexOf('[')))
    assert.deepEqual(headers, { host: 'a', 'x-y': '1, 2', cookie: 'a; b', connection: 'close' })
    assert.deepEqual(raw.slice(0, 6), ['HOST', 'a', 'X-y', '1', 'x-Y', '2'])
    assert.deepEqual(distinct['x-y'], ['1', '2'])
  })

  it('a field called __proto__ is a field', async t => {
    const { port } = await serve(t, (request, response) => {
      response.end(
        JSON.stringify([
          Object.getPrototypeOf(request.headersDistinct),
          Object.entries(request.headersDistinct).find(([name]) => name.startsWith('__proto'))?.[1],
        ]),
      )
    })
    const answer = await exchange(port, 'GET / HTTP/1.1\r\nHost: a\r\n__proto__: x\r\nConnection: close\r\n\r\n')
    assert.match(answer, /\[null,\["x"\]\]$/)
  })

  it('HTTP-6, HTTP-8, HTTP-9: a body in pieces, its trailers, and whether it is complete', async t => {
    const { port } = await serve(t, async (request, response) => {
      const before = request.complete
      let body = ''
      for await (const chunk of request) body += chunk
      response.end(JSON.stringify([before, body, request.trailers, request.rawTrailers, request.complete]))
    })
    const answer = await exchange(
      port,
      'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\nX-T: v\r\n\r\n',
    )
    assert.match(answer, /\[false,"abc",\{"x-t":"v"\},\["X-T","v"\],true\]$/)
  })

  it('is a Readable whose state is made when somebody looks', async t => {
    const { port } = await serve(t, (request, response) => {
      assert.ok(request instanceof Readable)
      assert.equal(request.readableEnded, false)
      assert.equal(request.destroyed, false)
      response.on('finish', () => setImmediate(() => response.emit('looked', request.destroyed)))
      response.on('looked', destroyed => assert.equal(destroyed, true))
      response.end()
    })
    await exchange(port, getAndClose)
  })

  it('HTTP-70: several requests on one connection, answered in their order', async t => {
    const waiting: (() => void)[] = []
    const { port } = await serve(t, (request, response) => {
      waiting.push(() => response.end(request.url))
      if (waiting.length === 3) for (const answer of waiting.reverse()) answer()
    })
    const text = ['/1', '/2', '/3'].map(
      path => `GET ${path} HTTP/1.1\r\nHost: a\r\n${path === '/3' ? 'Connection: close\r\n' : ''}\r\n`,
    )
    const answer = await exchange(port, text.join(''))
    assert.deepEqual(answer.match(/\/\d(?=HTTP|$)/g), ['/1', '/2', '/3'])
  })

  it('HTTP-71: answers 100 Continue by itself, or leaves it to checkContinue', async t => {
    const { server, port } = await serve(
      t,
      (request, response) => void request.resume().on('end', () => response.end('done')),
    )
    const peer = await Peer.connect(port)
    peer.sends('POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n')
    await peer.receives(/^HTTP\/1\.1 100 Continue\r\n\r\n/)
    peer.sends('ok')
    await peer.receives(/^HTTP\/1\.1 200 OK\r\n[\s\S]*done/)
    server.on('checkContinue', (_request, response) => response.writeHead(403).end())
    peer.sends('POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n')
    await peer.receives(/^HTTP\/1\.1 403 Forbidden\r\n[\s\S]*Connection: close/)
    await peer.closes()
  })

  it('HTTP-73, HTTP-74: tells clientError how far it read', async t => {
    const { server, port } = await serve(t, () => assert.fail('no request'))
    server.on('clientError', (error, socket) => {
      assert.equal(error.code, 'HPE_INVALID_METHOD')
      assert.equal(error.bytesParsed, 1)
      assert.equal(error.rawPacket.toString(), 'FOO /\r\n')
      socket.end('HTTP/1.1 400 Mine\r\n\r\n')
    })
    assert.equal(await exchange(port, 'FOO /\r\n'), 'HTTP/1.1 400 Mine\r\n\r\n')
  })

  it('HTTP-75, HTTP-76: hands over the connection on CONNECT and Upgrade, with the bytes behind', async t => {
    const { server, port } = await serve(t, (_request, response) => response.end('plain'))
    assert.match(
      await exchange(port, 'GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade, close\r\nUpgrade: x\r\n\r\n'),
      /plain$/,
    )
    assert.equal(await exchange(port, 'CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n'), '', 'unheard: closed')
    for (const event of ['connect', 'upgrade']) {
      server.on(event, (_request, socket, head) => {
        socket.write(`[${head}]`)
        socket.on('data', (chunk: Buffer) => socket.end(`<${chunk}>`))
      })
    }
    for (const start of [
      'CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n',
      'GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n',
    ]) {
      const peer = await Peer.connect(port)
      peer.sends(`${start}head`)
      await peer.receives(/^\[head\]/)
      peer.sends('more')
      await peer.receives(/^<more>/)
      await peer.closes()
    }
  })

  it('HTTP-77: serves a Duplex that a program hands in', async () => {
    const { Duplex } = await import('node:stream')
    const server = http.createServer((request, response) => response.end(request.url))
    const written: Buffer[] = []
    const duplex = new Duplex({
      read() {},
      write(chunk, _encoding, done) {
        written.push(chunk)
        done()
      },
    })
    server.emit('connection', duplex)
    duplex.push('GET /x HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')
    await once(duplex, 'finish')
    assert.match(Buffer.concat(written).toString(), /^HTTP\/1\.1 200 OK\r\n[\s\S]*\/x$/)
    assert.equal(typeof duplexConnection, 'function')
  })
})

describe('a server writes', () => {
  const answerTo = async (
    t: Parameters<typeof serve>[0],
    write: (response: InstanceType<typeof http.ServerResponse>) => void,
    request = getAndClose,
  ) => {
    const { port } = await serve(t, (_request, response) => write(response))
    return (await exchange(port, request)).replace(/Date: [^\r]+/, 'Date: now')
  }

  it('head and body in one piece', async t => {
    assert.equal(
      await answerTo(t, response => response.end('hello')),
      'HTTP/1.1 200 OK\r\nDate: now\r\nConnection: close\r\nContent-Length: 5\r\n\r\nhello',
    )
    assert.match(await answerTo(t, response => response.end('zażółć')), /Content-Length: 10\r\n\r\nza.{8}$/)
    assert.match(await answerTo(t, response => response.end(Buffer.from([1, 255]))), /Content-Length: 2\r\n\r\n.\xff$/)
    assert.match(await answerTo(t, response => response.end('6869', 'hex')), /Content-Length: 2\r\n\r\nhi$/)
  })

  it('HTTP-34: what is set is kept as given, ignoring case, and goes out as often as it was given', async t => {
    const answer = await answerTo(t, response => {
      response.setHeader('X-Number', 5)
      assert.equal(response.getHeader('x-NUMBER'), 5)
      response.setHeader('Set-Cookie', ['a', 'b'])
      response.appendHeader('X-List', '1')
      response.appendHeader('x-list', ['2'])
      assert.deepEqual(response.getHeaderNames(), ['x-number', 'set-cookie', 'x-list'])
      assert.deepEqual(response.getRawHeaderNames(), ['X-Number', 'Set-Cookie', 'X-List'])
      assert.equal(Object.getPrototypeOf(response.getHeaders()), null)
      response.removeHeader('X-NUMBER')
      assert.equal(response.hasHeader('x-number'), false)
      response.end()
      assert.throws(() => response.setHeader('a', 'b'), { code: 'ERR_HTTP_HEADERS_SENT' })
    })
    assert.match(answer, /\r\nSet-Cookie: a\r\nSet-Cookie: b\r\nX-List: 1\r\nX-List: 2\r\n/)
    assert.doesNotMatch(answer, /X-Number/)
  })

  it('HTTP-36: several writes as chunks, those of one turn as the runtime has them', async t => {
    const answer = await answerTo(t, response => {
      response.write('a')
      response.write('bc')
      setImmediate(() => response.end('d'))
    })
    const body = `${chunksOf('a', 'bc')}1\r\nd\r\n0\r\n\r\n`
    assert.ok(answer.endsWith(`Transfer-Encoding: chunked\r\n\r\n${body}`), answer)
  })

  it('HTTP-85: trailers behind the last chunk, and not without chunks', async t => {
    const answer = await answerTo(t, response => {
      response.setHeader('Trailer', 'X-T')
      response.addTrailers({ 'X-T': 'v' })
      response.end('a')
    })
    assert.match(answer, /1\r\na\r\n0\r\nX-T: v\r\n\r\n$/)
    await answerTo(t, response => {
      response.setHeader('Trailer', 'X-T')
      response.setHeader('Content-Length', 1)
      assert.throws(() => response.writeHead(200), { code: 'ERR_HTTP_TRAILER_INVALID' })
      response.removeHeader('Trailer')
      response.end('a')
    })
  })

  it('no body to HEAD, 204 and 304', async t => {
    assert.match(
      await answerTo(t, response => response.end('x'), 'HEAD / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n'),
      /\r\n\r\n$/,
    )
    for (const status of [204, 304]) {
      assert.match(await answerTo(t, response => response.writeHead(status).end('x')), /\r\n\r\n$/)
    }
  })

  it('HTTP-84: interim answers', async t => {
    const answer = await answerTo(t, response => {
      response.writeProcessing()
      response.writeEarlyHints({ link: '</a.css>; rel=preload; as=style', 'x-trace': 'id' })
      response.end()
    })
    assert.match(
      answer,
      /^HTTP\/1\.1 102 Processing\r\n\r\nHTTP\/1\.1 103 Early Hints\r\nLink: <\/a\.css>; rel=preload; as=style\r\nx-trace: id\r\n\r\nHTTP\/1\.1 200/,
    )
  })

  it('HTTP/1.0 gets no chunks, and its connection is closed unless it asks otherwise', async t => {
    const write = (response: InstanceType<typeof http.ServerResponse>) => {
      response.write('a')
      response.end('b')
    }
    assert.match(await answerTo(t, write, 'GET / HTTP/1.0\r\n\r\n'), /Connection: close\r\n\r\nab$/)
  })

  it("what a program puts in place of the socket's write sees every byte", async t => {
    let bytes = 0
    const answer = await answerTo(t, response => {
      const socket = response.socket
      assert.ok(socket)
      const { write } = socket
      socket.write = (chunk: unknown, ...rest: unknown[]) => {
        bytes += Buffer.byteLength(chunk as string)
        return Reflect.apply(write, socket, [chunk, ...rest])
      }
      response.end('counted')
    })
    assert.match(answer, /counted$/)
    assert.ok(bytes > answer.length - 40)
  })

  it('strictContentLength: not more, not less', async t => {
    await answerTo(t, response => {
      response.strictContentLength = true
      response.writeHead(200, { 'Content-Length': 2 })
      assert.throws(() => response.write('abc'), { code: 'ERR_HTTP_CONTENT_LENGTH_MISMATCH' })
      response.end('ab')
    })
  })

  it('HTTP-37: ended, flushed, finished, closed', async t => {
    const events: string[] = []
    await answerTo(t, response => {
      response.on('finish', () => events.push(`finish ${response.writableFinished}`))
      response.on('close', () => events.push(`close ${response.destroyed}`))
      response.end('x', () => events.push('callback'))
      assert.equal(response.writableEnded, true)
      assert.equal(response.writableFinished, false)
      response.end('more', (error?: Error | null) => events.push(String(error && 'code' in error && error.code)))
      response.on('error', () => {})
    })
    assert.deepEqual(events, ['callback', 'finish true', 'ERR_STREAM_WRITE_AFTER_END', 'close true'])
  })
})

describe('a client', () => {
  it('HTTP-5, HTTP-33: sends its defaults, head and body in one packet', async t => {
    const port = await listen(t, async peer => {
      const [text] = (await once(peer.socket, 'data')) as [Buffer]
      peer.sends(`HTTP/1.1 200 OK\r\nContent-Length: ${text.length}\r\n\r\n${text}`)
    })
    const { body } = await fetchText({ port, agent: false })
    assert.equal(body, `GET / HTTP/1.1\r\nHost: localhost:${port}\r\nConnection: close\r\n\r\n`)
  })

  it('HTTP-25, HTTP-26: is told of interim answers, and gets one response', async t => {
    const port = await listen(t, peer => {
      peer.sends(
        'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n',
      )
    })
    const told: unknown[] = []
    const request = http.get({ port, agent: false })
    request.on('continue', () => told.push('continue'))
    request.on('information', info => told.push([info.statusCode, info.rawHeaders]))
    const [response] = await once(request, 'response')
    response.resume()
    assert.deepEqual(told, ['continue', [100, []], [103, ['Link', 'x']]])
  })

  it('HTTP-23: a response cut short ends in aborted and ECONNRESET', async t => {
    const port = await listen(t, peer => {
      peer.sends('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf')
      peer.socket.end()
    })
    const request = http.get({ port, agent: false })
    const [response] = await once(request, 'response')
    const events: string[] = []
    response.on('aborted', () => events.push('aborted'))
    response.on('error', (error: Error & { code: string }) => events.push(`error ${error.code} ${error.message}`))
    response.resume()
    await new Promise(resolve => response.on('close', resolve))
    assert.deepEqual(events, ['aborted', 'error ECONNRESET aborted'])
    assert.equal(response.complete, false)
  })

  it('HTTP-27, HTTP-28: upgrade and connect, with the bytes behind the head', async t => {
    const port = await listen(t, async peer => {
      await peer.receives(/\r\n\r\n/)
      peer.sends('HTTP/1.1 101 Switching\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\nhead')
      await peer.receives(/hello/)
      peer.sends('bye')
    })
    const request = http.request({ port, headers: { Connection: 'Upgrade', Upgrade: 'x' } })
    request.end()
    const [response, socket, head] = await once(request, 'upgrade')
    assert.equal(response.statusCode, 101)
    assert.equal(head.toString(), 'head')
    socket.write('hello')
    const [chunk] = await once(socket, 'data')
    assert.equal(chunk.toString(), 'bye')
    socket.destroy()
  })

  it('HTTP-29: abort, and a signal', async t => {
    const port = await listen(t, () => {})
    const request = http.get({ port, agent: false })
    const events: string[] = []
    request.on('abort', () => events.push('abort'))
    request.on('error', (error: Error & { code?: string }) => events.push(String(error.code)))
    request.on('close', () => events.push('close'))
    request.on('socket', () => {
      request.abort()
      request.abort()
    })
    await new Promise(resolve => request.on('close', resolve))
    assert.deepEqual(events, ['abort', 'ECONNRESET', 'close'])
    const controller = new AbortController()
    const signalled = http.get({ port, agent: false, signal: controller.signal })
    controller.abort()
    const [error] = await once(signalled, 'error')
    assert.equal(error.code, 'ABORT_ERR')
  })

  it('HTTP-30: timeout is a notice', async t => {
    const port = await listen(t, () => {})
    const request = http.get({ port, agent: false, timeout: 5 })
    request.on('error', () => {})
    await once(request, 'timeout')
    assert.equal(request.destroyed, false)
    request.destroy()
  })

  it('keeps the async context of whoever made the request', async t => {
    const { port } = await serve(t, (_request, response) => response.end('x'))
    const storage = new AsyncLocalStorage<number>()
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 })
    t.after(() => agent.destroy())
    const seen = await Promise.all(
      [1, 2, 3].map(number =>
        storage.run(number, async () => {
          const request = http.get({ port, host: '127.0.0.1', agent })
          return new Promise(resolve => {
            request.on('response', response => {
              response.resume()
              response.on('end', () => resolve([number, storage.getStore()]))
            })
          })
        }),
      ),
    )
    assert.deepEqual(seen, [
      [1, 1],
      [2, 2],
      [3, 3],
    ])
  })
})

describe('an agent', () => {
  it('HTTP-39, HTTP-50, HTTP-51: uses a connection again, and says so', async t => {
    const { port } = await serve(t, (_request, response) => response.end('x'))
    const agent = new http.Agent({ keepAlive: true })
    t.after(() => agent.destroy())
    const options = { port, host: '127.0.0.1', agent }
    assert.equal((await fetchText(options)).reused, false)
    assert.equal((await fetchText(options)).reused, true)
    assert.deepEqual(Object.keys(agent.freeSockets), [`127.0.0.1:${port}:`])
  })

  it('HTTP-50: queues beyond maxSockets', async t => {
    let most = 0
    const open: InstanceType<typeof http.ServerResponse>[] = []
    const { port } = await serve(t, (_request, response) => {
      most = Math.max(most, open.push(response))
      if (open.length === 2) for (const response of open.splice(0)) response.end('x')
    })
    const agent = new http.Agent({ keepAlive: true, maxSockets: 2 })
    t.after(() => agent.destroy())
    const all = await Promise.all(Array.from({ length: 6 }, () => fetchText({ port, host: '127.0.0.1', agent })))
    assert.deepEqual(
      all.map(({ body }) => body),
      ['x', 'x', 'x', 'x', 'x', 'x'],
    )
    assert.equal(most, 2)
  })

  it('HTTP-61: names', () => {
    const agent = new http.Agent()
    assert.equal(agent.getName({ host: 'h', port: 1, localAddress: 'l', family: 4 }), 'h:1:l:4')
    assert.equal(agent.getName(), 'localhost::')
    assert.equal(agent.getName({ socketPath: '/x' }), 'localhost:::/x')
  })

  it('HTTP-57: defaults', () => {
    const { keepAlive, keepAliveMsecs, maxSockets, maxTotalSockets, maxFreeSockets, scheduling } = new http.Agent()
    assert.deepEqual(
      [keepAlive, keepAliveMsecs, maxSockets, maxTotalSockets, maxFreeSockets, scheduling],
      [false, 1000, Infinity, Infinity, 256, 'lifo'],
    )
    assert.equal(http.globalAgent.keepAlive, true)
  })

  it('never hands out a connection on which something came unasked', async t => {
    const peers: Peer[] = []
    const port = await listen(t, async peer => {
      peers.push(peer)
      for (;;) {
        await peer.receives(/\r\n\r\n/)
        peer.sends(`HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n${peers.length}`)
      }
    })
    const agent = new http.Agent({ keepAlive: true })
    t.after(() => agent.destroy())
    const options = { port, host: '127.0.0.1', agent }
    assert.equal((await fetchText(options)).body, '1')
    const [first] = peers
    // The answer to a question that nobody has asked yet.
    first?.sends('HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil')
    await first?.closes()
    const second = await fetchText(options)
    assert.deepEqual([second.body, second.reused], ['2', false])
  })

  it('never hands out a connection whose answer was followed by more', async t => {
    let connections = 0
    const port = await listen(t, async peer => {
      connections++
      await peer.receives(/\r\n\r\n/)
      peer.sends('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nevil')
    })
    const agent = new http.Agent({ keepAlive: true })
    t.after(() => agent.destroy())
    for (let i = 0; i < 2; i++) assert.equal((await fetchText({ port, host: '127.0.0.1', agent })).body, 'ok')
    assert.equal(connections, 2)
  })

  it('never hands out a connection that the server has ended', async t => {
    let connections = 0
    const port = await listen(t, async peer => {
      connections++
      await peer.receives(/\r\n\r\n/)
      peer.sends('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')
      peer.socket.end()
    })
    const agent = new http.Agent({ keepAlive: true })
    t.after(() => agent.destroy())
    for (let i = 0; i < 2; i++) {
      assert.equal((await fetchText({ port, host: '127.0.0.1', agent })).body, 'ok')
      while (Object.keys(agent.freeSockets).length > 0) await new Promise(setImmediate)
    }
    assert.equal(connections, 2)
  })

  it('drops a connection before the server does, if it says when', async t => {
    const { server, port } = await serve(t, (_request, response) => response.end('x'))
    server.keepAliveTimeout = 1000
    const agent = new http.Agent({ keepAlive: true })
    t.after(() => agent.destroy())
    await fetchText({ port, host: '127.0.0.1', agent })
    assert.deepEqual(Object.keys(agent.freeSockets), [])
  })

  it('goes over a proxy as the environment says', async t => {
    const port = await listen(t, async peer => {
      const [head] = await peer.receives(/^[\s\S]*\r\n\r\n/)
      peer.sends(`HTTP/1.1 200 OK\r\nContent-Length: ${head.length}\r\n\r\n${head}`)
    })
    const agent = new http.Agent({
      proxyEnv: { HTTP_PROXY: `http://u:p@127.0.0.1:${port}`, NO_PROXY: 'direct.example' },
    })
    const { body } = await fetchText({ host: 'far.example', path: '/x', agent })
    assert.match(body, /^GET http:\/\/far\.example\/x HTTP\/1\.1\r\n/)
    assert.match(body, /\r\nproxy-authorization: Basic dTpw\r\nproxy-connection: close\r\n/)
    assert.throws(() => http.request({ host: 'a', path: '/', headers: { Host: 'b' }, agent }), {
      code: 'ERR_INVALID_ARG_VALUE',
    })
  })

  it('finds the port of a server', async t => {
    const { server, port } = await serve(t, (_request, response) => response.end())
    assert.equal(portOf(server), port)
  })
})

it('a keep-alive connection that idles is closed', async t => {
  const { port } = await serve(t, { keepAliveTimeout: 1, keepAliveTimeoutBuffer: 0 }, (_request, response) =>
    response.end(),
  )
  const peer = await Peer.connect(port)
  peer.sends(get)
  await peer.receives(/^HTTP\/1\.1 200/)
  await peer.closes()
})
