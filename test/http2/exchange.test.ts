// Requests and responses between our client and our server, and between ours and the runtime's: what programs do most.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import builtIn from 'node:http2'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Duplex, duplexPair } from 'node:stream'
import { buffer, text } from 'node:stream/consumers'
import { describe, it } from 'node:test'
import { MemoryHost } from '../../src/host/index.ts'
import * as ours from '../../src/http2/index.ts'
import { refusalOf } from './peers.ts'

// Ours as @types/node knows it, so that both are used alike.
const http2 = ours as unknown as typeof builtIn

type Client = builtIn.ClientHttp2Session
type Handler = (stream: builtIn.ServerHttp2Stream, headers: builtIn.IncomingHttpHeaders) => void

async function withServer(
  server: builtIn.Http2Server,
  use: (client: Client, server: builtIn.Http2Server) => Promise<void>,
  connect = http2.connect,
): Promise<void> {
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const client = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  try {
    await use(client, server)
  } finally {
    client.close()
    server.close()
    await once(server, 'close')
  }
}

function streams(handler: Handler): builtIn.Http2Server {
  return http2.createServer().on('stream', handler)
}

async function answerOf(request: builtIn.ClientHttp2Stream): Promise<[builtIn.IncomingHttpHeaders, string]> {
  const [headers] = (await once(request, 'response')) as [builtIn.IncomingHttpHeaders]
  return [headers, await text(request)]
}

const pairs = [
  ['ours', 'ours', http2.createServer, http2.connect],
  ['ours', "the runtime's", http2.createServer, builtIn.connect],
  ["the runtime's", 'ours', builtIn.createServer, http2.connect],
] as const

for (const [serverName, clientName, createServer, connect] of pairs) {
  describe(`${serverName} as server, ${clientName} as client`, () => {
    it('exchange a GET and a POST through the compatibility API', async () => {
      const server = createServer((request, response) => {
        let body = ''
        request.setEncoding('utf8')
        request.on('data', (chunk: string) => {
          body += chunk
        })
        request.on('end', () => {
          response.setHeader('X-Asked', `${request.method} ${request.url}`)
          response.end(`got ${body}`)
        })
      })
      await withServer(
        server,
        async client => {
          const [headers, body] = await answerOf(client.request({ ':path': '/a' }))
          assert.equal(headers[':status'], 200)
          assert.equal(headers['x-asked'], 'GET /a')
          assert.equal(body, 'got ')
          const post = client.request({ ':method': 'POST', ':path': '/b' })
          post.end('some text')
          assert.equal((await answerOf(post))[1], 'got some text')
        },
        connect as typeof http2.connect,
      )
    })

    it('carry a megabyte each way, whole', async () => {
      const bytes = Buffer.alloc(1_000_003, 'plainwire')
      const server = createServer().on('stream', (stream: builtIn.ServerHttp2Stream) => {
        stream.respond()
        stream.pipe(stream)
      })
      await withServer(
        server,
        async client => {
          const request = client.request({ ':method': 'POST' })
          request.end(bytes)
          assert.ok(bytes.equals(await buffer(request)))
        },
        connect as typeof http2.connect,
      )
    })

    it('answer a hundred requests at once', async () => {
      const server = createServer((request, response) => response.end(request.url))
      await withServer(
        server,
        async client => {
          const paths = Array.from({ length: 100 }, (_, index) => `/${index}`)
          const bodies = await Promise.all(paths.map(path => text(client.request({ ':path': path }))))
          assert.deepEqual(bodies, paths)
        },
        connect as typeof http2.connect,
      )
    })

    it('send trailers both ways', async () => {
      const server = createServer().on('stream', (stream: builtIn.ServerHttp2Stream) => {
        stream.on('trailers', trailers => {
          stream.respond({ ':status': 200 }, { waitForTrailers: true })
          stream.on('wantTrailers', () => stream.sendTrailers({ back: trailers['there'] }))
          stream.end('body')
        })
        stream.resume()
      })
      await withServer(
        server,
        async client => {
          const request = client.request({ ':method': 'POST' }, { waitForTrailers: true })
          request.on('wantTrailers', () => request.sendTrailers({ there: 'yes' }))
          request.end('x')
          request.resume()
          const closed = once(request, 'close')
          const [trailers] = (await once(request, 'trailers')) as [builtIn.IncomingHttpHeaders]
          assert.equal(trailers['back'], 'yes')
          await closed
        },
        connect as typeof http2.connect,
      )
    })
  })
}

