import { once } from 'node:events'
import type { ClientRequest, IncomingMessage, RequestOptions, ServerResponse } from 'node:http'
import nodeNet, { type Socket } from 'node:net'
import nodeTls from 'node:tls'
import type { Modules } from '../../support/implementations.ts'
import { authority, localhost } from '../../tls/certificates.ts'
import { close, closed, listen, type PrepareWay, unusedPort, type Way, type Ways } from '../way.ts'

type Protocol = 'http' | 'https'

type Exchange = [IncomingMessage, ServerResponse]

interface Pair {
  readonly server: ReturnType<Modules['http']['createServer']>
  readonly port: number
  request(options?: RequestOptions): ClientRequest
  /** A client that speaks bytes. */
  raw(): Socket
}

const bodies: Readonly<Record<string, (pair: Pair) => Way['round']>> = {
  'a request aborted by the client': pair => async () => {
    const exchange = nextExchange(pair)
    const request = pair.request({ method: 'POST' })
    const failed = closed(request)
    request.write('a part')
    const [incoming, response] = await exchange
    const ends = closed(incoming, response)
    request.destroy()
    await Promise.all([failed, ends])
  },

  'a response aborted by the server': pair => async () => {
    const exchange = nextExchange(pair)
    const request = pair.request()
    request.end()
    const [, response] = await exchange
    response.write('a part')
    const [message] = (await once(request, 'response')) as [IncomingMessage]
    const ends = closed(request, message, response)
    message.resume()
    response.destroy()
    await ends
  },

  'a response that is not read': pair => async () => {
    const exchange = nextExchange(pair)
    const request = pair.request()
    request.end()
    const [, response] = await exchange
    response.end(Buffer.alloc(1000))
    const [message] = (await once(request, 'response')) as [IncomingMessage]
    const ends = closed(request, message)
    message.destroy()
    await ends
  },

  'an upgrade': pair => async () => {
    const upgraded = new Promise<Socket>(resolve =>
      pair.server.once('upgrade', (_request, socket) => resolve(socket as Socket)),
    )
    const request = pair.request({ headers: { Connection: 'upgrade', Upgrade: 'x' } })
    request.end()
    const socket = await upgraded
    socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n')
    const [, clientSocket] = (await once(request, 'upgrade')) as [IncomingMessage, Socket]
    const ends = closed(socket.resume(), clientSocket)
    clientSocket.destroy()
    socket.on('end', () => socket.destroy())
    await ends
  },

  'a tunnel': pair => async () => {
    const connected = new Promise<Socket>(resolve =>
      pair.server.once('connect', (_request, socket) => resolve(socket as Socket)),
    )
    const request = pair.request({ method: 'CONNECT', path: 'a:80' })
    request.end()
    const socket = await connected
    socket.write('HTTP/1.1 200 Connected\r\n\r\n')
    const [, clientSocket] = (await once(request, 'connect')) as [IncomingMessage, Socket]
    const ends = closed(socket, clientSocket.resume())
    socket.destroy()
    await ends
  },

  'a tunnel that is refused': pair => async () => {
    const connected = new Promise<Socket>(resolve =>
      pair.server.once('connect', (_request, socket) => resolve(socket as Socket)),
    )
    const request = pair.request({ method: 'CONNECT', path: 'a:80' })
    request.end()
    const socket = await connected
    socket.end('HTTP/1.1 407 Proxy Authentication Required\r\n\r\n')
    const [, clientSocket] = (await once(request, 'connect')) as [IncomingMessage, Socket]
    const ends = closed(socket, clientSocket.resume())
    clientSocket.end()
    socket.resume()
    await ends
  },

  'what is no HTTP': pair => async () => {
    const client = pair.raw()
    const ends = closed(client)
    client.resume().write('rubbish\r\n\r\n')
    await ends
  },

  'a request that times out': pair => async () => {
    const request = pair.request({ timeout: 1 })
    request.on('timeout', () => request.destroy())
    const ends = closed(request)
    request.end()
    await ends
  },
}

export function httpWays(protocol: Protocol): Ways {
  const alike = Object.entries(bodies).map(([name, body]) => [`${protocol}: ${name}`, withPair(protocol, body)])
  return {
    ...Object.fromEntries(alike),

    async [`${protocol}: refused`](modules: Modules) {
      const port = await unusedPort(modules)
      return {
        round: () => closed(modules[protocol].get({ port, host: '127.0.0.1', agent: false })),
      }
    },

    async [`${protocol}: an agent that is destroyed`](modules: Modules) {
      const { server, port } = await serve(modules, protocol, (_request, response) => response.end('ok'))
      const module = modules[protocol]
      return {
        async round() {
          const agent = new module.Agent({ keepAlive: true, maxSockets: 2 })
          const requests = [1, 2].map(() => module.get({ ...address(port), agent } as RequestOptions))
          const [first] = requests as [ClientRequest]
          const [response] = (await once(first, 'response')) as [IncomingMessage]
          const ends = closed(...requests, response)
          response.resume()
          agent.destroy()
          await ends
        },
        end: () => close(server),
      }
    },

    async [`${protocol}: a server that closes`](modules: Modules) {
      // Each round's server has a port, and so a TLS session, of its own.
      const agent = new modules[protocol].Agent({ keepAlive: true, maxCachedSessions: 4 })
      return {
        async round() {
          const { server, port } = await serve(modules, protocol, (_request, response) => response.end('ok'))
          const request = modules[protocol].get({ ...address(port), agent } as RequestOptions)
          const [response] = (await once(request, 'response')) as [IncomingMessage]
          const { socket } = response
          response.resume()
          await once(response, 'end')
          const ends = closed(socket)
          await Promise.all([close(server), ends])
        },
        async end() {
          agent.destroy()
        },
      }
    },
  }
}

function withPair(protocol: Protocol, body: (pair: Pair) => Way['round']): PrepareWay {
  return async modules => {
    const { server, port } = await serve(modules, protocol, () => {})
    const agent = new modules[protocol].Agent({ keepAlive: true })
    const pair: Pair = {
      server,
      port,
      request: (options = {}) => modules[protocol].request({ ...address(port), agent, ...options } as RequestOptions),
      raw: () =>
        protocol === 'http'
          ? nodeNet.connect(port, '127.0.0.1')
          : nodeTls.connect({ ...address(port), ca: authority.cert }),
    }
    return {
      round: body(pair),
      async end() {
        agent.destroy()
        server.closeAllConnections()
        await close(server)
      },
    }
  }
}

async function serve(
  modules: Modules,
  protocol: Protocol,
  handle: (request: IncomingMessage, response: ServerResponse) => void,
) {
  const { http, https } = modules
  const server =
    protocol === 'http'
      ? http.createServer(handle)
      : https.createServer({ key: localhost.key, cert: localhost.cert }, handle)
  return { server, port: await listen(server) }
}

function address(port: number) {
  return { port, host: '127.0.0.1', servername: 'localhost', ca: authority.cert }
}

function nextExchange({ server }: Pair): Promise<Exchange> {
  return new Promise(resolve => {
    server.once('request', (request, response) => resolve([request, response]))
  })
}
