// A peer that goes away, at every point of a handshake: the other end fails and says so, at once and once; it neither waits nor
// takes it for an end.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { describe, it, type TestContext } from 'node:test'
import net from '../../src/net/index.ts'
import { connect, listen } from './pair.ts'

/** Passes on so many bytes of one side, and then ends both connections. */
async function relay(t: TestContext, to: number, side: 'client' | 'server', bytes: number): Promise<number> {
  const server = net.createServer(near => {
    const far = net.connect(to, '127.0.0.1')
    let left = bytes
    const [counted, other] = side === 'client' ? [near, far] : [far, near]
    const cut = () => {
      near.end()
      far.end()
    }
    counted.on('data', (chunk: Buffer) => {
      other.write(chunk.subarray(0, left))
      left = Math.max(0, left - chunk.length)
      if (left === 0) cut()
    })
    if (bytes === 0) setImmediate(cut)
    other.on('data', (chunk: Buffer) => counted.write(chunk))
    for (const one of [near, far]) one.on('error', () => {})
    near.on('close', () => far.destroy())
    far.on('close', () => near.destroy())
    t.after(() => near.destroy())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => server.close())
  return (server.address() as { port: number }).port
}

describe('a connection that breaks off', () => {
  for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
    for (const side of ['client', 'server'] as const) {
      it(`within what the ${side} says, ${version}`, async t => {
        const versions = { minVersion: version, maxVersion: version } as const
        // All within the first flight of either.
        for (const bytes of [0, 1, 4, 5, 6, 9, 50, 100, 150]) {
          const { port, server } = await listen(t, versions)
          server.on('secureConnection', () => assert.fail('it was secured'))
          const failures: string[] = []
          server.on('tlsClientError', (error: Error & { code?: string }) => failures.push(String(error.code)))
          const socket = connect(t, await relay(t, port, side, bytes))
          const errors: (string | undefined)[] = []
          socket.on('error', (error: Error & { code?: string }) => errors.push(error.code))
          await new Promise(resolve => socket.on('close', resolve))
          assert.deepEqual(errors, ['ECONNRESET'], `${bytes} bytes`)
          server.close()
          await once(server, 'close')
          assert.deepEqual(failures, ['ECONNRESET'], `${bytes} bytes`)
        }
      })
    }
  }
})
