// What a session makes of a connection that is closed under it: what it still had to say is no error of the session.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { Duplex } from 'node:stream'
import { it } from 'node:test'
import { systemError } from '../../src/core/errors.ts'
import { MemoryHost } from '../../src/host/index.ts'
import type { Connection, ConnectionSink, ConnectTarget } from '../../src/host/types.ts'
import { settings } from '../support/h2-peer.ts'
import { type ClientSession, http2 } from './peers.ts'

/** Its connections find, once asked to, that the peer has closed them when something is written. */
class BreakingHost extends MemoryHost {
  readonly connections: Connection[] = []

  override connect(target: ConnectTarget, sink: ConnectionSink): Connection {
    const connection = super.connect(target, sink)
    this.connections.push(connection)
    return connection
  }

  break(code: 'EPIPE' | 'ECONNRESET'): void {
    for (const connection of this.connections) {
      connection.write = () => {
        queueMicrotask(() => {
          const { sink } = connection
          connection.destroy()
          sink.onError(systemError(code, 'write'))
          sink.onClose(true)
        })
        return false
      }
    }
  }
}

/** What the session, its socket and one request emit of their end. */
function watch(session: ClientSession): { log: string[]; request: ReturnType<ClientSession['request']> } {
  const log: string[] = []
  const request = session.request({ ':method': 'POST' })
  request.on('error', error => log.push(`request ${error.message}`))
  request.on('close', () => log.push(`request closed ${request.rstCode}`))
  session.on('error', error => log.push(`session ${error.message}`))
  session.on('close', () => log.push('session closed'))
  request.resume()
  return { log, request }
}

for (const code of ['EPIPE', 'ECONNRESET'] as const)
  it(`a write that finds the connection closed (${code}): its close, and no error`, async () => {
    const host = new BreakingHost()
    await host.run(async () => {
      const server = http2.createServer().listen(80)
      await once(server, 'listening')
      const session = http2.connect('http://127.0.0.1')
      const { log, request } = watch(session)
      await once(session, 'remoteSettings')
      session.socket.on('error', error => log.push(`socket ${error.message}`))
      host.break(code)
      request.write('late')
      await once(session, 'close')
      assert.deepEqual(log, ['request closed 8', 'session closed'])
      server.close()
    })
  })

it('once the peer has ended its side, nothing is written behind the end of ours', async () => {
  let finish = (): void => {}
  const side = new Duplex({
    autoDestroy: false,
    read() {},
    write: (_chunk, _encoding, done) => done(),
    final(done) {
      finish = done
    },
  })
  const session = http2.connect('http://a', { createConnection: () => side })
  const { log, request } = watch(session)
  side.push(settings())
  await once(session, 'remoteSettings')
  side.push(null)
  await once(side, 'end')
  request.write('late')
  for (let turn = 0; turn < 3; turn++) await new Promise(setImmediate)
  assert.deepEqual(log, [])
  finish()
  await once(session, 'close')
  assert.deepEqual(log, ['request closed 8', 'session closed'])
})
