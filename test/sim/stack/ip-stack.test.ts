// Machines on links, packet by packet: neighbours, ICMP, fragments, routers, path MTU, and bytes that are no packets.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { fragmentLimits } from '../../../src/sim/engine/fragment-limits.ts'
import { Reassembler, splitPacket } from '../../../src/sim/engine/fragments.ts'
import type { EchoOutcome } from '../../../src/sim/stack/icmp.ts'
import type { IpStack } from '../../../src/sim/stack/ip-stack.ts'
import { stackLimits } from '../../../src/sim/stack/stack-limits.ts'
import type { UdpReceiver } from '../../../src/sim/stack/udp-layer.ts'
import { Timeline } from '../../../src/sim/time/timeline.ts'
import { Subnet } from '../../../src/sim/topology/addresses.ts'
import type { ArpPacket, Frame, IpPacket, Ipv4Packet } from '../../../src/sim/wire/packets.ts'
import { addressesOf, machines, TestLink, testStack } from '../small-network.ts'

const MS = 1e6

function runAll(timeline: Timeline, until = Number.POSITIVE_INFINITY): void {
  while (timeline.nextAt() <= until && timeline.runNext()) {}
}

function brief({ payload }: Frame): string {
  if (payload.kind === 'arp') return `arp ${payload.operation} ${payload.senderIp} ${payload.targetIp}`
  if (payload.kind === 'opaque') return 'opaque'
  const inner = payload.payload
  const detail =
    inner.kind === 'icmp' || inner.kind === 'icmpv6' ? `${inner.kind} ${inner.type}/${inner.code}` : inner.kind
  return `${payload.source} ${payload.destination} ${detail}`
}

function pinged(timeline: Timeline, stack: IpStack, address: string, size = 8, hops?: number): EchoOutcome | undefined {
  let outcome: EchoOutcome | undefined
  stack.icmp.ping(address, size, hops, told => {
    outcome = told
  })
  runAll(timeline)
  return outcome
}

function udpPort(stack: IpStack, address: string, port: number, owner: Partial<UdpReceiver> = {}) {
  const heard: string[] = []
  const receiver: UdpReceiver = {
    port,
    receive: (message, source) => heard.push(`${source} ${message.length}`),
    receiveUnreachable: (remote, remotePort, isPort) => heard.push(`${remote} ${remotePort} ${isPort}`),
    hears: () => false,
    ...owner,
  }
  const family = address.includes(':') ? 6 : 4
  stack.udp.bind({ address, family, port, isDualStack: false, isShared: false, owner: receiver })
  return heard
}

const datagram = (size: number, destinationPort = 9) =>
  ({ kind: 'udp', sourcePort: 5000, destinationPort, data: new Uint8Array(size) }) as const

function lan(mtu?: number) {
  const timeline = new Timeline()
  const link = new TestLink(timeline, { delay: MS })
  const [a, b] = machines(2, timeline, link, mtu)
  assert.ok(a && b)
  return { timeline, link, a, b }
}

/** a - router - b; a in 10.0.0.0/24, b in 10.1.0.0/24 behind a link that takes less. */
function routed(farMtu = 1500) {
  const timeline = new Timeline()
  const near = new TestLink(timeline, { delay: MS })
  const far = new TestLink(timeline, { delay: MS })
  const [a] = machines(1, timeline, near)
  assert.ok(a)
  const router = testStack(timeline, 7)
  router.isForwarding = true
  near.plug(router, 'eth0', '02:00:00:00:01:01', addressesOf(254))
  const farAddresses = (number: number) => [
    { address: `10.1.0.${number}`, prefixLength: 24 },
    { address: `fd01::${number}`, prefixLength: 64 },
  ]
  far.plug(router, 'eth1', '02:00:00:00:01:02', farAddresses(254), farMtu)
  const b = testStack(timeline, 8)
  const card = far.plug(b, 'eth0', '02:00:00:00:02:01', farAddresses(1), farMtu)
  for (const [network, via] of [
    ['0.0.0.0/0', '10.0.0.254'],
    ['::/0', 'fd00::254'],
  ] as const) {
    a.stack.addRoute({ destination: Subnet.parse(network, 'to'), via, card: a.card })
    b.addRoute({
      destination: Subnet.parse(network, 'to'),
      via: via.replace('10.0.', '10.1.').replace('fd00', 'fd01'),
      card,
    })
  }
  return { timeline, near, far, a: a.stack, b, router }
}

