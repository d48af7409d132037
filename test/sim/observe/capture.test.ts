import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as http from '../../../src/http/index.ts'
import { Network } from '../../../src/sim/index.ts'

async function exchange() {
  const network = new Network({ seed: 3 })
  const lan = network.switch({ latency: '1ms' })
  const server = network.host('server', { nics: [lan.nic('10.0.0.1/24')] })
  const client = network.host('client', { nics: [lan.nic('10.0.0.2/24')] })
  server.run(() => http.createServer((_, response) => response.end('hello')).listen(80))
  const [all, ofClient] = [network.capture(), client.capture()]
  const get = () => new Promise(resolve => http.get('http://server/', { agent: false }, resolve))
  await network.until(client.run(get))
  return { network, server, client, all, ofClient, get }
}

test('a ladder shows the textbook order', async () => {
  const { all } = await exchange()
  const arrows = all
    .ladder({ spacing: 44 })
    .split('\n')
    .slice(1, -1)
    .map(line =>
      line
        .replace(/^ *[\d.]+ s +\|?/, '')
        .replace(/[-|]+/g, '')
        .trim(),
    )
  assert.deepEqual(arrows.slice(0, 7), [
    'ARP who has 10.0.0.1? >',
    '< ARP 10.0.0.1 is at 02:00:00:00:00:01',
    'SYN >',
    '< SYN, ACK',
    'ACK >',
    'GET / HTTP/1.1 (51 bytes) >',
    arrows[6],
  ])
  assert.match(arrows[6] as string, /^< HTTP\/1\.1 200 OK/)
})

test('a host sees both directions, the network each packet once', async () => {
  const { all, ofClient } = await exchange()
  assert.deepEqual(new Set(all.packets.map(({ direction }) => direction)), new Set(['out']))
  assert.equal(ofClient.packets.length, all.packets.length)
  assert.ok(ofClient.packets.some(({ direction }) => direction === 'in'))
  assert.ok(ofClient.packets.every(({ nic }) => nic.owner.name === 'client'))
})

test('a file has names, secrets and comments', async () => {
  const { network, client, server, all, get } = await exchange()
  all.addSecret(Buffer.from('CLIENT_RANDOM 00 11\n'))
  network.partition(client, server, { for: '1s' })
  await network.until(client.run(get))
  const bytes = Buffer.from(all.toPcapng())
  for (const text of [
    'plainwire: network, seed 3',
    'server/eth0',
    'client/eth0',
    'CLIENT_RANDOM 00 11\n',
    'lost on the way',
  ]) {
    assert.ok(bytes.includes(text), text)
  }
})

test('what is stopped grows no more', async () => {
  const { network, client, all, get } = await exchange()
  all.stop()
  const { length } = all.packets
  await network.until(client.run(get))
  assert.equal(all.packets.length, length)
})
