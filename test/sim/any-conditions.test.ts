// Two programs exchange bytes over whatever a link may do to frames: all of it arrives, in order, and both ends close as they
// should; or nobody was found there, and the client is told. More seeds: PLAINWIRE_FUZZ=5000.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SeededRandom } from '../../src/host/seeded-random.ts'
import * as net from '../../src/net/index.ts'
import { Network, type SwitchOptions } from '../../src/sim/index.ts'

const seeds = Number(process.env['PLAINWIRE_FUZZ'] ?? 40)

interface Told {
  readonly chunks: Buffer[]
  readonly events: string[]
}

function listen(socket: net.Socket, told: Told): net.Socket {
  return socket
    .on('data', (chunk: Buffer) => told.chunks.push(chunk))
    .on('end', () => told.events.push('end'))
    .on('error', (error: Error & { code?: string }) => told.events.push(String(error.code)))
    .on('close', () => told.events.push('close'))
}

test('whatever a link does, what is sent arrives whole', async () => {
  for (let seed = 1; seed <= seeds; seed++) {
    const random = new SeededRandom(seed)
    const chance = () => random.uint32() / 2 ** 32
    const bytes = (size: number) => Buffer.from(random.bytes(Math.floor(size)))
    const conditions = conditionsFrom(chance)
    const network = new Network({ seed })
    const lan = network.switch(conditions)
    const server = network.host('server', { nics: [lan] })
    const client = network.host('client', { nics: [lan] })
    const [question, answer] = [bytes(chance() * 200_000), bytes(chance() * 200_000)]
    const [atServer, atClient]: Told[] = [
      { chunks: [], events: [] },
      { chunks: [], events: [] },
    ]
    assert.ok(atServer && atClient)
    const isSlow = chance() < 0.3
    server.run(() =>
      net
        .createServer({ allowHalfOpen: true }, socket => {
          listen(socket, atServer).on('end', () => socket.end(answer))
          if (!isSlow) return
          socket.on('data', () => {
            socket.pause()
            setTimeout(() => socket.resume(), 20)
          })
        })
        .listen(80),
    )
    const done = client.run(
      () =>
        new Promise<void>(resolve => {
          const socket = net.connect({ port: 80, host: 'server', allowHalfOpen: true })
          listen(socket, atClient).on('close', () => resolve())
          for (let at = 0; at < question.length; at += 7000) socket.write(question.subarray(at, at + 7000))
          socket.end()
        }),
    )
    await network.until(done, { within: '2h' })
    await network.run('60s')
    network.close()
    const about = `seed ${seed}: ${JSON.stringify(conditions)}`
    if (atClient.events[0] === 'EHOSTUNREACH') {
      assert.deepEqual(atClient.events, ['EHOSTUNREACH', 'close'], about)
      continue
    }
    assert.deepEqual(
      [atClient.events, atServer.events],
      [
        ['end', 'close'],
        ['end', 'close'],
      ],
      about,
    )
    assert.ok(Buffer.concat(atServer.chunks).equals(question), about)
    assert.ok(Buffer.concat(atClient.chunks).equals(answer), about)
  }
})

function conditionsFrom(chance: () => number): SwitchOptions {
  const isIpv6 = chance() < 0.5
  return {
    subnet: isIpv6 ? 'fd00::/64' : '10.0.0.0/24',
    mtu: (isIpv6 ? 1280 : 300) + Math.floor(chance() * 220),
    latency: chance() * 50,
    jitter: chance() * 20,
    loss: chance() * 0.15,
    duplication: chance() * 0.1,
    reordering: chance() * 0.2,
    corruption: chance() * 0.05,
    queue: 5 + Math.floor(chance() * 200),
    bandwidth: chance() < 0.5 ? 10e6 : 1e6,
  }
}