test('the first packet asks who has the address; the answer is remembered on both sides', () => {
  const { timeline, link, a } = lan()
  assert.deepEqual(pinged(timeline, a.stack, '10.0.0.2'), { kind: 'reply', from: '10.0.0.2', roundTrip: 4 * MS })
  assert.deepEqual(pinged(timeline, a.stack, '10.0.0.2'), { kind: 'reply', from: '10.0.0.2', roundTrip: 2 * MS })
  assert.deepEqual(link.frames.map(brief), [
    'arp request 10.0.0.1 10.0.0.2',
    'arp reply 10.0.0.2 10.0.0.1',
    '10.0.0.1 10.0.0.2 icmp 8/0',
    '10.0.0.2 10.0.0.1 icmp 0/0',
    '10.0.0.1 10.0.0.2 icmp 8/0',
    '10.0.0.2 10.0.0.1 icmp 0/0',
  ])
})

test('the same over IPv6, by neighbour discovery', () => {
  const { timeline, link, a } = lan()
  assert.equal(pinged(timeline, a.stack, 'fd00::2')?.kind, 'reply')
  assert.deepEqual(link.frames.map(brief), [
    'fd00::1 ff02::1:ff00:2 icmpv6 135/0',
    'fd00::2 fd00::1 icmpv6 136/0',
    'fd00::1 fd00::2 icmpv6 128/0',
    'fd00::2 fd00::1 icmpv6 129/0',
  ])
})

test('nobody has the address: asked three times, then unreachable', () => {
  const { timeline, link, a } = lan()
  assert.equal(pinged(timeline, a.stack, '10.0.0.77')?.kind, 'error')
  assert.equal(link.frames.length, 3)
  assert.equal(timeline.now(), 3000 * MS)
})

test('a neighbour is asked for anew after a time; what a damaged ARP packet says is not believed', () => {
  const { timeline, link, a, b } = lan()
  const told: ArpPacket = {
    kind: 'arp',
    operation: 'reply',
    senderMac: '02:00:00:00:00:42',
    senderIp: '10.0.0.2',
    targetMac: a.card.mac,
    targetIp: '10.0.0.1',
  }
  a.stack.receive(a.card, { source: b.card.mac, destination: a.card.mac, payload: told })
  assert.equal(pinged(timeline, a.stack, '10.0.0.2')?.kind, 'reply')
  // Told by the card itself: believed until it is asked anew.
  a.stack.receive(a.card, { source: told.senderMac, destination: a.card.mac, payload: told })
  assert.equal(pinged(timeline, a.stack, '10.0.0.2'), undefined)
  timeline.schedule(stackLimits.neighborAge, () => {})
  runAll(timeline)
  link.frames.length = 0
  assert.equal(pinged(timeline, a.stack, '10.0.0.2'), undefined)
  assert.deepEqual(link.frames.map(brief).slice(1), ['arp request 10.0.0.1 10.0.0.2', 'arp reply 10.0.0.2 10.0.0.1'])
  assert.equal(pinged(timeline, a.stack, '10.0.0.2')?.kind, 'reply')
})

test('loopback is answered, and never reaches the link; its addresses are not taken from a link', () => {
  const { timeline, link, a, b } = lan()
  for (const address of ['127.0.0.1', '127.8.9.10', '::1', '10.0.0.1', 'fd00::1']) {
    assert.equal(pinged(timeline, a.stack, address)?.kind, 'reply')
  }
  assert.equal(link.frames.length, 0)
  const heard = udpPort(b.stack, '127.0.0.1', 9)
  const forged: Ipv4Packet = {
    kind: 'ipv4',
    source: '10.0.0.1',
    destination: '127.0.0.1',
    ttl: 64,
    typeOfService: 0,
    identification: 1,
    dontFragment: false,
    fragment: undefined,
    payload: datagram(5),
  }
  b.stack.receive(b.card, { source: a.card.mac, destination: b.card.mac, payload: forged })
  runAll(timeline)
  assert.deepEqual(heard, [])
})

