// http and https servers, asked by clients that are plain sockets: what they send, and in how many pieces, is the scenario's.

import type { IncomingMessage, Server, ServerOptions, ServerResponse } from 'node:http'
import net, { type AddressInfo, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import tls from 'node:tls'
import { authority, localhost } from '../../tls/certificates.ts'
import type { Scenario, Scene } from '../scene.ts'
import { httpServerEvents, httpsServerEvents, messageEvents, responseEvents } from './events.ts'

export type Protocol = 'http' | 'https'

type Body = (scene: Scene, protocol: Protocol) => Promise<void>

const bodies: Readonly<Record<string, Body>> = {
  async 'an exchange'(scene, protocol) {
    const server = await listen(scene, protocol)
    const client = await connect(scene, server, protocol, 'client')
    await scene.step('asks', () => client.write(get('/one')))
    await scene.step('asks again', () => client.write(post('/two', 'hello')))
    await scene.step('counts one', () => {
      server.getConnections(scene.callback('server', 'getConnections()'))
    })
    await scene.step('leaves', () => client.end())
    await ends(scene, server, protocol)
  },

  async 'requests pipelined'(scene, protocol) {
    const server = await listen(scene, protocol)
    const client = await connect(scene, server, protocol, 'client')
    await scene.step('asks three at once', () => client.write(get('/one') + post('/two', 'hello') + get('/three')))
    await scene.step('asks once more', () => client.write(get('/four')))
    await scene.step('leaves', () => client.end())
    await ends(scene, server, protocol)
  },

  async 'a request in pieces'(scene, protocol) {
    const server = await listen(scene, protocol)
    const client = await connect(scene, server, protocol, 'client')
    await scene.step('sends the head', () =>
      client.write('POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n'),
    )
    await scene.step('sends a chunk', () => client.write('5\r\nhello\r\n'))
    await scene.step('sends the end', () => client.write('0\r\nx-trailer: 1\r\n\r\n'))
    await scene.step('asks again', () => client.write(get('/two')))
    await scene.step('leaves', () => client.end())
    await ends(scene, server, protocol)
  },

  async 'a response with callbacks'(scene, protocol) {
    const server = await listen(scene, protocol, (request, response) => {
      request.resume()
      response.writeProcessing(scene.callback('server', 'writeProcessing()'))
      response.writeEarlyHints({ link: '</a>; rel=preload' }, scene.callback('server', 'writeEarlyHints()'))
      const write = scene.callback('server', 'write()', () => response.end('two', scene.callback('server', 'end()')))
      response.write(Buffer.alloc(10_000, 'x'), write)
    })
    const client = await connect(scene, server, protocol, 'client')
    await scene.step('asks', () => client.write(get('/one')))
    await scene.step('asks again', () => client.write(get('/two')))
    await scene.step('leaves', () => client.end())
    await ends(scene, server, protocol)
  },

  async 'a client that leaves amid its request'(scene, protocol) {
    const server = await listen(scene, protocol)
    const client = await connect(scene, server, protocol, 'client')
    await scene.step('sends a part', () =>
      client.write('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhello'),
    )
    await scene.step('leaves', () => client.destroy())
    await ends(scene, server, protocol)
  },

  async 'a client that leaves amid the response'(scene, protocol) {
    const server = await listen(scene, protocol, (request, response) => {
      request.resume()
      response.write('a part', scene.callback('server', 'write()'))
    })
    const client = await connect(scene, server, protocol, 'client')
    await scene.step('asks', () => client.write(get('/one')))
    await scene.step('leaves', () => client.destroy())
    await ends(scene, server, protocol)
  },

  async 'a response that the program destroys'(scene, protocol) {
    const server = await listen(scene, protocol, (request, response) => {
      request.resume()
      response.destroy(new Error('of the program'))
    })
    const client = await connect(scene, server, protocol, 'client')
    await scene.step('asks', () => client.write(get('/one')))
    await ends(scene, server, protocol)
  },

  async expectations(scene, protocol) {
    const server = await listen(scene, protocol)
    scene.on('server', 'server', server, 'checkContinue', (request: IncomingMessage, response: ServerResponse) => {
      response.sendDate = false
      response.writeContinue(scene.callback('server', 'writeContinue()'))
      request.resume()
      request.on('end', () => response.end('continued'))
    })
    scene.on('server', 'server', server, 'checkExpectation', (request: IncomingMessage, response: ServerResponse) => {
      request.resume()
      response.sendDate = false
      response.writeHead(417).end()
    })
    const client = await connect(scene, server, protocol, 'client')
    await scene.step('expects 100', () =>
      client.write(post('/one', '', 'Expect: 100-continue\r\nContent-Length: 5\r\n')),
    )
    await scene.step('sends the body', () => client.write('hello'))
    await scene.step('expects more', () => client.write(get('/two', 'Expect: wonders\r\n')))
    await scene.step('asks again', () => client.write(get('/three')))
    await scene.step('leaves', () => client.end())
    await ends(scene, server, protocol)
  },

  async 'an upgrade'(scene, protocol) {
    const server = await listen(scene, protocol)
    scene.on('server', 'server', server, 'upgrade', (_request: IncomingMessage, socket: Duplex, head: Buffer) => {
      takeOver(scene, socket, head, 'HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: echo\r\n\r\n')
    })
    const client = await connect(scene, server, protocol, 'client')
    await scene.step('upgrades', () => client.write(get('/', 'Connection: upgrade\r\nUpgrade: echo\r\n')))
    await scene.step('speaks', () => client.write('hello'))
    await scene.step('leaves', () => client.end())
    await ends(scene, server, protocol)
  },

  async 'a tunnel'(scene, protocol) {
    const server = await listen(scene, protocol)
    scene.on('server', 'server', server, 'connect', (_request: IncomingMessage, socket: Duplex, head: Buffer) => {
      takeOver(scene, socket, head, 'HTTP/1.1 200 Connected\r\n\r\n')
    })
    const client = await connect(scene, server, protocol, 'client')
    await scene.step('connects', () => client.write('CONNECT a:80 HTTP/1.1\r\nHost: a:80\r\n\r\nearly'))
    await scene.step('speaks', () => client.write('hello'))
    await scene.step('leaves', () => client.destroy())
    await ends(scene, server, protocol)
  },

  async 'what is no HTTP'(scene, protocol) {
    const server = await listen(scene, protocol)
    scene.on('server', 'server', server, 'clientError', (_error: Error, socket: Duplex) => {
      if (socket.writable) socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n')
    })
    const client = await connect(scene, server, protocol, 'client')
    await scene.step('sends rubbish', () => client.write('rubbish\r\n\r\n'))
    const second = await connect(scene, server, protocol, 'second client')
    await scene.step('sends rubbish after a request', () => second.write(`${get('/one')}rubbish\r\n\r\n`))
    const third = await connect(scene, server, protocol, 'third client')
    await scene.step('sends rubbish as a body', () =>
      third.write('POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nrubbish\r\n'),
    )
    await ends(scene, server, protocol)
  },

  async 'what is no HTTP, and nobody cares'(scene, protocol) {
    const server = await listen(scene, protocol)
    const client = await connect(scene, server, protocol, 'client')
    await scene.step('sends rubbish', () => client.write('rubbish\r\n\r\n'))
    const second = await connect(scene, server, protocol, 'second client')
    await scene.step('sends rubbish amid a body', () =>
      second.write('POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nrubbish\r\n'),
    )
    await ends(scene, server, protocol)
  },

  async 'time-outs of sockets'(scene, protocol) {
    const server = await listen(scene, protocol, (request, response) => {
      request.resume()
      if (request.url === '/slow') response.setTimeout(TIMEOUT_MS, scene.callback('server', 'response.setTimeout()'))
      else if (request.url === '/slower')
        request.setTimeout(TIMEOUT_MS, scene.callback('server', 'request.setTimeout()'))
      else response.end()
    })
    const client = await connect(scene, server, protocol, 'client')
    await scene.step('asks slowly', () => client.write(get('/slow')), 'server response.setTimeout() callback 1')
    const second = await connect(scene, server, protocol, 'second client')
    await scene.step('asks slowly', () => second.write(get('/slower')), 'server request.setTimeout() callback 1')
    scene.act(() =>
      server.setTimeout(
        TIMEOUT_MS,
        scene.callback('server', 'setTimeout()', (socket: Socket) => socket.destroy()),
      ),
    )
    scene.on('server', 'server', server, 'timeout')
    await connect(scene, server, protocol, 'third client')
    await scene.step('says nothing', () => {}, 'server setTimeout() callback 1')
    await connect(scene, server, protocol, 'fourth client')
    await scene.step('says nothing again', () => {}, 'server setTimeout() callback 2')
    scene.act(() => {
      client.destroy()
      second.destroy()
    })
    await ends(scene, server, protocol)
  },

  async 'time-outs of requests'(scene, protocol) {
    const options = { connectionsCheckingInterval: 10, headersTimeout: TIMEOUT_MS, requestTimeout: TIMEOUT_MS * 2 }
    const server = await listen(scene, protocol, undefined, options)
    scene.on('server', 'server', server, 'clientError', (_error: Error, socket: Duplex) => {
      if (socket.writable) socket.end('HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n\r\n')
    })
    const client = await connect(scene, server, protocol, 'client')
    await scene.step('sends a part of a head', () => client.write('GET / HTTP/1.1\r\n'), "client client 'close' 1")
    const second = await connect(scene, server, protocol, 'second client')
    await scene.step(
      'sends a part of a body',
      () => second.write('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nhello'),
      "client second client 'close' 1",
    )
    await ends(scene, server, protocol)
  },

  async 'a connection that is idle when the server closes'(scene, protocol) {
    const server = await listen(scene, protocol)
    const client = await connect(scene, server, protocol, 'client')
    await scene.step('asks', () => client.write(get('/one')))
    await ends(scene, server, protocol)
  },

  async 'a request read by readable'(scene, protocol) {
    const server = await listen(scene, protocol, (request, response) => {
      scene.on('server', `request ${request.url}`, request, 'readable', () => request.read())
      request.on('end', () => response.end('read'))
    })
    const client = await connect(scene, server, protocol, 'client')
    await scene.step('posts', () => client.write(post('/one', 'hello')))
    await scene.step('posts again', () => client.write(post('/two', 'hello')))
    await scene.step('leaves', () => client.end())
    await ends(scene, server, protocol)
  },

  async 'listening in vain'(scene, protocol) {
    const server = await listen(scene, protocol)
    const second = scene.modules.http.createServer()
    scene.watch('server', 'second server', second, httpServerEvents)
    await scene.step('listens', () => second.listen((server.address() as AddressInfo).port, '127.0.0.1'))
    await scene.step('listens elsewhere', () => second.listen(0, '127.0.0.1'))
    await scene.step('closes the second', () => second.close(scene.callback('server', 'close()')))
    await ends(scene, server, protocol)
  },

  async 'more requests than a connection may bring'(scene, protocol) {
    const server = await listen(scene, protocol)
    server.maxRequestsPerSocket = 1
    const client = await connect(scene, server, protocol, 'client')
    await scene.step('asks twice', () => client.write(get('/one', 'Connection: keep-alive\r\n') + get('/two')))
    await ends(scene, server, protocol)
  },
}

/** What TLS beneath makes different: the rest is http's own, whatever it runs over. */
const overTls = [
  'an exchange',
  'a response with callbacks',
  'a client that leaves amid its request',
  'a client that leaves amid the response',
  'an upgrade',
  'a tunnel',
  'expectations',
  'what is no HTTP',
  'what is no HTTP, and nobody cares',
]

export function httpServerScenarios(protocol: Protocol): Record<string, Scenario> {
  const names = protocol === 'http' ? Object.keys(bodies) : overTls
  return Object.fromEntries(
    names.map(name => [`${protocol} server: ${name}`, scene => (bodies[name] as Body)(scene, protocol)]),
  )
}

const TIMEOUT_MS = 40

function get(path: string, fields = ''): string {
  return `GET ${path} HTTP/1.1\r\nHost: a\r\n${fields}\r\n`
}

function post(path: string, body: string, fields = `Content-Length: ${body.length}\r\n`): string {
  return `POST ${path} HTTP/1.1\r\nHost: a\r\n${fields}\r\n${body}`
}

type RequestHandler = (request: IncomingMessage, response: ServerResponse) => void

/** A server that reads each request to its end and then answers with its path and body; or as `handle` says. */
async function listen(
  scene: Scene,
  protocol: Protocol,
  handle?: RequestHandler,
  options: ServerOptions = {},
): Promise<Server> {
  const { http, https } = scene.modules
  const server =
    protocol === 'http'
      ? http.createServer(options)
      : https.createServer({ ...options, key: localhost.key, cert: localhost.cert })
  scene.watch('server', 'server', server, protocol === 'http' ? httpServerEvents : httpsServerEvents)
  scene.on('server', 'server', server, 'request', (request: IncomingMessage, response: ServerResponse) => {
    const name = `request ${request.url}`
    scene.watch('server', name, request, messageEvents)
    scene.watch('server', `response to ${request.url}`, response, responseEvents)
    response.sendDate = false
    if (handle !== undefined) {
      handle(request, response)
      return
    }
    let text = ''
    scene.on('server', name, request, 'data', (data: Buffer) => (text += data))
    request.on('end', () => response.end(`${request.url} ${text}`))
  })
  await scene.step('listens', () => {
    server.listen(0, '127.0.0.1')
  })
  return server
}

async function connect(scene: Scene, server: Server, protocol: Protocol, name: string): Promise<Socket> {
  const { port } = server.address() as AddressInfo
  let client: Socket | undefined
  await scene.step(`the ${name} connects`, () => {
    client =
      protocol === 'http'
        ? net.connect(port, '127.0.0.1')
        : tls.connect({ port, host: '127.0.0.1', servername: 'localhost', ca: authority.cert })
    client.setNoDelay(true)
    scene.observe('client', name, client, ['data', 'end', 'error', 'close'])
  })
  return client as Socket
}

function takeOver(scene: Scene, socket: Duplex, head: Buffer, response: string): void {
  scene.note('server', 'head', String(head))
  for (const event of ['end', 'finish', 'close', 'error']) scene.on('server', 'upgraded socket', socket, event)
  scene.on('server', 'upgraded socket', socket, 'data', (data: Buffer) => socket.write(data))
  socket.write(response, scene.callback('server', 'upgraded write()'))
}

/** A new connection is served as ever; then the server closes. */
async function ends(scene: Scene, server: Server, protocol: Protocol): Promise<void> {
  const last = await connect(scene, server, protocol, 'last client')
  await scene.step('the last one asks', () => last.write(get('/last', 'Connection: close\r\n')))
  await scene.step('closes', () => {
    server.close(scene.callback('server', 'close()'))
  })
  await scene.step('counts', () => {
    server.getConnections(scene.callback('server', 'getConnections()'))
  })
}
