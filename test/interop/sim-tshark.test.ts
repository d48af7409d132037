// A capture of all protocols, read by tshark: no packet is malformed, no checksum is bad, and it sees what was sent.

import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import * as dgram from '../../src/dgram/index.ts'
import * as net from '../../src/net/index.ts'
import { Network } from '../../src/sim/index.ts'

const hasTshark = spawnSync('tshark', ['--version']).status === 0

/** Everything that a machine can send: over a router with a narrow link, with losses, both IP versions. */
async function busyCapture(): Promise<Uint8Array> {
  const network = new Network({ seed: 7 })
  const near = network.switch({ name: 'near', latency: '2ms', subnet: ['10.1.0.0/24', 'fd01::/64'], loss: 0.05 })
  const narrow = network.switch({ name: 'narrow', latency: '2ms', subnet: ['10.3.0.0/24', 'fd03::/64'], mtu: 1280 })
  const far = network.switch({ name: 'far', latency: '2ms', subnet: ['10.2.0.0/24', 'fd02::/64'] })
  const server = network.host('server', { nics: [far.nic(['10.2.0.2/24', 'fd02::2/64'])] })
  const client = network.host('client', { nics: [near.nic(['10.1.0.2/24', 'fd01::2/64'])] })
  network.router('router', {
    nics: [near.nic(['10.1.0.1/24', 'fd01::1/64']), narrow.nic(['10.3.0.1/24', 'fd03::1/64'])],
    gateway: ['10.3.0.2', 'fd03::2'],
  })
  network.router('gateway', {
    nics: [far.nic(['10.2.0.1/24', 'fd02::1/64']), narrow.nic(['10.3.0.2/24', 'fd03::2/64'])],
    gateway: ['10.3.0.1', 'fd03::1'],
  })
  const capture = network.capture()
  server.run(() => {
    net.createServer(socket => socket.pipe(socket)).listen(7777)
    dgram.createSocket('udp4').bind(9)
    dgram.createSocket({ type: 'udp6', ipv6Only: true }).bind(9)
  })
  const exchange = (host: string) =>
    new Promise<void>((resolve, reject) => {
      const socket = net.connect(7777, host, () => socket.end(Buffer.alloc(200_000, 'plainwire ')))
      socket.resume().on('close', resolve).on('error', reject)
    })
  const send = (type: 'udp4' | 'udp6', address: string, port: number, size: number) =>
    new Promise<void>((resolve, reject) => {
      const socket = dgram.createSocket(type)
      socket.send(Buffer.alloc(size, 'x'), port, address, (error: Error | null) => {
        socket.close()
        if (error) reject(error)
        else resolve()
      })
    })
  await network.until(client.run(() => Promise.all([exchange('10.2.0.2'), exchange('fd02::2')])))
  await network.until(
    client.run(async () => {
      for (const [type, address] of [
        ['udp4', '10.2.0.2'],
        ['udp6', 'fd02::2'],
      ] as const) {
        // Whole, in parts, and to nobody.
        for (const [port, size] of [
          [9, 1],
          [9, 0],
          [9, 5000],
          [9, 5000],
          [10, 100],
        ] as const) {
          await send(type, address, port, size)
        }
      }
    }),
  )
  for (const options of [{}, { hops: 1 }]) {
    for (const address of ['10.2.0.2', 'fd02::2', '10.2.0.77']) {
      await network.until(client.ping(address, options).catch(() => undefined))
    }
  }
  await network.run('2s')
  network.close()
  return capture.toPcapng()
}

test('tshark finds no malformed packet and no bad checksum', {
  skip: hasTshark ? false : 'tshark is not installed',
}, async () => {
  const directory = mkdtempSync(join(tmpdir(), 'plainwire-'))
  try {
    const file = join(directory, 'busy.pcapng')
    writeFileSync(file, await busyCapture())
    const checks = ['ip', 'tcp', 'udp'].flatMap(name => ['-o', `${name}.check_checksum:TRUE`])
    const read = (filter: string) => {
      const output = execFileSync('tshark', ['-r', file, ...checks, '-Y', filter], {
        stdio: ['ignore', 'pipe', 'ignore'],
      })
      return String(output).split('\n').filter(Boolean)
    }
    const bad = ['ip', 'tcp', 'udp', 'icmp', 'icmpv6'].map(name => `${name}.checksum.status == 0`)
    assert.deepEqual(read(['_ws.malformed', '_ws.expert.severity == "Error"', ...bad].join(' || ')), [])
    for (const seen of [
      'arp',
      'icmp.type == 3 && icmp.code == 4',
      'icmp.type == 3 && icmp.code == 3',
      'icmp.type == 11',
      'icmp.type == 8',
      'icmpv6.type == 135',
      'icmpv6.type == 136',
      'icmpv6.type == 2',
      'icmpv6.type == 128',
      'ip.flags.mf == 1',
      'ipv6.fraghdr',
      'ip.reassembled_in || ip.fragment',
      'tcp.flags.syn == 1 && tcp.flags.ack == 1 && tcp.options.wscale',
      'tcp.options.sack',
      'tcp.analysis.retransmission',
      'tcp.flags.fin == 1',
      'udp.length == 8',
    ]) {
      assert.ok(read(seen).length > 0, `there is no packet with ${seen}`)
    }
  } finally {
    rmSync(directory, { recursive: true })
  }
})