test('a UDP port that nobody has is told of by ICMP', () => {
  const { timeline, link, a } = lan()
  const heard = udpPort(a.stack, '10.0.0.1', 5000)
  a.stack.send('10.0.0.1', '10.0.0.2', datagram(5))
  runAll(timeline)
  assert.equal(brief(link.frames.at(-1) as Frame), '10.0.0.2 10.0.0.1 icmp 3/3')
  assert.deepEqual(heard, ['10.0.0.2 9 true'])
})

test('what is too long for the link goes in parts, and arrives as one', () => {
  for (const [from, to] of [
    ['10.0.0.1', '10.0.0.2'],
    ['fd00::1', 'fd00::2'],
  ] as const) {
    const { timeline, link, a, b } = lan()
    const heard = udpPort(b.stack, to, 9)
    a.stack.send(from, to, datagram(60_000))
    runAll(timeline)
    assert.deepEqual(heard, [`${from} 60000`])
    const parts = link.frames.filter(
      ({ payload }) => payload.kind !== 'arp' && payload.kind !== 'opaque' && payload.fragment,
    )
    assert.ok(parts.length > 40)
  }
})

test('parts of packets that never become whole are dropped: after a time, and when there are too many', () => {
  const { timeline, a, b, link } = lan()
  link.options = { delay: MS, loses: ({ payload }) => payload.kind === 'ipv4' && payload.fragment?.hasMore === false }
  const heard = udpPort(b.stack, '10.0.0.2', 9)
  a.stack.send('10.0.0.1', '10.0.0.2', datagram(3000))
  runAll(timeline)
  assert.deepEqual(heard, [])
  assert.ok(timeline.now() >= fragmentLimits.timeout, 'somebody has looked after the rest')

  const reassembler = new Reassembler()
  for (let number = 0; number < 200; number++) reassembler.receive(part(number, 0, true), 0)
  assert.equal(reassembler.size, fragmentLimits.packets)
  for (let index = 0; index <= fragmentLimits.parts; index++) reassembler.receive(part(1000, 16 * index, true), 0)
  assert.equal(reassembler.size, fragmentLimits.packets - 1)
})

test('overlapping parts drop the packet; the same part twice does not', () => {
  const reassembler = new Reassembler()
  assert.equal(reassembler.receive(part(1, 0, true), 0), undefined)
  assert.equal(reassembler.receive(part(1, 0, true), 0), undefined)
  assert.equal(reassembler.receive(part(1, 8, false), 0)?.fragment, undefined)
  assert.equal(reassembler.receive(part(2, 8, true), 0), undefined)
  assert.equal(reassembler.receive(part(2, 0, true, 16), 0), undefined)
  assert.equal(reassembler.size, 0)
})

test('a packet split at any MTU, in any order, is the packet again', () => {
  fc.assert(
    fc.property(fc.integer({ min: 68, max: 1500 }), fc.nat(9000), fc.nat(), (mtu, size, seed) => {
      const whole: IpPacket = {
        kind: 'ipv4',
        source: '10.0.0.1',
        destination: '10.0.0.2',
        ttl: 64,
        typeOfService: 0,
        identification: 7,
        dontFragment: false,
        fragment: undefined,
        payload: { ...datagram(0), data: Uint8Array.from({ length: size }, (_, index) => index & 0xff) },
      }
      const parts = splitPacket(whole, mtu)
      if (parts.length > fragmentLimits.parts) return
      const order = parts.map((one, index) => ({ one, key: (index * 7919 + seed) % 997 })).sort((x, y) => x.key - y.key)
      const reassembler = new Reassembler()
      const results = order.map(({ one }) => reassembler.receive(one, 0)).filter(one => one !== undefined)
      assert.equal(results.length, 1)
      assert.deepEqual(JSON.stringify(results[0]), JSON.stringify(whole))
    }),
  )
})

