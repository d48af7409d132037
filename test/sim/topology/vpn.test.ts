// A private network reached through a public one.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as net from '../../../src/net/index.ts'
import { type Machine, Network } from '../../../src/sim/index.ts'
import { encodeFrame } from '../../../src/sim/wire/ethernet.ts'
import { makeCertificate } from '../../support/made-certificates.ts'

const authority = makeCertificate({ name: 'Authority', isAuthority: true })
const gatewayIdentity = makeCertificate({ name: 'gateway', altNames: ['DNS:gateway'], issuer: authority })
const SECRET = 'the recipe is in the safe'

/** An office behind a NAT router, and a laptop in a café. */
function world() {
  const network = new Network({ seed: 1, epoch: new Date() })
  const internet = network.switch({ name: 'internet', latency: '20ms', loss: 0.01 })
  const office = network.switch({ name: 'office', latency: '1ms' })
  const gateway = network.router('gateway', {
    nics: [internet.nic('203.0.113.1/24'), office.nic('192.168.0.1/24')],
    nat: { outside: 'eth0' },
  })
  const files = network.host('files', { nics: [office.nic('192.168.0.10/24')] })
  const laptop = network.host('laptop', { nics: [internet.nic('203.0.113.50/24')] })
  files.run(() => net.createServer(socket => socket.end(SECRET)).listen(9000))
  const read = (machine: Machine, address = '192.168.0.10') =>
    network.until(
      machine.run(
        () =>
          new Promise<string>((resolve, reject) => {
            let text = ''
            net
              .connect(9000, address)
              .on('data', data => (text += data))
              .on('end', () => resolve(text))
              .on('error', reject)
          }),
      ),
    )
  const vpnOptions = { address: '10.8.0.1/24', key: gatewayIdentity.key, cert: gatewayIdentity.cert }
  const member = { ca: authority.cert, routes: ['192.168.0.0/24'] }
  return { network, gateway, files, laptop, read, vpnOptions, member }
}

test('without the tunnel the office cannot be reached; through it, it can, and outside there is only ciphertext', async () => {
  const { network, gateway, laptop, read, vpnOptions, member } = world()
  await assert.rejects(read(laptop), { code: 'ETIMEDOUT' })

  const vpn = network.vpn(gateway, vpnOptions)
  const outside = network.captureOf([laptop.nic('eth0'), gateway.nic('eth0')], 'the public network')
  const tunnel = await network.until(vpn.join(laptop, { ...member, address: '10.8.0.2/24' }))
  const inside = network.captureOf([tunnel], 'the tunnel')
  assert.equal(await read(laptop), SECRET)

  const holds = (packets: typeof outside.packets, text: string) =>
    packets.some(({ frame }) => Buffer.from(encodeFrame(frame)).includes(text))
  assert.ok(holds(inside.packets, SECRET))
  assert.ok(outside.packets.length > 20)
  assert.ok(!holds(outside.packets, SECRET))
  // Not even who talks to whom inside.
  for (const { frame } of outside.packets) {
    const { payload } = frame
    if (payload.kind === 'ipv4')
      assert.match(`${payload.source} ${payload.destination}`, /^203\.0\.113\.\d+ 203\.0\.113\.\d+$/)
  }
})

test('members hear each other as on one LAN', async () => {
  const { network, gateway, laptop, vpnOptions, member } = world()
  const phone = network.host('phone', { nics: [network.switches[0]?.nic('203.0.113.60/24') as never] })
  const vpn = network.vpn(gateway, vpnOptions)
  await network.until(vpn.join(laptop, { ...member, address: '10.8.0.2/24' }))
  await network.until(vpn.join(phone, { ...member, address: '10.8.0.3/24' }))
  const reply = await network.until(laptop.ping('10.8.0.3'))
  assert.equal(reply.kind, 'reply')
})

test('a gateway that cannot prove who it is is not joined; nor does one join who must and cannot', async () => {
  const { network, gateway, laptop, vpnOptions, member } = world()
  const other = makeCertificate({ name: 'Other', isAuthority: true })
  const vpn = network.vpn(gateway, { ...vpnOptions, ca: authority.cert })
  await assert.rejects(network.until(vpn.join(laptop, { ...member, ca: other.cert, address: '10.8.0.2/24' })), {
    code: 'SELF_SIGNED_CERT_IN_CHAIN',
  })
  const mine = makeCertificate({ name: 'guest', issuer: other })
  const guest = network.host('guest', { nics: [network.switches[0]?.nic('203.0.113.70/24') as never] })
  const joined = network.until(vpn.join(guest, { ...member, address: '10.8.0.3/24', key: mine.key, cert: mine.cert }))
  await joined.catch(() => {})
  assert.equal((await network.until(guest.ping('10.8.0.1'))).kind, 'error')
  const known = makeCertificate({ name: 'known', issuer: authority })
  const friend = network.host('friend', { nics: [network.switches[0]?.nic('203.0.113.71/24') as never] })
  await network.until(vpn.join(friend, { ...member, address: '10.8.0.4/24', key: known.key, cert: known.cert }))
  assert.equal((await network.until(friend.ping('10.8.0.1'))).kind, 'reply')
})
