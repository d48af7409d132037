// An HTTPS server and its clients on loopback, closed with their test.

import { type EventEmitter, once } from 'node:events'
import type { TestContext } from 'node:test'
import https from '../../src/https/index.ts'
import { authority, localhost } from '../tls/certificates.ts'

type Server = ReturnType<typeof https.createServer>
type Listener = Parameters<typeof https.createServer>[1]
type Request = ReturnType<typeof https.request>
type Response = NonNullable<Request['res']>

export async function serve(t: TestContext, listener: Listener, options: Record<string, unknown> = {}) {
  const server = https.createServer({ key: localhost.key, cert: localhost.cert, ...options }, listener)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  return { server, port: (server.address() as { port: number }).port }
}

export interface ClientOptions extends Record<string, unknown> {
  readonly agent: EventEmitter & { destroy(): void }
}

/** What every client here gives: trusts the tests' authority, and keeps to an agent of its own. */
export function clientOptions(t: TestContext, port: number, agentOptions: Record<string, unknown> = {}): ClientOptions {
  const agent = new https.Agent({ keepAlive: true, ...agentOptions })
  t.after(() => agent.destroy())
  return { host: 'localhost', family: 4, port, ca: authority.cert, agent }
}

export interface Answer {
  readonly response: Response
  readonly request: Request
  readonly text: string
  readonly socket: unknown
}

/** Sends a request and reads its answer to the end. */
export async function ask(options: Record<string, unknown>, body?: string): Promise<Answer> {
  const request = https.request(options)
  request.end(body)
  const [response] = (await once(request, 'response')) as [Response]
  const { socket } = response
  let text = ''
  response.setEncoding('utf8')
  for await (const chunk of response) text += chunk
  await new Promise(resolve => setImmediate(resolve))
  return { response, request, text, socket }
}

export type { Request, Response, Server }