describe('a server stream', () => {
  it('pushes a response', async () => {
    const server = streams(stream => {
      stream.pushStream({ ':path': '/style.css' }, (error, push) => {
        assert.equal(error, null)
        push.respond({ 'content-type': 'text/css' })
        push.end('body {}')
      })
      stream.respond()
      stream.end('page')
    })
    await withServer(server, async client => {
      const pushed = new Promise<string>(resolve => {
        client.on('stream', (push, headers) => {
          assert.equal(headers[':path'], '/style.css')
          push.on('push', (answer: builtIn.IncomingHttpHeaders) => assert.equal(answer['content-type'], 'text/css'))
          resolve(text(push))
        })
      })
      assert.deepEqual(await Promise.all([pushed, text(client.request())]), ['body {}', 'page'])
    })
  })

  it('responds with a file, whole or in part, and says what it cannot send', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'plainwire-http2-'))
    const file = join(folder, 'file.txt')
    writeFileSync(file, '0123456789'.repeat(30_000))
    const server = streams((stream, headers) => {
      const onError = (error: Error): void => {
        stream.respond({ ':status': 404, code: (error as NodeJS.ErrnoException).code })
        stream.end()
      }
      if (headers[':path'] === '/part') stream.respondWithFile(file, {}, { offset: 5, length: 10 })
      else if (headers[':path'] === '/none') stream.respondWithFile(join(folder, 'none'), {}, { onError })
      else if (headers[':path'] === '/folder') stream.respondWithFile(folder, {}, { onError })
      else stream.respondWithFile(file, { 'content-type': 'text/plain' })
    })
    await withServer(server, async client => {
      const [headers, whole] = await answerOf(client.request())
      assert.equal(headers['content-length'], '300000')
      assert.equal(whole.length, 300_000)
      assert.equal((await answerOf(client.request({ ':path': '/part' })))[1], '5678901234')
      assert.equal((await answerOf(client.request({ ':path': '/none' })))[0]['code'], 'ENOENT')
      assert.equal((await answerOf(client.request({ ':path': '/folder' })))[0]['code'], 'ERR_HTTP2_SEND_FILE')
    })
    rmSync(folder, { recursive: true })
  })

  it('sends 1xx before its response', async () => {
    const server = streams(stream => {
      stream.additionalHeaders({ ':status': 103, link: '</a>' })
      stream.respond()
      stream.end()
      assert.throws(() => stream.additionalHeaders({}), { code: 'ERR_HTTP2_HEADERS_AFTER_RESPOND' })
    })
    await withServer(server, async client => {
      const request = client.request()
      const hinted = once(request, 'headers') as Promise<[builtIn.IncomingHttpHeaders]>
      assert.equal((await answerOf(request))[0][':status'], 200)
      assert.equal((await hinted)[0][':status'], 103)
    })
  })

  it('tells that the client has given up', async () => {
    const server = streams(stream => stream.respond())
    await withServer(server, async client => {
      const opened = once(server, 'stream') as Promise<[builtIn.ServerHttp2Stream]>
      const request = client.request()
      const [stream] = await opened
      const closed = once(stream, 'close')
      const aborted = once(stream, 'aborted')
      request.close(http2.constants.NGHTTP2_CANCEL)
      await Promise.all([aborted, closed])
      assert.equal(stream.rstCode, http2.constants.NGHTTP2_CANCEL)
      assert.equal(stream.aborted, true)
    })
  })

  it('fails with its code where it is reset with an error', async () => {
    const server = streams(stream => {
      stream.on('error', () => {})
      stream.close(http2.constants.NGHTTP2_REFUSED_STREAM)
    })
    await withServer(server, async client => {
      const [error] = (await once(client.request(), 'error')) as [NodeJS.ErrnoException & { isSafeToRetry?: boolean }]
      assert.equal(error.code, 'ERR_HTTP2_STREAM_ERROR')
      assert.equal(error.message, 'Stream closed with error code NGHTTP2_REFUSED_STREAM')
      assert.equal(error.isSafeToRetry, true)
    })
  })

  it('does not end the process when a client resets it and nobody listens to its errors', async () => {
    const server = streams(stream => stream.respond())
    await withServer(server, async client => {
      const closed = new Promise<number>(resolve => {
        server.on('stream', stream => stream.on('close', () => resolve(stream.rstCode as number)))
      })
      const request = client.request()
      request.on('error', () => {})
      request.on('response', () => request.close(http2.constants.NGHTTP2_INTERNAL_ERROR))
      assert.equal(await closed, http2.constants.NGHTTP2_INTERNAL_ERROR)
    })
  })

  it('makes its writer wait while the client does not read', async () => {
    let written = 0
    const server = streams(stream => {
      stream.respond()
      const write = (): void => {
        while (stream.write(Buffer.alloc(16_384))) written += 16_384
        written += 16_384
      }
      stream.on('drain', write)
      stream.on('error', () => {})
      write()
    })
    await withServer(server, async client => {
      const request = client.request()
      await once(request, 'response')
      for (let turn = 0; turn < 50; turn++) await new Promise(resolve => setImmediate(resolve))
      const before = written
      assert.ok(before < 1_000_000, `${before} bytes were written`)
      request.destroy()
    })
  })
})

