// The members of ServerResponse and of a server's IncomingMessage, as Node documents them.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { it, type TestContext } from 'node:test'
import type http from '../../src/http/index.ts'
import { chunksOf, exchange, fetchText, Peer, serve } from './raw.ts'

type Request = InstanceType<typeof http.IncomingMessage>
type Response = InstanceType<typeof http.ServerResponse>

const getAndClose = 'GET /path?q HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n'

/** What goes out when `write` has answered one request. */
async function answerTo(
  t: TestContext,
  write: (response: Response, request: Request) => void,
  request = getAndClose,
): Promise<string> {
  const { port } = await serve(t, (request, response) => write(response, request))
  return await exchange(port, request)
}

it('statusCode, statusMessage and sendDate make the head', async t => {
  const answer = await answerTo(t, response => {
    assert.deepEqual([response.statusCode, response.statusMessage, response.headersSent], [200, undefined, false])
    response.statusCode = 404
    response.statusMessage = 'Nothing Here'
    response.sendDate = false
    response.flushHeaders()
    assert.equal(response.headersSent, true)
    response.end()
  })
  assert.match(answer, /^HTTP\/1\.1 404 Nothing Here\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n/)
})

it('writeHead() takes an object, pairs, or a flat list, with or without a reason', async t => {
  const cases: ((response: Response) => Response)[] = [
    response => response.writeHead(201, 'Made', { 'X-A': 1, 'X-B': ['2', '3'] }),
    response => response.writeHead(201, 'Made', ['X-A', '1', 'X-B', '2', 'X-B', '3']),
    response =>
      response.writeHead(201, 'Made', [
        ['X-A', '1'],
        ['X-B', '2'],
        ['X-B', '3'],
      ] as never),
  ]
  for (const write of cases) {
    const answer = await answerTo(t, response => assert.equal(write(response).end(), response))
    assert.match(answer, /^HTTP\/1\.1 201 Made\r\nX-A: 1\r\nX-B: 2\r\nX-B: 3\r\n/)
  }
  await answerTo(t, response => {
    response.setHeader('X-A', 'set before')
    response.writeHead(200, { 'x-a': 'told then' })
    assert.equal(response.getHeader('X-A'), 'told then')
    assert.throws(() => response.writeHead(200), { code: 'ERR_HTTP_HEADERS_SENT' })
    response.end()
  })
  await answerTo(t, response => {
    assert.throws(() => response.writeHead(99), { code: 'ERR_HTTP_INVALID_STATUS_CODE' })
    assert.throws(() => response.writeHead(200, ['odd']), { code: 'ERR_INVALID_ARG_VALUE' })
    response.end()
  })
  await answerTo(t, response => {
    assert.throws(() => response.writeHead(200, 'a\r\nb'), { code: 'ERR_INVALID_CHAR' })
    response.socket?.destroy()
  })
})

it('fields: set, get, list, remove, set many', async t => {
  await answerTo(t, response => {
    response.setHeaders(
      new Map([
        ['A', '1'],
        ['B', '2'],
      ]),
    )
    response.setHeaders(new Headers({ c: '3' }))
    assert.deepEqual({ ...response.getHeaders() }, { a: '1', b: '2', c: '3' })
    assert.deepEqual(response.getRawHeaderNames(), ['A', 'B', 'c'])
    response.removeHeader('b')
    assert.deepEqual([response.hasHeader('B'), response.getHeaderNames()], [false, ['a', 'c']])
    assert.throws(() => response.setHeader('bad name', 'x'), { code: 'ERR_INVALID_HTTP_TOKEN' })
    assert.throws(() => response.setHeader('A', undefined as never), { code: 'ERR_HTTP_INVALID_HEADER_VALUE' })
    assert.throws(() => response.setHeaders({} as never), { code: 'ERR_INVALID_ARG_TYPE' })
    response.end()
  })
})

it('write() and end() take text, bytes, encodings and callbacks', async t => {
  const calls: string[] = []
  const answer = await answerTo(t, response => {
    response.setHeader('Content-Length', 8)
    response.write('6162', 'hex', () => calls.push('hex'))
    response.write(new Uint8Array([0x63, 0x64]), () => calls.push('bytes'))
    response.end('ZWZnaA==', 'base64', () => calls.push('end'))
  })
  assert.match(answer, /\r\n\r\nabcdefgh$/)
  assert.deepEqual(calls, ['hex', 'bytes', 'end'])
  await answerTo(t, response => {
    assert.throws(() => response.write(5 as never), { code: 'ERR_INVALID_ARG_TYPE' })
    assert.throws(() => response.write(null as never), { code: 'ERR_STREAM_NULL_VALUES' })
    response.end()
  })
})

