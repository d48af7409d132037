// Connections that a peer has reset while their owner neither reads nor writes.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { connect, createServer, type Socket } from '../../../src/net/index.ts'
import { Network } from '../../../src/sim/index.ts'

test('time goes on while nobody looks at a half-open connection that was reset', { timeout: 20_000 }, async () => {
  const network = new Network({ seed: 1 })
  const lan = network.switch({ latency: '0ms' })
  const [near, far] = ['near', 'far'].map(name => network.host(name, { nics: [lan] }))
  assert.ok(near && far)
  const accepted: Socket[] = []
  far.run(() => createServer({ allowHalfOpen: true }, socket => accepted.push(socket.resume())).listen(80))
  await network.run('5ms')
  const client = near.run(() => connect({ port: 80, host: 'far' }))
  await network.run('5ms')
  client.destroy()
  await network.run('5ms')
  const [server] = accepted
  assert.ok(server?.readableEnded && !server.destroyed)
  const events: string[] = []
  server.on('error', (error: NodeJS.ErrnoException) => events.push(String(error.code)))
  server.write('answered by a reset')
  // Each turn asked for another one, in which there was nothing to do either.
  await network.run('5ms')
  assert.deepEqual(events, [])
  server.write('noticed')
  await network.run('5ms')
  assert.deepEqual(events, ['EPIPE'])
  network.close()
})
