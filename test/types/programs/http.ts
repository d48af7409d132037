// A service and its client: callbacks, streams, agents, classes of one's own, the module as a namespace of types.

import * as namespace from 'plainwire/http'
import http, { type IncomingMessage, type RequestOptions, type ServerResponse } from 'plainwire/http'
import type { URL } from 'plainwire/url'

interface Reply {
  readonly status: number
  readonly headers: http.IncomingHttpHeaders
  readonly body: string
}

export function fetchText(options: RequestOptions | string | URL): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const request = http.get(options, response => {
      response.setEncoding('utf8')
      let body = ''
      response.on('data', (chunk: string) => {
        body += chunk
      })
      response.once('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }))
    })
    request.on('error', reject)
    request.on('socket', socket => socket.setNoDelay(true).on('timeout', () => request.destroy()))
    request.on('information', ({ statusCode }) => statusCode.toFixed())
  })
}

export class Context extends http.IncomingMessage {
  readonly startedAt = Date.now()
}

export class Answer<Request extends IncomingMessage = IncomingMessage> extends http.ServerResponse<Request> {
  json(value: unknown): this {
    return this.setHeader('content-type', 'application/json').end(JSON.stringify(value))
  }
}

const server = http.createServer({ IncomingMessage: Context, ServerResponse: Answer }, (request, response) => {
  const age: number = Date.now() - request.startedAt
  response.json({ age, path: request.url?.slice(1), host: request.headers.host, type: request.headers['content-type'] })
})
server.on('upgrade', (request, socket, head) => {
  socket.write(`HTTP/1.1 101 Switching Protocols\r\n\r\n${request.startedAt}`)
  const first: number | undefined = head[0]
  socket.end(first === undefined ? '' : String(first))
})
server.on('clientError', (error, socket) => socket.end(error.message))
server.listen({ port: 0, host: '127.0.0.1' }, () => {
  const address = server.address()
  if (address !== null && typeof address === 'object') address.port.toFixed()
})
server.keepAliveTimeout = 5_000
server.setTimeout(1000, socket => socket.destroy()).closeIdleConnections()

function plain(request: IncomingMessage, response: ServerResponse): void {
  response.writeHead(200, { 'x-count': 1, 'set-cookie': ['a=1', 'b=2'] })
  response.writeEarlyHints({ link: ['</a.css>; rel=preload'] })
  request.pipe(response)
  const cookies: string[] | undefined = request.headers['set-cookie']
  response.end(cookies?.join())
}
export const listener: http.RequestListener = plain
export const plainServer: http.Server = namespace.createServer(listener)

export class Pool extends http.Agent {
  override getName(options: http.ClientRequestArgs): string {
    return `pool:${super.getName(options)}`
  }
}

const agent = new Pool({ keepAlive: true, maxSockets: 4, scheduling: 'fifo' })
const request = http.request('http://localhost/', { agent, method: 'PUT', headers: { expect: '100-continue' } })
request.on('continue', () => request.end('body'))
request.on('response', response => response.resume())
const outgoing: http.OutgoingHttpHeaders = request.getHeaders()
request.setHeader('x-copy', Object.keys(outgoing))

export async function read(message: IncomingMessage): Promise<Uint8Array[]> {
  const chunks: Uint8Array[] = []
  for await (const chunk of message) chunks.push(chunk)
  return chunks
}

export const reason: string | undefined = http.STATUS_CODES[404]
export const isKnown: boolean = http.METHODS.includes('QUERY')
export const limit: number = namespace.maxHeaderSize

// @ts-expect-error there is no such option
http.get({ prot: 80 })
// @ts-expect-error a status is a number
http.createServer((_request, response) => response.writeHead('200'))
// @ts-expect-error an agent makes connections
http.request({ agent: { keepAlive: true } })