it('writeContinue(), writeInformation-like answers and their callbacks', async t => {
  const answer = await answerTo(t, response => {
    response.writeContinue(() => response.writeProcessing(() => response.end('x')))
  })
  assert.match(answer, /^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 102 Processing\r\n\r\nHTTP\/1\.1 200 OK\r\n/)
})

it('writeEarlyHints() refuses links that are none', async t => {
  await answerTo(t, response => {
    assert.throws(() => response.writeEarlyHints({ link: 'bad' }), { code: 'ERR_INVALID_ARG_VALUE' })
    assert.throws(() => response.writeEarlyHints('x' as never), { code: 'ERR_INVALID_ARG_TYPE' })
    response.end()
  })
})

it('setTimeout() of a request and of a response tell of an idle connection', async t => {
  for (const side of ['request', 'response'] as const) {
    const { port } = await serve(t, (request, response) => {
      const message = side === 'request' ? request : response
      const timed = message.setTimeout(5, () => response.end(`${side} timed out`))
      assert.equal(timed, message)
    })
    // A request that is complete has nothing to wait for: its response is told alone.
    const answer = await exchange(port, 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nConnection: close\r\n\r\n')
    assert.match(answer, new RegExp(`${side} timed out`))
  }
})

it("'close' of a response whose client has gone, and what it then says of itself", async t => {
  const { server, port } = await serve(t, () => {})
  const peer = await Peer.connect(port)
  peer.sends('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
  const [request, response] = (await once(server, 'request')) as [Request, Response]
  const errors: (string | undefined)[] = []
  request.on('error', (error: Error & { code?: string }) => errors.push(error.code))
  peer.socket.destroy()
  await once(response, 'close')
  assert.deepEqual(
    [response.writableEnded, response.writableFinished, response.destroyed, request.aborted, request.destroyed],
    [false, false, true, true, true],
  )
  assert.deepEqual(errors, ['ECONNRESET'])
})

it('pipes and waits for drain: a response slower to leave than it is made', async t => {
  const { port } = await serve(t, (_request, response) => {
    let left = 64
    const chunk = Buffer.alloc(64 * 1024, 'x')
    const more = () => {
      while (left > 0) {
        left--
        if (!response.write(chunk)) {
          assert.equal(response.writableNeedDrain, true)
          response.once('drain', more)
          return
        }
      }
      response.end()
    }
    more()
  })
  assert.equal((await fetchText({ port, host: '127.0.0.1', agent: false })).body.length, 64 * 64 * 1024)
})

it('a request tells its line, version, connection and signal', async t => {
  let signal: AbortSignal | undefined
  await answerTo(t, (response, request) => {
    signal = request.signal
    assert.deepEqual(
      [request.method, request.url, request.httpVersion, request.httpVersionMajor, request.httpVersionMinor],
      ['GET', '/path?q', '1.1', 1, 1],
    )
    assert.equal(request.connection, request.socket)
    assert.deepEqual([request.complete, request.aborted, signal.aborted], [false, false, false])
    request.resume().on('end', () => {
      assert.equal(request.complete, true)
      response.end()
    })
  })
  assert.equal(signal?.aborted, false, 'the exchange was whole')
  const { server, port } = await serve(t, () => {})
  const peer = await Peer.connect(port)
  peer.sends('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
  const [request] = (await once(server, 'request')) as [Request]
  const aborted = once(request.signal, 'abort')
  peer.socket.destroy()
  await aborted
})

it('a body is read by data, by readable and read(), or thrown away with resume()', async t => {
  const post = 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nConnection: close\r\n\r\nbody'
  const byData = await answerTo(
    t,
    (response, request) => {
      request.on('data', chunk => response.write(chunk))
      request.on('end', () => response.end())
    },
    post,
  )
  assert.ok(byData.endsWith(`\r\n\r\n${chunksOf('body')}0\r\n\r\n`), byData)
  const byRead = await answerTo(
    t,
    (response, request) => {
      request.on('readable', () => {
        for (let chunk = request.read(2); chunk !== null; chunk = request.read(2)) response.write(chunk)
      })
      request.on('end', () => response.end())
    },
    post,
  )
  assert.ok(byRead.endsWith(`\r\n\r\n${chunksOf('bo', 'dy')}0\r\n\r\n`), byRead)
  const dumped = await answerTo(t, (response, request) => request.resume().on('end', () => response.end('read')), post)
  assert.match(dumped, /read$/)
})

it('destroy() of a request closes its connection', async t => {
  const { port } = await serve(t, request => request.destroy())
  assert.equal(await exchange(port, 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\n'), '')
})