describe('a session', () => {
  it('pings, and tells the other side', async () => {
    await withServer(
      streams(() => {}),
      async (client, server) => {
        const pinged = new Promise<[Buffer]>(resolve => {
          server.on('session', session => session.on('ping', bytes => resolve([bytes])))
        })
        await once(client, 'connect')
        const payload = await new Promise<Buffer>((resolve, reject) => {
          client.ping(Buffer.from('12345678'), (error, _duration, bytes) => (error ? reject(error) : resolve(bytes)))
        })
        assert.equal(payload.toString(), '12345678')
        assert.equal((await pinged)[0].toString(), '12345678')
      },
    )
  })

  it('changes its settings, with the acknowledgement', async () => {
    await withServer(
      streams(() => {}),
      async client => {
        await once(client, 'remoteSettings')
        client.settings({ initialWindowSize: 70_000 })
        assert.equal(client.pendingSettingsAck, true)
        while (client.localSettings.initialWindowSize !== 70_000) await once(client, 'localSettings')
        assert.equal(client.pendingSettingsAck, false)
      },
    )
  })

  it('closes once its streams are done, and takes no new ones meanwhile', async () => {
    const server = streams(stream => {
      stream.respond()
      setImmediate(() => stream.end('late'))
    })
    await withServer(server, async client => {
      const request = client.request()
      await once(request, 'response')
      const closed = once(client, 'close')
      client.close()
      assert.equal(client.closed, true)
      assert.equal((await refusalOf(client)).code, 'ERR_HTTP2_GOAWAY_SESSION')
      assert.equal(await text(request), 'late')
      await closed
      assert.equal(client.destroyed, true)
    })
  })

  for (const [whose, module] of [
    ['ours', http2],
    ["the runtime's", builtIn],
  ] as const) {
    it(`resets its streams, but for the last, before the GOAWAY of destroy() (${whose})`, async () => {
      for (const [reason, expected] of [
        [undefined, ['1 close 0', '3 close 0', '5 close 8']],
        [2, ['1 STREAM_ERROR', '1 close 2', '3 STREAM_ERROR', '3 close 2', '5 SESSION_ERROR', '5 close 2']],
      ] as const) {
        const server = module.createServer()
        const heard: string[] = []
        const open: Promise<void>[] = []
        const areOpen = new Promise<void>(resolve => {
          server.on('stream', stream => {
            stream.on('error', ({ code }: NodeJS.ErrnoException) => heard.push(`${stream.id} ${code?.slice(10)}`))
            open.push(
              new Promise(closed => {
                stream.on('close', () => {
                  heard.push(`${stream.id} close ${stream.rstCode}`)
                  closed()
                })
              }),
            )
            if (open.length === 3) resolve()
          })
        })
        await withServer(
          server,
          async client => {
            client.on('error', () => {})
            for (let i = 0; i < 3; i++) client.request({ ':method': 'POST' }).on('error', () => {})
            await areOpen
            client.destroy(reason as never)
            await Promise.all(open)
            assert.deepEqual(heard, expected)
          },
          module.connect,
        )
      }
    })
  }

  it("refuses a request in 'goaway' as one that the server has not looked at", async () => {
    const sessions: builtIn.ServerHttp2Session[] = []
    const server = streams(stream => {
      sessions[0]?.goaway(0)
      stream.respond()
      stream.end()
    })
    server.on('session', session => sessions.push(session))
    await withServer(server, async client => {
      client.request().resume()
      const refused = new Promise<string>(resolve => {
        client.once('goaway', () => {
          const request = client.request()
          request.on('error', error => resolve(`${error.message} ${request.rstCode}`))
        })
      })
      assert.equal(await refused, 'Stream closed with error code NGHTTP2_REFUSED_STREAM 7')
    })
  })

  it("is destroyed with an error, which is told right before 'close', and with its streams", async () => {
    await withServer(
      streams(() => {}),
      async client => {
        await once(client, 'connect')
        const events: string[] = []
        const request = client.request()
        request.on('error', error => events.push(`stream ${error.message}`))
        client.on('error', error => events.push(`session ${error.message}`))
        const closed = new Promise<void>(resolve => client.on('close', resolve))
        client.on('close', () => events.push('close'))
        client.destroy(new Error('enough'))
        await closed
        assert.deepEqual(events, ['stream enough', 'session enough', 'close'])
        assert.throws(() => client.ping(() => {}), { code: 'ERR_HTTP2_INVALID_SESSION' })
      },
    )
  })

  it('shows its socket, but lets nobody write to it', async () => {
    await withServer(
      streams(() => {}),
      async client => {
        await once(client, 'connect')
        assert.equal(client.socket.remoteAddress, '127.0.0.1')
        assert.throws(() => client.socket.write('x'), { code: 'ERR_HTTP2_NO_SOCKET_MANIPULATION' })
      },
    )
  })

  it('runs over any pair of streams', async () => {
    const [clientSide, serverSide] = duplexPair() as [Duplex, Duplex]
    const server = streams(stream => {
      stream.respond()
      stream.end('over a pair')
    })
    server.emit('connection', serverSide)
    const client = http2.connect('http://localhost', { createConnection: () => clientSide })
    assert.equal(await text(client.request()), 'over a pair')
    client.close()
    await once(client, 'close')
  })

  it('serves a stream that a program hands over by itself', async () => {
    const [clientSide, serverSide] = duplexPair() as [Duplex, Duplex]
    const session = http2.performServerHandshake(serverSide)
    session.on('stream', stream => {
      stream.respond()
      stream.end('by hand')
    })
    const client = http2.connect('http://localhost', { createConnection: () => clientSide })
    assert.equal(await text(client.request()), 'by hand')
    client.close()
    await once(client, 'close')
  })

  it('fails, and its server lives on, when what comes is no HTTP/2', async () => {
    const [clientSide, serverSide] = duplexPair() as [Duplex, Duplex]
    const server = streams(() => {})
    server.emit('connection', serverSide)
    clientSide.resume()
    clientSide.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')
    const [error] = (await once(server, 'sessionError')) as [NodeJS.ErrnoException]
    assert.equal(error.code, 'ERR_HTTP2_ERROR')
  })
})

