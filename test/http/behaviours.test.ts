// The numbered behaviours (HTTP-*, RAW-*) that exchange.test.ts does not show already.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import net from 'node:net'
import { it, type TestContext } from 'node:test'
import http from '../../src/http/index.ts'
import { chunksOf, exchange, fetchText, listen, Peer, serve } from './raw.ts'

type Request = InstanceType<typeof http.IncomingMessage>
type Response = InstanceType<typeof http.ServerResponse>

const getAndClose = 'GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n'

/** A raw server that answers every request alike. */
function answering(t: TestContext, answer: string): Promise<number> {
  return listen(t, async peer => {
    for (;;) {
      await peer.receives(/\r\n\r\n/)
      peer.sends(answer)
    }
  })
}

const ok = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'

it('HTTP-2 streams: a body larger than any buffer, both ways', async t => {
  const { port } = await serve(t, (request: Request, response: Response) => {
    response.writeHead(200)
    request.pipe(response)
  })
  const request = http.request({ port, host: '127.0.0.1', method: 'POST', agent: false })
  const chunk = Buffer.alloc(64 * 1024, 'x')
  let sent = 0
  const send = () => {
    while (sent < 64) {
      sent++
      if (!request.write(chunk)) {
        request.once('drain', send)
        return
      }
    }
    request.end()
  }
  send()
  const [response] = await once(request, 'response')
  let received = 0
  for await (const part of response) received += part.length
  assert.equal(received, 64 * chunk.length)
})

it('HTTP-4, HTTP-88 maxHeaderSize and insecureHTTPParser are options of a server', async t => {
  const { port } = await serve(t, { maxHeaderSize: 100 }, (_request: Request, response: Response) => response.end())
  assert.match(await exchange(port, `GET / HTTP/1.1\r\nHost: ${'a'.repeat(100)}\r\n\r\n`), /^HTTP\/1\.1 431 /)
  const lenient = await serve(t, { insecureHTTPParser: true }, (request: Request, response: Response) => {
    response.end(request.headers['a'])
  })
  assert.match(
    await exchange(lenient.port, 'GET / HTTP/1.1\r\nHost: a\r\nA: b\r\n c\r\nConnection: close\r\n\r\n'),
    /b c$/,
  )
})

it('HTTP-7 a path with characters that need escaping is refused', () => {
  assert.throws(() => http.get({ path: '/ä \u0100' }), { code: 'ERR_UNESCAPED_CHARACTERS' })
})

it('HTTP-20 fields may be changed until the first bytes are written', async t => {
  const port = await answering(t, ok)
  const request = http.request({ port, agent: false })
  request.setHeader('A', 'b')
  assert.equal(request.getHeader('a'), 'b')
  request.removeHeader('A')
  request.flushHeaders()
  assert.throws(() => request.setHeader('A', 'b'), { code: 'ERR_HTTP_HEADERS_SENT' })
  request.end()
  const [response] = await once(request, 'response')
  response.resume()
})

it('HTTP-21, HTTP-22 a response that nobody listens to is discarded', async t => {
  const port = await answering(t, ok)
  const request = http.get({ port, agent: false })
  await new Promise(resolve => request.on('close', resolve))
  assert.equal(request.destroyed, true)
})

it('HTTP-24 Content-Length is not compared with what is sent', async t => {
  const { port } = await serve(t, (_request: Request, response: Response) => {
    response.writeHead(200, { 'Content-Length': 10 })
    response.end('short')
    response.socket?.end()
  })
  assert.match(await exchange(port, getAndClose), /Content-Length: 10\r\n[\s\S]*short$/)
})

it('HTTP-31 a request is told its socket, which can be waited for', async t => {
  const port = await answering(t, ok)
  const request = http.get({ port, host: '127.0.0.1', agent: false })
  // HTTP-35: these wait for the connection.
  request.setNoDelay(true)
  request.setSocketKeepAlive(true, 1000)
  const [socket] = await once(request, 'socket')
  assert.equal(request.socket, socket)
  const [response] = await once(request, 'response')
  response.resume()
})

it('HTTP-32 end() sends what is left, and the last chunk', async t => {
  const port = await listen(t, async peer => {
    const [text] = await peer.receives(/^[\s\S]*0\r\n\r\n$/)
    const body = text.slice(text.indexOf('\r\n\r\n') + 4)
    peer.sends(`HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`)
  })
  const request = http.request({ port, method: 'POST', agent: false })
  request.write('ab')
  const ended = new Promise<void>(resolve => request.end('c', 'utf8', resolve))
  const [response] = await once(request, 'response')
  await ended
  let body = ''
  for await (const chunk of response) body += chunk
  assert.match(body, /^(2\r\nab\r\n1\r\nc|3\r\nabc)\r\n0\r\n\r\n$/)
})

