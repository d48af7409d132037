// The members, options and events of ClientRequest, and of the IncomingMessage that answers it, as Node documents them.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import net from 'node:net'
import { it, type TestContext } from 'node:test'
import http from '../../src/http/index.ts'
import { fetchText, listen, serve } from './raw.ts'

type Request = InstanceType<typeof http.IncomingMessage>
type Response = InstanceType<typeof http.ServerResponse>

/** A server that answers with the head and body that it received. */
async function reflecting(t: TestContext): Promise<number> {
  return await listen(t, async peer => {
    for (;;) {
      const [head] = await peer.receives(/^[\s\S]*?\r\n\r\n/)
      peer.sends(`HTTP/1.1 200 Fine\r\nContent-Length: ${head.length}\r\n\r\n${head}`)
    }
  })
}

it('request() and get() take a URL, text, options, and both', async t => {
  const port = await reflecting(t)
  const url = `http://127.0.0.1:${port}/a?b`
  const calls: ((done: (response: Request) => void) => InstanceType<typeof http.ClientRequest>)[] = [
    done => http.get(url, done),
    done => http.get(new URL(url), done),
    done => http.get({ host: '127.0.0.1', port, path: '/a?b', agent: false }, done),
    done => http.request(url, { method: 'GET', agent: false }, done).end() as InstanceType<typeof http.ClientRequest>,
    done => http.get({ protocol: 'http:', hostname: '127.0.0.1', host: 'ignored.invalid', port, path: '/a?b' }, done),
  ]
  for (const call of calls) {
    const response = await new Promise<Request>(done => call(done))
    let body = ''
    for await (const chunk of response) body += chunk
    assert.match(body, /^GET \/a\?b HTTP\/1\.1\r\nHost: 127\.0\.0\.1:\d+\r\n/)
  }
})

it('refuses options that cannot be', () => {
  const refusals: [object | string, string][] = [
    [{ protocol: 'https:' }, 'ERR_INVALID_PROTOCOL'],
    [{ method: 'A B' }, 'ERR_INVALID_HTTP_TOKEN'],
    [{ method: 5 }, 'ERR_INVALID_ARG_TYPE'],
    [{ path: '/a b' }, 'ERR_UNESCAPED_CHARACTERS'],
    [{ host: 5 }, 'ERR_INVALID_ARG_TYPE'],
    [{ agent: 'none' }, 'ERR_INVALID_ARG_TYPE'],
    [{ headers: { 'a b': 'c' } }, 'ERR_INVALID_HTTP_TOKEN'],
    [{ headers: { a: 'b\r\nc: d' } }, 'ERR_INVALID_CHAR'],
    [{ insecureHTTPParser: 1 }, 'ERR_INVALID_ARG_TYPE'],
    ['no url', 'ERR_INVALID_URL'],
  ]
  for (const [options, code] of refusals) assert.throws(() => http.request(options as object), { code }, code)
})

