// A server of ours and a client of ours on loopback, which end with the test.

import { once } from 'node:events'
import type builtIn from 'node:http2'
import type { AddressInfo } from 'node:net'
import type { TestContext } from 'node:test'
import * as ours from '../../src/http2/index.ts'

/** Ours as @types/node knows it. */
export const http2 = ours as unknown as typeof builtIn

export type ClientSession = builtIn.ClientHttp2Session
export type ServerSession = builtIn.ServerHttp2Session
export type ServerStream = builtIn.ServerHttp2Stream
export type Server = builtIn.Http2Server

export interface Pair {
  readonly server: Server
  readonly port: number
  readonly client: ClientSession
  readonly session: ServerSession
}

/** Both ends of one connection, open and with each other's settings. */
export async function pair(
  t: TestContext,
  serverOptions: builtIn.ServerOptions = {},
  clientOptions: builtIn.ClientSessionOptions = {},
): Promise<Pair> {
  const server = http2.createServer(serverOptions)
  const port = await listening(t, server)
  const accepted = once(server, 'session') as Promise<[ServerSession]>
  const client = http2.connect(`http://127.0.0.1:${port}`, clientOptions)
  client.on('error', () => {})
  t.after(() => client.destroy())
  await once(client, 'remoteSettings')
  const [session] = await accepted
  session.on('error', () => {})
  return { server, port, client, session }
}

export async function listening(t: TestContext, server: Server | builtIn.Http2SecureServer): Promise<number> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => server.close())
  return (server.address() as AddressInfo).port
}

/** Why a session that closes, or is over, refuses a request: the stream says it, or before Node 24 an exception. */
export async function refusalOf(session: ClientSession): Promise<NodeJS.ErrnoException> {
  const throws = Number.parseInt(process.versions.node, 10) < 24
  let stream: builtIn.ClientHttp2Stream
  try {
    stream = session.request()
  } catch (error) {
    if (throws) return error as NodeJS.ErrnoException
    throw error
  }
  if (throws) throw new Error('the request is not refused at once')
  return (await once(stream, 'error'))[0] as NodeJS.ErrnoException
}

/** The server's end of the next request. */
export async function nextStream({ server }: Pair): Promise<[ServerStream, builtIn.IncomingHttpHeaders]> {
  const [stream, headers] = (await once(server, 'stream')) as [ServerStream, builtIn.IncomingHttpHeaders]
  stream.on('error', () => {})
  return [stream, headers]
}

/** Both ends of one request, which the client has not ended. */
export async function exchange(
  both: Pair,
  headers: builtIn.OutgoingHttpHeaders = {},
  options: builtIn.ClientSessionRequestOptions = { endStream: false },
): Promise<{ request: builtIn.ClientHttp2Stream; stream: ServerStream; received: builtIn.IncomingHttpHeaders }> {
  const arriving = nextStream(both)
  const request = both.client.request(headers, options)
  request.on('error', () => {})
  const [stream, received] = await arriving
  return { request, stream, received }
}