it('HTTP-38, HTTP-82 maxHeadersCount: so many are told of, 0 is no limit', async t => {
  const many = Array.from({ length: 50 }, (_, i) => `A${i}: b\r\n`).join('')
  const { server, port } = await serve(t, (request: Request, response: Response) => {
    response.end(String(Object.keys(request.headers).length))
  })
  server.maxHeadersCount = 10
  // Node 24 refuses more.
  const answer = Number.parseInt(process.versions.node, 10) >= 24 ? /^HTTP\/1.1 431 / : /\r\n10$/
  assert.match(await exchange(port, `GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n${many}\r\n`), answer)
  server.maxHeadersCount = 0
  assert.match(await exchange(port, `GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n${many}\r\n`), /\r\n52$/)
  const answerPort = await answering(t, `HTTP/1.1 200 OK\r\nContent-Length: 0\r\n${many}\r\n`)
  const request = http.request({ port: answerPort, agent: false })
  request.maxHeadersCount = 5
  request.end()
  const [response] = await once(request, 'response')
  assert.equal(Object.keys(response.headers).length, 5)
  response.resume()
})

it('data behind the last response of a connection is an error of its request, as in Node', async t => {
  const port = await answering(t, 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\nxx')
  const told: unknown[] = []
  const request = http.get({ port, agent: false }, (response: Request) =>
    response.resume().on('end', () => told.push('end')),
  )
  request.on('error', error => {
    const { code, bytesParsed } = error as Error & { code?: string; bytesParsed?: number }
    told.push(`${code} at ${bytesParsed}`)
  })
  await new Promise(resolve => request.on('close', resolve))
  assert.deepEqual(told, ['HPE_CLOSED_CONNECTION at 58', 'end'])
})

it('HTTP-52, HTTP-53 a pooled connection that closes leaves the pool; one that is not kept is not pooled', async t => {
  const port = await listen(t, async peer => {
    await peer.receives(/\r\n\r\n/)
    peer.sends(ok)
    await peer.receives(/\r\n\r\n/)
    peer.sends('HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nbye')
    peer.socket.end()
  })
  const agent = new http.Agent({ keepAlive: true })
  t.after(() => agent.destroy())
  const options = { port, host: '127.0.0.1', agent }
  assert.deepEqual([(await fetchText(options)).body, (await fetchText(options)).body], ['ok', 'bye'])
  assert.deepEqual(Object.keys(agent.freeSockets), [])
})

it("HTTP-54 'agentRemove' takes a socket out of its agent without closing it", async t => {
  const port = await answering(t, ok)
  const agent = new http.Agent({ keepAlive: true })
  const request = http.get({ port, host: '127.0.0.1', agent })
  const [socket] = await once(request, 'socket')
  socket.emit('agentRemove')
  assert.deepEqual(Object.keys(agent.sockets), [])
  const [response] = await once(request, 'response')
  response.resume()
  await new Promise(resolve => response.on('end', resolve))
  assert.equal(socket.destroyed, false)
  socket.destroy()
})

it('HTTP-55, HTTP-56 which Connection field goes out', async t => {
  const port = await listen(t, async peer => {
    const [head] = await peer.receives(/^[\s\S]*\r\n\r\n/)
    peer.sends(`HTTP/1.1 200 OK\r\nContent-Length: ${head.length}\r\n\r\n${head}`)
  })
  const connectionOf = async (agent: unknown) =>
    /Connection: ([\w-]+)/.exec((await fetchText({ port, host: '127.0.0.1', agent })).body)?.[1]
  const keeping = new http.Agent({ keepAlive: true })
  const limited = new http.Agent({ maxSockets: 1 })
  t.after(() => keeping.destroy())
  t.after(() => limited.destroy())
  assert.equal(await connectionOf(false), 'close')
  assert.equal(await connectionOf(new http.Agent()), 'close')
  assert.equal(await connectionOf(keeping), 'keep-alive')
  assert.equal(await connectionOf(limited), 'keep-alive')
})

it('HTTP-58 lifo takes the latest free socket, fifo the earliest', async t => {
  for (const scheduling of ['lifo', 'fifo'] as const) {
    const port = await answering(t, ok)
    const agent = new http.Agent({ keepAlive: true, scheduling })
    t.after(() => agent.destroy())
    const options = { port, host: '127.0.0.1', agent }
    await Promise.all([fetchText(options), fetchText(options)])
    const [free = []] = Object.values(agent.freeSockets)
    const expected = scheduling === 'lifo' ? free.at(-1) : free[0]
    const request = http.get(options)
    const [socket] = await once(request, 'socket')
    assert.equal(socket, expected, scheduling)
    const [response] = await once(request, 'response')
    response.resume()
    await new Promise(resolve => request.on('close', resolve))
  }
})

it('HTTP-59 createConnection returns a socket or passes it on', async t => {
  const { port } = await serve(t, (_request: Request, response: Response) => response.end('x'))
  const returning = { createConnection: () => net.connect({ port, host: '127.0.0.1' }) }
  const passing = {
    createConnection: (_options: object, done: (error: null, socket: net.Socket) => void) =>
      void done(null, net.connect({ port, host: '127.0.0.1' })),
  }
  for (const options of [returning, passing]) assert.equal((await fetchText(options)).body, 'x')
  const failing = http.get({
    createConnection: () => {
      throw new Error('mine')
    },
  })
  const [error] = await once(failing, 'error')
  assert.equal(error.message, 'mine')
})

it('HTTP-60 keepSocketAlive and reuseSocket are for subclasses', async t => {
  const port = await answering(t, ok)
  const calls: string[] = []
  class Agent extends http.Agent {
    override keepSocketAlive(socket: never): boolean {
      calls.push('keep')
      return super.keepSocketAlive(socket)
    }
    override reuseSocket(socket: never, request: never): void {
      calls.push('reuse')
      super.reuseSocket(socket, request)
    }
  }
  const agent = new Agent({ keepAlive: true })
  t.after(() => agent.destroy())
  const options = { port, host: '127.0.0.1', agent }
  await fetchText(options)
  await fetchText(options)
  assert.deepEqual(calls.slice(0, 2), ['keep', 'reuse'])
})

it('HTTP-62, HTTP-63 destroy() closes what the agent holds', async t => {
  const port = await answering(t, ok)
  const agent = new http.Agent({ keepAlive: true })
  await fetchText({ port, host: '127.0.0.1', agent })
  const [socket] = Object.values(agent.freeSockets)[0] ?? []
  agent.destroy()
  assert.equal(socket?.destroyed, true)
})

it('HTTP-72 checkExpectation takes another Expect', async t => {
  const { server, port } = await serve(t, () => assert.fail('no request'))
  server.on('checkExpectation', (_request: Request, response: Response) => response.writeHead(406).end())
  assert.match(
    await exchange(port, 'GET / HTTP/1.1\r\nHost: a\r\nExpect: x\r\nConnection: close\r\n\r\n'),
    /^HTTP\/1\.1 406 /,
  )
})

it('HTTP-78, HTTP-80, HTTP-81 keepAliveTimeout replaces a time-out of the program once a request was served', async t => {
  const { server, port } = await serve(
    t,
    { keepAliveTimeout: 5, keepAliveTimeoutBuffer: 0 },
    (_request: Request, response: Response) => response.end('x'),
  )
  server.on('connection', socket => socket.setTimeout(60_000))
  const peer = await Peer.connect(port)
  peer.sends('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
  await peer.receives(/Keep-Alive: timeout=0[\s\S]*x$/)
  await peer.closes()
})

it('HTTP-83 close() lets requests finish and closes idle connections', async t => {
  const { server, port } = await serve(t, (_request: Request, response: Response) => {
    server.close()
    setImmediate(() => response.end('last'))
  })
  const idle = await Peer.connect(port)
  const closed = once(server, 'close')
  assert.match(await exchange(port, getAndClose), /last$/)
  idle.socket.destroy()
  await closed
  assert.equal(server.listening, false)
})

it('HTTP-86 cork holds writes back until uncork', async t => {
  const { port } = await serve(t, (_request: Request, response: Response) => {
    response.cork()
    response.write('a')
    setImmediate(() => {
      response.write('b')
      response.uncork()
      response.end()
    })
  })
  const answer = await exchange(port, getAndClose)
  assert.ok(answer.endsWith(`\r\n\r\n${chunksOf('a', 'b')}0\r\n\r\n`), answer)
})

it('HTTP-87 a server may make messages of its own classes', async t => {
  class MyRequest extends http.IncomingMessage {
    greeting = 'hello'
  }
  class MyResponse extends http.ServerResponse {
    greet(text: string) {
      this.end(text)
    }
  }
  const options = { IncomingMessage: MyRequest, ServerResponse: MyResponse }
  const { port } = await serve(t, options, ((request: MyRequest, response: MyResponse) =>
    response.greet(request.greeting)) as never)
  assert.match(await exchange(port, getAndClose), /hello$/)
})

it('RAW-1 to RAW-7 a request and an answer, byte by byte', async t => {
  const { port } = await serve(t, (request: Request, response: Response) => {
    let body = ''
    request.setEncoding('latin1')
    request.on('data', chunk => {
      body += chunk
    })
    request.on('end', () => response.end(body))
  })
  const form = 'name=John&age=30'
  const answer = await exchange(
    port,
    `POST /form HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: ${form.length}\r\nConnection: close\r\n\r\n${form}`,
  )
  assert.match(
    answer,
    /^HTTP\/1\.1 200 OK\r\n(?:[\w-]+: [^\r\n]+\r\n)*Connection: close\r\n(?:[\w-]+: [^\r\n]+\r\n)*\r\nname=John&age=30$/,
  )
})
