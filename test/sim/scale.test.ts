// How large a simulated network may become: many machines, many open connections, in one process. PLAINWIRE_SCALE=10 makes it
// 1,000 machines and 10,000 connections, which are to stay below 1 GiB.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as net from '../../src/net/index.ts'
import { Network } from '../../src/sim/index.ts'

const scale = Number(process.env['PLAINWIRE_SCALE'] ?? 1)

test('many machines with many connections take little memory, and idle time passes at once', async () => {
  const network = new Network({ seed: 1 })
  const lan = network.switch({ latency: '1ms', subnet: '10.0.0.0/16' })
  const machines = Array.from({ length: 100 * scale }, (_, index) => network.host(`machine${index}`, { nics: [lan] }))
  const [server, ...clients] = machines
  assert.ok(server)
  const count = 1000 * scale
  let answered = 0
  server.run(() =>
    net.createServer(socket => socket.on('data', data => socket.write(data))).listen({ port: 80, backlog: count }),
  )
  const before = process.memoryUsage()
  for (let index = 0; index < count; index++) {
    clients[index % clients.length]?.run(() => {
      const socket = net.connect(80, 'machine0')
      socket.on('data', () => answered++)
      socket.write('hello')
    })
  }
  await network.run('20s')
  assert.equal(answered, count)
  const after = process.memoryUsage()
  const each = (after.heapUsed + after.external - before.heapUsed - before.external) / count
  // Garbage is in it, since a test cannot ask for its collection: live are some 10 KB.
  assert.ok(each < 90_000, `${Math.round(each)} bytes for each connection, both ends`)
  if (scale >= 10) assert.ok(after.rss < 2 ** 30, `${after.rss} bytes`)
  const start = performance.now()
  await network.run('1h')
  assert.ok(performance.now() - start < 1000)
  network.close()
})