test('a router hands on, one hop less; at the last hop it says so', () => {
  const { timeline, a, router } = routed()
  assert.equal(pinged(timeline, a, '10.1.0.1')?.kind, 'reply')
  assert.equal(pinged(timeline, a, 'fd01::1')?.kind, 'reply')
  assert.deepEqual(pinged(timeline, a, '10.1.0.1', 8, 1), {
    kind: 'error',
    from: '10.0.0.254',
    reason: 'time to live exceeded',
  })
  router.isForwarding = false
  assert.equal(pinged(timeline, a, '10.1.0.1'), undefined)
})

test('no way: the router says so', () => {
  const { timeline, a } = routed()
  assert.deepEqual(pinged(timeline, a, '192.0.2.1'), {
    kind: 'error',
    from: '10.0.0.254',
    reason: 'destination unreachable',
  })
})

test('a narrow link on the way: IPv4 is split there, TCP and IPv6 learn of it', () => {
  const { timeline, near, far, a, b } = routed(1280)
  const heard = udpPort(b, '10.1.0.1', 9)
  a.send('10.0.0.1', '10.1.0.1', datagram(1400))
  runAll(timeline)
  assert.deepEqual(heard, ['10.0.0.1 1400'])

  const heardV6 = udpPort(b, 'fd01::1', 9)
  a.send('fd00::1', 'fd01::1', datagram(1400))
  runAll(timeline)
  assert.deepEqual(heardV6, [], 'lost, and the sender told')
  assert.equal(near.frames.map(brief).at(-1), 'fd00::254 fd00::1 icmpv6 2/0')
  a.send('fd00::1', 'fd01::1', datagram(1400))
  runAll(timeline)
  assert.deepEqual(heardV6, ['fd00::1 1400'])

  let received = 0
  b.tcp.listen(
    { address: '10.1.0.1', family: 4, port: 80, isDualStack: false, isShared: false },
    {
      backlog: 1,
      accept: endpoint => {
        endpoint.user = {
          onEstablished() {},
          onAcknowledged() {},
          onFailure() {},
          onReadable: () => {
            received += endpoint.do(connection => connection.read())?.length ?? 0
          },
        }
      },
    },
  )
  far.frames.length = 0
  const user = { onEstablished() {}, onReadable() {}, onAcknowledged() {}, onFailure() {} }
  const endpoint = a.tcp.open('10.0.0.1', 4000, '10.1.0.1', 80, user)
  timeline.schedule(100 * MS, () => endpoint.do((connection, now) => connection.write(new Uint8Array(20_000), now)))
  runAll(timeline, timeline.now() + 5000 * MS)
  assert.equal(received, 20_000)
  const sizes = far.frames.map(({ payload }) =>
    payload.kind === 'ipv4' && payload.payload.kind === 'tcp' ? payload.payload.data.length : 0,
  )
  assert.equal(Math.max(...sizes), 1240)
})

test('bytes that are no packet, or a damaged one, are dropped without a word', () => {
  const { timeline, a, b, link } = lan()
  pinged(timeline, a.stack, '10.0.0.2')
  const before = link.frames.length
  fc.assert(
    fc.property(
      fc.constantFrom(0x0800, 0x0806, 0x86dd, 0x1234),
      fc.uint8Array({ maxLength: 100 }),
      (etherType, bytes) => {
        b.stack.receive(b.card, {
          source: a.card.mac,
          destination: b.card.mac,
          payload: { kind: 'opaque', etherType, bytes },
        })
        runAll(timeline)
      },
    ),
    { numRuns: 2000 },
  )
  assert.equal(link.frames.length, before)
})

test('a machine that has crashed neither hears nor answers', () => {
  const { timeline, a, b } = lan()
  b.stack.halt()
  assert.equal(pinged(timeline, a.stack, '10.0.0.2')?.kind, 'error')
})

function part(identification: number, offset: number, hasMore: boolean, size = 8): IpPacket {
  return {
    kind: 'ipv4',
    source: '10.0.0.1',
    destination: '10.0.0.2',
    ttl: 64,
    typeOfService: 0,
    identification,
    dontFragment: false,
    fragment: { offset, hasMore },
    payload: { kind: 'data', protocol: 200, bytes: new Uint8Array(size) },
  }
}
