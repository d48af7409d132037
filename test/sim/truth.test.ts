// Whether simulated TCP is as quick, and as slow, as life: throughput against the link's bandwidth and against the estimate
// of Mathis, Semke and Mahdavi ("The Macroscopic Behavior of the TCP Congestion Avoidance Algorithm", 1997).

import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as net from '../../src/net/index.ts'
import { Network, type SwitchOptions } from '../../src/sim/index.ts'

/** @returns bits per second that arrive, from second to second */
async function bulk(options: SwitchOptions, from: number, to: number, seed = 1): Promise<number> {
  const network = new Network({ seed })
  const lan = network.switch({ subnet: '10.0.0.0/24', ...options })
  const server = network.host('server', { nics: [lan.nic('10.0.0.2/24')] })
  const client = network.host('client', { nics: [lan] })
  let received = 0
  server.run(() =>
    net
      .createServer(socket => {
        socket.on('data', chunk => {
          received += chunk.length
        })
      })
      .listen(80),
  )
  client.run(() => {
    const socket = net.connect(80, '10.0.0.2')
    const chunk = Buffer.alloc(64 * 1024)
    const fill = () => {
      while (socket.write(chunk)) {}
    }
    socket.on('connect', fill)
    socket.on('drain', fill)
  })
  await network.run(`${from}s`)
  const before = received
  await network.run(`${to - from}s`)
  network.close()
  return ((received - before) * 8) / (to - from)
}

test('a link without loss is used to 95 %', async () => {
  for (const options of [
    { bandwidth: '10mbit', latency: '1ms', queue: 100 },
    { bandwidth: '100mbit', latency: '10ms' },
    { bandwidth: '100mbit', latency: '40ms' },
  ]) {
    const bandwidth = options.bandwidth === '10mbit' ? 10e6 : 100e6
    const share = (await bulk(options, 2, 3)) / bandwidth
    assert.ok(share >= 0.95, `${JSON.stringify(options)}: ${share}`)
  }
})

test('with 1 % loss and 50 ms it is within a factor of two of the estimate', async () => {
  const estimate = ((1460 * 8) / 0.05) * Math.sqrt(1.5 / 0.01)
  for (const seed of [1, 2, 3]) {
    const factor = (await bulk({ latency: '25ms', loss: 0.01 }, 1, 31, seed)) / estimate
    assert.ok(factor >= 0.5 && factor <= 2, `seed ${seed}: ${factor}`)
  }
})
