// `_connectionListener` called on an object that is no server: it hears the requests of a stream, and is left as it was.

import assert from 'node:assert/strict'
import { EventEmitter, once } from 'node:events'
import { duplexPair } from 'node:stream'
import { it } from 'node:test'
import http from '../../src/http/index.ts'
import net from '../../src/net/index.ts'

type Handler = (
  request: InstanceType<typeof http.IncomingMessage>,
  response: InstanceType<typeof http.ServerResponse>,
) => void

const { _connectionListener: listener } = http as unknown as {
  _connectionListener(this: object, socket: object): void
}

async function answerTo(request: string, borrower: object): Promise<string> {
  const [near, far] = duplexPair()
  listener.call(borrower, far)
  near.setEncoding('latin1')
  let text = ''
  near.on('data', chunk => {
    text += chunk
  })
  near.write(request)
  // A refusal destroys its end, which this kind of stream does not tell the other.
  await new Promise(resolve => {
    near.on('end', resolve)
    far.on('close', resolve)
  })
  return text
}

const echo: Handler = (request, response) => {
  let body = ''
  request.on('data', chunk => {
    body += chunk
  })
  request.on('end', () => response.end(`${request.method} ${request.url} ${body}`))
}

it('serves a stream for an emitter, and puts nothing on it', async () => {
  const borrower = new EventEmitter()
  borrower.on('request', echo)
  const before = Reflect.ownKeys(borrower)
  const text = await answerTo(
    'POST /a HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 3\r\n\r\nabc',
    borrower,
  )
  assert.match(text, /^HTTP\/1\.1 200 OK\r\n/)
  assert.match(text, /POST \/a abc/)
  assert.deepEqual(Reflect.ownKeys(borrower), before)
})

it('needs no more than on and emit', async () => {
  class Bare {
    declare on: EventEmitter['on']
    declare emit: EventEmitter['emit']
  }
  Object.assign(Bare.prototype, { on: EventEmitter.prototype.on, emit: EventEmitter.prototype.emit })
  const borrower = new Bare()
  borrower.on('request', echo)
  // What is not set is not asked for: no Host, which a server of ours would want.
  assert.match(await answerTo('GET /b HTTP/1.1\r\nConnection: close\r\n\r\n', borrower), /GET \/b/)
  const upgrade = 'GET /c HTTP/1.1\r\nHost: a\r\nConnection: upgrade, close\r\nUpgrade: x\r\n\r\n'
  assert.match(await answerTo(upgrade, borrower), /GET \/c/)
  assert.match(await answerTo('no request\r\n\r\n', borrower), /^HTTP\/1\.1 400 Bad Request\r\n/)
  const expecting = 'GET /d HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n'
  assert.match(await answerTo(expecting, borrower), /^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 OK/)
})

it("takes the borrower's settings where it has some", async () => {
  const borrower = Object.assign(new EventEmitter(), { requireHostHeader: true, maxHeaderSize: 100 })
  borrower.on('request', echo)
  assert.match(await answerTo('GET / HTTP/1.1\r\n\r\n', borrower), /^HTTP\/1\.1 400 Bad Request/)
  const long = `GET / HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(200)}\r\n\r\n`
  assert.match(await answerTo(long, borrower), /^HTTP\/1\.1 431 /)
})

it("serves a net.Server's connections", async t => {
  const server = net.createServer()
  server.on('connection', listener)
  server.on('request', echo as never)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => server.close())
  const { port } = server.address() as { port: number }
  const [response] = await once(http.get({ port, host: '127.0.0.1', path: '/n', agent: false }), 'response')
  response.setEncoding('utf8')
  let text = ''
  for await (const chunk of response) text += chunk
  assert.equal(text, 'GET /n ')
})