it('headers may be an object or pairs, and auth, setHost, defaultPort and timeout are options', async t => {
  const port = await reflecting(t)
  const base = { host: '127.0.0.1', port, agent: false }
  const sent = async (options: object) => (await fetchText({ ...base, ...options })).body
  assert.match(await sent({ headers: { 'X-A': ['1', '2'], 'X-B': 3 } }), /\r\nX-A: 1\r\nX-A: 2\r\nX-B: 3\r\n/)
  assert.match(
    await sent({ headers: ['X-A', '1', 'X-A', '2', 'Host', 'h'] }),
    /^GET \/ HTTP\/1\.1\r\nX-A: 1\r\nX-A: 2\r\nHost: h\r\n/,
  )
  assert.match(await sent({ auth: 'user:pass' }), /\r\nAuthorization: Basic dXNlcjpwYXNz\r\n/)
  assert.doesNotMatch(await sent({ setHost: false }), /Host:/)
  assert.match(await sent({ method: 'delete' }), /^DELETE \//)
})

it('knows itself: protocol, host, path, method, writable state', async t => {
  const port = await reflecting(t)
  const request = http.request({ host: '127.0.0.1', port, path: '/p', method: 'PUT', agent: false })
  request.on('error', () => {})
  assert.deepEqual(
    [request.protocol, request.host, request.path, request.method, request.maxHeadersCount, request.aborted],
    ['http:', '127.0.0.1', '/p', 'PUT', null, false],
  )
  assert.deepEqual(
    [
      request.headersSent,
      request.writableEnded,
      request.writableFinished,
      request.writableObjectMode,
      request.destroyed,
    ],
    [false, false, false, false, false],
  )
  assert.ok(request.writableHighWaterMark > 0)
  request.write('é', 'latin1')
  assert.ok(request.headersSent && request.writableLength > 0)
  assert.equal(request.connection, request.socket)
  const finished = once(request, 'finish')
  request.end()
  assert.equal(request.writableEnded, true)
  await finished
  assert.deepEqual([request.writableFinished, request.writableLength], [true, 0])
  const closed = new Promise(done => request.once('close', done))
  request.destroy()
  assert.equal(request.destroyed, true)
  await closed
})

it('getHeader, getHeaders, getHeaderNames, getRawHeaderNames and hasHeader', () => {
  const request = http.request({ headers: { 'X-One': '1' } })
  request.on('error', () => {})
  request.setHeader('X-Two', ['2', '3'])
  assert.deepEqual(request.getHeaderNames(), ['x-one', 'host', 'x-two'])
  assert.deepEqual(request.getRawHeaderNames(), ['X-One', 'Host', 'X-Two'])
  assert.deepEqual({ ...request.getHeaders() }, { 'x-one': '1', host: 'localhost', 'x-two': ['2', '3'] })
  request.removeHeader('x-TWO')
  assert.deepEqual([request.hasHeader('x-two'), request.getHeader('x-one')], [false, '1'])
  request.destroy()
})

it('an interim answer is told whole', async t => {
  const port = await listen(t, peer => {
    peer.sends('HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n')
  })
  const request = http.get({ host: '127.0.0.1', port, agent: false })
  const answered = once(request, 'response')
  const [info] = await once(request, 'information')
  assert.deepEqual(
    { ...info, headers: { ...info.headers } },
    {
      statusCode: 103,
      statusMessage: 'Early Hints',
      httpVersion: '1.1',
      httpVersionMajor: 1,
      httpVersionMinor: 1,
      headers: { link: 'x' },
      rawHeaders: ['Link', 'x'],
    },
  )
  const [response] = await answered
  response.resume()
})

it('an answer tells its line, fields, trailers and connection', async t => {
  const port = await listen(t, async peer => {
    await peer.receives(/\r\n\r\n/)
    peer.sends('HTTP/1.1 207 Many Things\r\nSet-Cookie: a\r\nSet-Cookie: b\r\nTransfer-Encoding: chunked\r\n\r\n')
    peer.sends('1\r\nx\r\n0\r\nX-End: now\r\n\r\n')
  })
  const request = http.get({ host: '127.0.0.1', port, agent: false })
  const [response] = await once(request, 'response')
  assert.deepEqual([response.statusCode, response.statusMessage, response.httpVersion], [207, 'Many Things', '1.1'])
  assert.deepEqual(response.headers['set-cookie'], ['a', 'b'])
  assert.equal(response.socket, request.socket)
  response.resume()
  await once(response, 'end')
  assert.deepEqual({ ...response.trailers }, { 'x-end': 'now' })
  assert.deepEqual(response.rawTrailers, ['X-End', 'now'])
  assert.equal(response.complete, true)
})

it("setTimeout() and the option tell 'timeout'; nothing else happens", async t => {
  const port = await listen(t, () => {})
  for (const options of [{}, { timeout: 5 }]) {
    const request = http.get({ host: '127.0.0.1', port, agent: false, ...options })
    request.on('error', () => {})
    if (!('timeout' in options)) assert.equal(request.setTimeout(5), request)
    await once(request, 'timeout')
    assert.equal(request.destroyed, false)
    request.destroy()
  }
})

it("a response's setTimeout() tells of a server that has stopped", async t => {
  const port = await listen(t, peer => peer.sends('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhe'))
  const request = http.get({ host: '127.0.0.1', port, agent: false })
  const [response] = await once(request, 'response')
  response.on('error', () => {})
  await new Promise<void>(done => response.setTimeout(5, done))
  response.destroy()
})

it('destroy(error) gives that error; a server that hangs up gives ECONNRESET', async t => {
  const port = await listen(t, async peer => {
    await peer.receives(/\r\n\r\n/)
    peer.socket.destroy()
  })
  const request = http.get({ host: '127.0.0.1', port, agent: false })
  const [hangUp] = await once(request, 'error')
  assert.deepEqual([hangUp.code, hangUp.message], ['ECONNRESET', 'socket hang up'])
  const mine = http.get({ host: '127.0.0.1', port, agent: false })
  mine.destroy(new Error('mine'))
  assert.equal((await once(mine, 'error'))[0].message, 'mine')
})

it("'drain' follows a write() that gave false", async t => {
  const { port } = await serve(t, (request: Request, response: Response) => {
    request.resume().on('end', () => response.end('read'))
  })
  const request = http.request({ host: '127.0.0.1', port, method: 'POST', agent: false })
  assert.equal(request.write(Buffer.alloc(1 << 20)), false)
  await once(request, 'drain')
  request.end()
  const [response] = await once(request, 'response')
  response.resume()
})

it('Expect: 100-continue sends the head alone, and the body when told to', async t => {
  const { server, port } = await serve(t, () => assert.fail('no plain request'))
  server.on('checkContinue', async (request: Request, response: Response) => {
    response.writeContinue()
    let body = ''
    for await (const chunk of request) body += chunk
    response.end(body)
  })
  const request = http.request({
    host: '127.0.0.1',
    port,
    method: 'PUT',
    agent: false,
    headers: { Expect: '100-continue' },
  })
  request.flushHeaders()
  await once(request, 'continue')
  request.end('now')
  const [response] = await once(request, 'response')
  let body = ''
  for await (const chunk of response) body += chunk
  assert.equal(body, 'now')
})

it('an upgrade or CONNECT that nobody listens to closes the connection', async t => {
  const port = await listen(t, async peer => {
    await peer.receives(/\r\n\r\n/)
    peer.sends('HTTP/1.1 101 Switching\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n')
  })
  const request = http.get({ host: '127.0.0.1', port, agent: false, headers: { Connection: 'Upgrade', Upgrade: 'x' } })
  request.on('error', () => {})
  const [socket] = (await once(request, 'socket')) as [net.Socket]
  await once(socket, 'close')
})

it('takes a 101 that names no other protocol for an answer like any other', async t => {
  const heads = ['', 'Upgrade: x\r\n', 'Connection: upgrade\r\n']
  for (const fields of heads) {
    const port = await listen(t, async peer => {
      await peer.receives(/\r\n\r\n/)
      peer.sends(`HTTP/1.1 101 Switching\r\n${fields}\r\n`)
    })
    const request = http.get({ host: '127.0.0.1', port, agent: false })
    const heard: string[] = []
    request.on('upgrade', () => heard.push('upgrade'))
    request.on('response', response => {
      heard.push(`response ${response.statusCode}`)
      response.resume().on('end', () => heard.push('end'))
    })
    await once(request, 'close')
    assert.deepEqual(heard, ['response 101', 'end'], fields)
  }
})

it('sends no line that a value has been given since it was checked', async t => {
  const heads: string[] = []
  const port = await listen(t, async peer => {
    const [head] = await peer.receives(/^[\s\S]*\r\n\r\n/)
    heads.push(head)
  })
  const lines = 'x\r\nX-Injected: 1'
  const options = { host: '127.0.0.1', port, agent: false }
  const lists: [string, Record<string, unknown>][] = [
    ['X-List', {}],
    ['Cookie', {}],
    ['X-Unique', { uniqueHeaders: ['x-unique'] }],
  ]
  for (const [name, further] of lists) {
    const request = http.request({ ...options, ...further }).on('error', () => {})
    const list = ['a', 'b']
    request.setHeader(name, list)
    list[1] = lines
    assert.throws(() => request.end(), { code: 'ERR_INVALID_CHAR' }, name)
    request.destroy()
  }
  const request = http.request(options).on('error', () => {})
  request.method = `GET / HTTP/1.1\r\nX-Injected: 1\r\nX:`
  assert.throws(() => request.end(), { code: 'ERR_INVALID_HTTP_TOKEN' })
  request.destroy()
  assert.deepEqual(heads, [])
})

it("a CONNECT's Host is whom it wants from Node 26 on, and the proxy before", async t => {
  const { server: proxy, port } = await serve(t, () => assert.fail('no plain request'))
  const heard = once(proxy, 'connect')
  http
    .request({ host: '127.0.0.1', port, method: 'CONNECT', path: 'a.example:1' })
    .on('error', () => {})
    .end()
  const [request, socket] = await heard
  socket.destroy()
  const major = Number.parseInt(process.versions.node, 10)
  assert.equal(request.headers['host'], major >= 26 ? 'a.example:1' : `127.0.0.1:${port}`)
})

it('CONNECT makes a tunnel through a proxy', async t => {
  const { port: origin } = await serve(t, (_request: Request, response: Response) => response.end('through'))
  const { server: proxy, port } = await serve(t, () => assert.fail('no plain request'))
  proxy.on('connect', (request: Request, socket: net.Socket, head: Buffer) => {
    const upstream = net.connect({ port: Number(new URL(`http://${request.url}`).port), host: '127.0.0.1' }, () => {
      socket.write('HTTP/1.1 200 Connection Established\r\n\r\n')
      upstream.write(head)
      upstream.pipe(socket).pipe(upstream)
    })
  })
  const tunnel = http.request({ host: '127.0.0.1', port, method: 'CONNECT', path: `localhost:${origin}` }).end()
  const [response, socket] = await once(tunnel, 'connect')
  assert.equal(response.statusCode, 200)
  const answer = await fetchText({ createConnection: () => socket, path: '/', headers: { Connection: 'close' } })
  assert.equal(answer.body, 'through')
})

it('asks the look-up function it is given, and connects over a path', async t => {
  const port = await reflecting(t)
  const asked: string[] = []
  const lookup = (name: string, options: { all?: boolean }, done: (...results: unknown[]) => void) => {
    asked.push(name)
    if (options.all) done(null, [{ address: '127.0.0.1', family: 4 }])
    else done(null, '127.0.0.1', 4)
  }
  const { body } = await fetchText({ host: 'a.example', port, lookup, agent: false })
  assert.match(body, /Host: a\.example:/)
  assert.deepEqual(asked, ['a.example'])
  const server = http.createServer((_request, response) => response.end('by path'))
  const socketPath = `${process.env['TMPDIR'] ?? '/tmp'}/plainwire-http-${process.pid}.sock`
  server.listen(socketPath)
  await once(server, 'listening')
  t.after(() => server.close())
  assert.equal((await fetchText({ socketPath, agent: false })).body, 'by path')
})
