// server.close() with sessions open, and the order in which a server, its sockets and its sessions emit 'close'. Each scene is
// played with the runtime's module as well: what server.close() does to sessions depends on Node's version.

import assert from 'node:assert/strict'
import { type EventEmitter, once } from 'node:events'
import builtIn from 'node:http2'
import type { AddressInfo } from 'node:net'
import { describe, it } from 'node:test'
import * as ours from '../../src/http2/index.ts'
import { authority, localhost } from '../tls/certificates.ts'

type Http2 = typeof builtIn
type Ending = (client: builtIn.ClientHttp2Session, session: builtIn.ServerHttp2Session) => void

const endings: Readonly<Record<string, Ending>> = {
  'the client destroys its session': client => void client.destroy(),
  'the client closes its session': client => void client.close(),
  'the server destroys its session': (_client, session) => void session.destroy(),
  'the server destroys its session with an error': (_client, session) => void session.destroy(new Error('enough')),
}

function makeServer(http2: Http2, isSecure: boolean): builtIn.Http2Server | builtIn.Http2SecureServer {
  return isSecure ? http2.createSecureServer({ key: localhost.key, cert: localhost.cert }) : http2.createServer()
}

async function connected(server: builtIn.Http2Server | builtIn.Http2SecureServer, isSecure: boolean) {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const accepted = once(server, 'session') as Promise<[builtIn.ServerHttp2Session]>
  const client = builtIn.connect(`${isSecure ? 'https' : 'http'}://localhost:${port}`, { ca: authority.cert })
  client.on('error', () => {})
  const [session] = await accepted
  session.on('error', () => {})
  await once(client, 'remoteSettings')
  return { client, session }
}

/** Unlike once(), which fails with 'error'. */
function closeOf(emitter: EventEmitter): Promise<void> {
  return new Promise(resolve => emitter.once('close', () => resolve()))
}

/** Who emits 'close', in order, once the server is closing and its one session ends. */
async function closingOrder(http2: Http2, isSecure: boolean, showsSocket: boolean, end: Ending): Promise<string[]> {
  const log: string[] = []
  const server = makeServer(http2, isSecure)
  if (showsSocket) {
    server.on(isSecure ? 'secureConnection' : 'connection', socket => socket.on('close', () => log.push('socket')))
  }
  const { client, session } = await connected(server, isSecure)
  server.on('close', () => log.push('server'))
  session.on('close', () => log.push('session'))
  const closed = [closeOf(session), closeOf(client)]
  server.close(() => log.push('callback'))
  end(client, session)
  await Promise.all(closed)
  return log
}

describe("a closing server emits 'close' before its socket and its session do", () => {
  for (const isSecure of [false, true]) {
    for (const [name, end] of Object.entries(endings)) {
      for (const showsSocket of [false, true]) {
        it(`${name}${isSecure ? ', over TLS' : ''}${showsSocket ? ', with its socket shown' : ''}`, async () => {
          const expected = ['server', 'callback', ...(showsSocket ? ['socket'] : []), 'session']
          assert.deepEqual(await closingOrder(ours as unknown as Http2, isSecure, showsSocket, end), expected)
        })
      }
    }
  }

  it("as the runtime's does", async () => {
    for (const isSecure of [false, true]) {
      assert.deepEqual(
        await closingOrder(builtIn, isSecure, false, endings['the client destroys its session'] as Ending),
        ['server', 'callback', 'session'],
      )
    }
  })
})

/** A request on a session that was open when its server closed: answered, or not, and the session's end. */
async function afterClose(http2: Http2): Promise<string[]> {
  const log: string[] = []
  const server = makeServer(http2, false).on('stream', stream => {
    stream.respond({}, { endStream: true })
  })
  const { client, session } = await connected(server, false)
  server.close()
  log.push(`closed ${session.closed}`)
  const request = client.request()
  request.on('response', () => log.push('response'))
  request.on('error', error => log.push((error as NodeJS.ErrnoException).code ?? ''))
  await closeOf(request.resume())
  const closed = closeOf(session)
  client.close()
  await closed
  return log
}

it('server.close() leaves open sessions, or closes them, as the Node that it runs on does', async () => {
  const expected = await afterClose(builtIn)
  assert.deepEqual(await afterClose(ours as unknown as Http2), expected)
  const isOld = Number.parseInt(process.versions.node, 10) < 24
  assert.deepEqual(expected, isOld ? ['closed false', 'response'] : ['closed true', 'ERR_HTTP2_STREAM_ERROR'])
})
