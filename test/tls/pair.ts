// A TLS server and its clients on loopback, closed with their test.

import { once } from 'node:events'
import type { TestContext } from 'node:test'
import tls from '../../src/tls/index.ts'
import type { TlsServerOptions } from '../../src/tls/internal.ts'
import { authority, localhost } from './certificates.ts'

type Socket = ReturnType<typeof tls.connect>
type Server = ReturnType<typeof tls.createServer>

export interface Listening {
  readonly server: Server
  readonly port: number
}

export async function listen(
  t: TestContext,
  options: TlsServerOptions = {},
  onSecure: (socket: Socket) => void = () => {},
): Promise<Listening> {
  const server = tls.createServer({ key: localhost.key, cert: localhost.cert, ...options }, socket => {
    t.after(() => socket.destroy())
    onSecure(socket)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => server.close())
  return { server, port: (server.address() as { port: number }).port }
}

/** Trusts the tests' authority, and wants `localhost`. */
export function connect(t: TestContext, port: number, options: Record<string, unknown> = {}): Socket {
  const socket = tls.connect({ host: '127.0.0.1', port, ca: authority.cert, servername: 'localhost', ...options })
  t.after(() => socket.destroy())
  return socket
}

export async function secured(socket: Socket): Promise<Socket> {
  await once(socket, 'secureConnect')
  return socket
}

/** What the socket fails with; fails itself where it does not. */
export async function failure(socket: Socket): Promise<Error & { code?: string }> {
  return new Promise((resolve, reject) => {
    socket.once('error', resolve)
    socket.once('secureConnect', () => reject(new Error('it was secured')))
  })
}

export async function textOf(socket: Socket): Promise<string> {
  let text = ''
  socket.setEncoding('utf8')
  for await (const chunk of socket) text += chunk
  return text
}

export type { Server, Socket }
