// http and https clients with an agent, answered by servers that are plain sockets: what they send, and when, is the scenario's.

import type { Agent, ClientRequest, IncomingMessage, RequestOptions } from 'node:http'
import net, { type AddressInfo, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import tls from 'node:tls'
import { authority, localhost } from '../../tls/certificates.ts'
import type { Scenario, Scene } from '../scene.ts'
import { messageEvents, requestEvents, socketEvents, tlsSocketEvents } from './events.ts'
import type { Protocol } from './http-server.ts'

type Body = (pair: Pair, scene: Scene) => Promise<void>

const bodies: Readonly<Record<string, Body>> = {
  async 'an exchange'(pair, scene) {
    await pair.serve(answer('hello'))
    await scene.step('asks', () => pair.request('request').end(scene.callback('client', 'end()')))
    await scene.step('posts', () => {
      const request = pair.request('second request', { method: 'POST' })
      request.write('one', scene.callback('client', 'write()'))
      request.end('two')
    })
    await pair.end()
  },

  async 'a body that waits'(pair, scene) {
    const connection = await pair.serve(() => {})
    let request: ClientRequest
    await scene.step(
      'posts much',
      () => {
        request = pair.request('request', { method: 'POST' })
        request.write(Buffer.alloc(1_000_000), scene.callback('client', 'write()'))
      },
      "client request 'drain' 1",
    )
    await scene.step('ends', () => request.end(scene.callback('client', 'end()')))
    await scene.step('is answered', () => connection().write(response('hello')))
    await pair.end()
  },

  async 'a queue for one socket'(pair, scene) {
    await pair.serve(answer('hello'), { maxSockets: 1 })
    await scene.step('asks three times', () => {
      pair.request('request').end()
      pair.request('second request').end()
      pair.request('third request').end()
    })
    await pair.end()
  },

  async 'a response in pieces, with trailers'(pair, scene) {
    const connection = await pair.serve(socket =>
      socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n'),
    )
    await scene.step('asks', () => pair.request('request').end())
    await scene.step('is sent more', () => connection().write('5\r\nagain\r\n'))
    await scene.step('is sent the end', () => connection().write('0\r\nx-trailer: 1\r\n\r\n'))
    await pair.end()
  },

  async 'interim responses'(pair, scene) {
    await pair.serve((socket, text) => {
      if (text.includes('Expect')) socket.write('HTTP/1.1 100 Continue\r\n\r\n')
      else
        socket.write(
          `HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n${response('hello')}`,
        )
    })
    await scene.step('expects 100', () => {
      const request = pair.request('request', { method: 'POST', headers: { Expect: '100-continue' } })
      scene.on('client', 'request', request, 'continue', () => request.end('body'))
    })
    await scene.step('asks again', () => pair.request('second request').end())
    await pair.end()
  },

  async 'an upgrade'(pair, scene) {
    const connection = await pair.serve((socket, text) => {
      if (text.startsWith('GET')) {
        socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: echo\r\n\r\nearly')
      } else socket.write(text)
    })
    await scene.step('upgrades', () => {
      const request = pair.request('request', { headers: { Connection: 'upgrade', Upgrade: 'echo' } })
      takeOver(scene, request, 'upgrade')
      request.end()
    })
    await scene.step('the server leaves', () => connection().end())
    await pair.end()
  },

  async 'a tunnel'(pair, scene) {
    const connection = await pair.serve((socket, text) => {
      socket.write(text.startsWith('CONNECT') ? 'HTTP/1.1 200 Connected\r\n\r\n' : text)
    })
    await scene.step('connects', () => {
      const request = pair.request('request', { method: 'CONNECT', path: 'a:80', headers: { Host: 'a:80' } })
      takeOver(scene, request, 'connect')
      request.end()
    })
    await scene.step('the server leaves', () => connection().destroy())
    await pair.end()
  },

  async refused(pair, scene) {
    await pair.serve(answer('hello'))
    await scene.step('the server stops', () => pair.stop())
    await scene.step('asks', () => pair.request('request').end(scene.callback('client', 'end()')))
    await pair.end()
  },

  async 'cut short'(pair, scene) {
    const connection = await pair.serve((socket, text) => {
      if (text.includes('/head')) socket.write('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello')
      else socket.destroy()
    })
    await scene.step('asks in vain', () => pair.request('request').end())
    await scene.step('asks for a part', () => pair.request('second request', { path: '/head' }).end())
    await scene.step('the server leaves', () => connection().end())
    await pair.end()
  },

  async 'an answer until the end of the connection'(pair, scene) {
    const connection = await pair.serve(socket => socket.write('HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nhello'))
    await scene.step('asks', () => pair.request('request').end())
    await scene.step('the server leaves', () => connection().end())
    await pair.end()
  },

  async 'what is no HTTP'(pair, scene) {
    await pair.serve((socket, text) => {
      if (text.includes('/body')) socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nrubbish\r\n')
      else socket.write('rubbish\r\n\r\n')
    })
    await scene.step('asks', () => pair.request('request').end())
    await scene.step('asks for a body', () => pair.request('second request', { path: '/body' }).end())
    await pair.end()
  },

  async 'destroyed by the program'(pair, scene) {
    await pair.serve((socket, text) => {
      if (text.includes('/head')) socket.write('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello')
    })
    await scene.step('destroys before it connects', () => pair.request('request', { agent: false }).destroy())
    let request: ClientRequest
    await scene.step('asks', () => (request = pair.request('second request')).end())
    await scene.step('destroys', () => request.destroy(new Error('of the program')))
    await scene.step('asks for a part', () => (request = pair.request('third request', { path: '/head' })).end())
    await scene.step('destroys amid the response', () => request.destroy())
    await scene.step('asks once more', () => (request = pair.request('fourth request', { path: '/head' })).end())
    await scene.step('aborts', () => request.abort())
    await scene.step('gives a signal', () => {
      const controller = new AbortController()
      pair.request('fifth request', { signal: controller.signal, agent: false } as RequestOptions).end()
      controller.abort()
    })
    await pair.end()
  },

  async 'time-outs'(pair, scene) {
    await pair.serve((socket, text) => {
      if (text.includes('/answered')) socket.write(response('hello'))
    })
    let request: ClientRequest
    await scene.step(
      'waits',
      () => {
        request = pair.request('request')
        request.setTimeout(TIMEOUT_MS, scene.callback('client', 'setTimeout()'))
        request.end()
      },
      "client request 'timeout' 1",
    )
    await scene.step('destroys', () => request.destroy())
    await scene.step(
      'waits by option',
      () => (request = pair.request('second request', { timeout: TIMEOUT_MS })).end(),
      "client second request 'timeout' 1",
    )
    await scene.step('destroys again', () => request.destroy())
    await scene.step('is answered', () => pair.request('third request', { path: '/answered' }).end())
    await pair.end()
  },

  async 'free sockets that time out'(pair, scene) {
    await pair.serve(answer('hello'), { timeout: TIMEOUT_MS })
    await scene.step('asks', () => pair.request('request').end(), "client socket 'timeout' 1")
    await pair.end()
  },

  async 'free sockets that the server closes'(pair, scene) {
    const connection = await pair.serve(answer('hello'))
    await scene.step('asks', () => pair.request('request').end())
    await scene.step('the server leaves', () => connection().destroy())
    await scene.step('asks once more', () => pair.request('second request').end())
    await pair.end()
  },

  async 'a connection of the program'(pair, scene) {
    await pair.serve(answer('hello'))
    await scene.step('asks', () => {
      pair
        .request('request', {
          agent: undefined,
          createConnection: scene.callback('client', 'createConnection option', () => pair.connect()),
        })
        .end()
    })
    await scene.step('asks with a lookup', () => {
      pair
        .request('second request', {
          host: 'server.example',
          lookup: scene.callback('client', 'lookup option', (_name: string, _options: unknown, done: Lookup) => {
            done(null, [{ address: '127.0.0.1', family: 4 }])
          }),
        } as RequestOptions)
        .end()
    })
    await pair.end()
  },
}

/** What TLS beneath makes different: the rest is http's own, whatever it runs over. */
const overTls = ['an exchange', 'an upgrade', 'refused', 'cut short', 'destroyed by the program']

export function httpClientScenarios(protocol: Protocol): Record<string, Scenario> {
  const names = protocol === 'http' ? Object.keys(bodies) : overTls
  return Object.fromEntries(
    names.map(name => [
      `${protocol} client: ${name}`,
      scene => (bodies[name] as Body)(new Pair(scene, protocol), scene),
    ]),
  )
}

const TIMEOUT_MS = 40

type Lookup = (error: null, addresses: { address: string; family: number }[]) => void

/** What the server does with a piece of text that came. */
type Answer = (socket: Socket, text: string) => unknown

function response(body: string): string {
  return `HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`
}

function answer(body: string): Answer {
  return socket => socket.write(response(body))
}

function takeOver(scene: Scene, request: ClientRequest, event: string): void {
  scene.on('client', 'request', request, event, (_response: IncomingMessage, socket: Duplex, head: Buffer) => {
    scene.note('client', 'head', String(head))
    for (const event of ['end', 'finish', 'close', 'error']) scene.on('client', 'upgraded socket', socket, event)
    scene.on('client', 'upgraded socket', socket, 'data')
    socket.write('hello', scene.callback('client', 'upgraded write()'))
  })
}

/** A server of plain sockets, and an agent under test that asks it. */
class Pair {
  readonly #scene: Scene
  readonly #protocol: Protocol
  readonly #connections: Socket[] = []
  readonly #seen = new WeakSet<Socket>()
  #server: net.Server | tls.Server | undefined
  #agent: Agent | undefined
  #answer: Answer = () => {}

  constructor(scene: Scene, protocol: Protocol) {
    this.#scene = scene
    this.#protocol = protocol
  }

  /** @returns the newest connection */
  async serve(answer: Answer, agentOptions: Record<string, unknown> = {}): Promise<() => Socket> {
    this.#answer = answer
    const { http, https } = this.#scene.modules
    const { Agent } = this.#protocol === 'http' ? http : https
    this.#agent = new Agent({ keepAlive: true, ...agentOptions })
    if (this.#protocol === 'https') this.#scene.on('client', 'agent', this.#agent, 'keylog')
    const accept = (socket: Socket) => {
      this.#connections.push(socket)
      socket.setNoDelay(true)
      // Named by what is asked on it: a connection on which nothing is asked may have been opened, or not.
      socket.once('data', data => {
        const name = `connection of ${String(data).split(' ', 2)[1]}`
        this.#scene.observe('server', name, socket, ['data', 'end', 'error', 'close'])
        socket.emit('data', data)
        socket.on('data', data => this.#answer(socket, String(data)))
        this.#answer(socket, String(data))
      })
    }
    this.#server =
      this.#protocol === 'http'
        ? net.createServer(accept)
        : tls.createServer({ key: localhost.key, cert: localhost.cert }, accept)
    await this.#scene.step('listens', () => this.#server?.listen(0, '127.0.0.1'))
    return () => this.#connections.at(-1) as Socket
  }

  request(name: string, options: RequestOptions = {}): ClientRequest {
    const { http, https } = this.#scene.modules
    const module = this.#protocol === 'http' ? http : https
    const request = module.request({
      ...this.#address(),
      agent: this.#agent,
      path: `/${name.replace(' ', '-')}`,
      ...options,
    } as RequestOptions)
    this.#scene.watch('client', name, request, requestEvents)
    this.#scene.on('client', name, request, 'socket', (socket: Socket) => this.#watchSocket(socket))
    this.#scene.on('client', name, request, 'response', (message: IncomingMessage) => {
      this.#scene.watch('client', `response to ${name}`, message, messageEvents)
      this.#scene.on('client', `response to ${name}`, message, 'data')
    })
    return request
  }

  /** A socket of the modules under test, on its way to the server. */
  connect(): Socket {
    const { net, tls } = this.#scene.modules
    return this.#protocol === 'http' ? net.connect(this.#address()) : tls.connect(this.#address())
  }

  stop(): void {
    this.#server?.close()
  }

  /** The agent still works, and when it is destroyed nothing stays. */
  async end(): Promise<void> {
    this.#answer = answer('last')
    if (this.#server?.listening === true) {
      await this.#scene.step('asks a last time', () => this.request('last request').end())
    }
    await this.#scene.step('destroys the agent', () => {
      this.#agent?.destroy()
      this.#server?.close(() => this.#scene.note('server', 'server', 'closed'))
    })
  }

  #watchSocket(socket: Socket): void {
    if (this.#seen.has(socket)) return
    this.#seen.add(socket)
    const events = this.#protocol === 'http' ? socketEvents : tlsSocketEvents
    this.#scene.watch('client', 'socket', socket, [...events, 'free', 'agentRemove'])
  }

  #address() {
    const { port } = (this.#port ??= this.#server?.address() as AddressInfo)
    return { port, host: '127.0.0.1', servername: 'localhost', ca: authority.cert }
  }
  #port: AddressInfo | undefined
}
