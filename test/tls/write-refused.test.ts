// A handshake that fails where something was written already: the error is that of the write, as in Node, whose https requests write
// before they are secure. The same connections by node:tls and node:https of this runtime.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import nodeHttps from 'node:https'
import { describe, it, type TestContext } from 'node:test'
import nodeTls from 'node:tls'
import https from '../../src/https/index.ts'
import net from '../../src/net/index.ts'
import tls from '../../src/tls/index.ts'
import { wrongCertificates } from './certificates.ts'
import { listen } from './pair.ts'

interface Told extends Error {
  readonly code?: string
  readonly errno?: number
  readonly syscall?: string
  readonly library?: string
  readonly reason?: string
}

/** Without what OpenSSL says of itself: thread, function, file and line. */
function described(error: Told) {
  const { code, errno, syscall, library, reason } = error
  const message = error.message
    .replace(/[0-9A-F]{16}:error/, 'error')
    .replace(/SSL routines:\w*:/, 'SSL routines::')
    .replace(/:\S*\.c:\d+/, '')
    .replace(/:?\n$/, '')
  return { message, code, errno, syscall, library, reason }
}

const peers: Readonly<Record<string, (t: TestContext) => Promise<{ port: number; options?: object }>>> = {
  'speaks plain HTTP': async t => {
    const server = net.createServer(socket => {
      socket.on('error', () => {}).once('data', () => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'))
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    t.after(() => server.close())
    return { port: (server.address() as { port: number }).port }
  },
  'has only newer versions': async t => ({
    port: (await listen(t, { minVersion: 'TLSv1.3' })).port,
    options: { maxVersion: 'TLSv1.2' },
  }),
  'has only older versions': async t => ({
    port: (await listen(t, { maxVersion: 'TLSv1.2' })).port,
    options: { minVersion: 'TLSv1.3' },
  }),
}

describe('a handshake that fails, with a peer that', () => {
  for (const [title, open] of Object.entries(peers)) {
    it(title, async t => {
      const { port, options } = await open(t)
      const all = { host: '127.0.0.1', port, rejectUnauthorized: false, ...options }

      const heard = async (module: Pick<typeof nodeTls, 'connect'>, writes: boolean) => {
        const log: unknown[] = []
        const socket = module.connect(all)
        socket.on('error', error => log.push(['error', described(error)]))
        if (writes) socket.write('hello', error => log.push(['write', error && described(error)]))
        await new Promise<void>(resolve => socket.on('close', () => resolve()))
        return log
      }
      const requested = (module: Pick<typeof nodeHttps, 'get'>) =>
        new Promise<Error>(resolve => void module.get({ ...all, agent: false }).on('error', resolve))

      const ourTls = tls as unknown as typeof nodeTls
      assert.deepEqual(await heard(ourTls, false), await heard(nodeTls, false))
      const written = await heard(ourTls, true)
      assert.deepEqual(written, await heard(nodeTls, true))
      assert.equal(JSON.stringify(written).match(/EPROTO"/g)?.length, 2)
      const ofRequest = described(await requested(https as unknown as typeof nodeHttps))
      assert.deepEqual(ofRequest, described(await requested(nodeHttps)))
      assert.equal(ofRequest.code, 'EPROTO')
    })
  }

  it("shows another's certificate: that is no failure of the write", async t => {
    const other = wrongCertificates['another name']
    const { port } = await listen(t, { cert: other?.cert, key: other?.key })
    const socket = tls.connect({ host: '127.0.0.1', port })
    socket.write('hello')
    const error = await new Promise<Told>(resolve => socket.on('error', resolve))
    assert.equal(error.code, 'UNABLE_TO_VERIFY_LEAF_SIGNATURE')
  })
})

describe('a write that waits for a handshake which the peer cuts off', () => {
  for (const undestroys of [false, true]) {
    it(`is reported as by this runtime${undestroys ? ', where a listener has undestroyed the socket' : ''}`, async t => {
      const server = net.createServer(socket => socket.destroy())
      server.listen(0, '127.0.0.1')
      await once(server, 'listening')
      t.after(() => server.close())
      const { port } = server.address() as { port: number }

      const codeBy = (module: Pick<typeof nodeTls, 'connect'>) =>
        new Promise<unknown>(resolve => {
          const socket = module.connect({ host: '127.0.0.1', port })
          socket.on('error', () => {
            if (undestroys) (socket as unknown as { _undestroy(): void })._undestroy()
          })
          socket.write('hello', error => resolve((error as Told | null | undefined)?.code))
        })
      assert.deepEqual(await codeBy(tls as never), await codeBy(nodeTls))
    })
  }
})