describe('a host without a network', () => {
  it('carries sessions like any other', async () => {
    const host = new MemoryHost()
    await host.run(async () => {
      const server = http2.createServer((request, response) => response.end(request.url))
      await new Promise<void>(resolve => server.listen(80, resolve))
      const client = http2.connect('http://127.0.0.1')
      assert.equal(await text(client.request({ ':path': '/in-memory' })), '/in-memory')
      client.close()
      await once(client, 'close')
      server.close()
      await once(server, 'close')
    })
  })
})

describe('CONNECT', () => {
  it('opens a tunnel', async () => {
    const server = streams((stream, headers) => {
      assert.equal(headers[':method'], 'CONNECT')
      assert.equal(headers[':authority'], 'example.org:1')
      stream.respond()
      stream.pipe(stream)
    })
    await withServer(server, async client => {
      const tunnel = client.request({ ':method': 'CONNECT', ':authority': 'example.org:1' })
      tunnel.end('through')
      assert.equal(await text(tunnel), 'through')
    })
  })

  it('is refused with 405 by a server of the compatibility API that does not hear of it', async () => {
    const server = http2.createServer(() => assert.fail('no request'))
    await withServer(server, async client => {
      const tunnel = client.request({ ':method': 'CONNECT', ':authority': 'example.org:1' })
      assert.equal((await answerOf(tunnel))[0][':status'], 405)
    })
  })
})
