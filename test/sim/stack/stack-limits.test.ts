// Each limit of stack and engine that a peer could pass, passed by one.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { TcpConnection } from '../../../src/sim/engine/tcp/connection.ts'
import { Reassembly } from '../../../src/sim/engine/tcp/reassembly.ts'
import { tcpLimits } from '../../../src/sim/engine/tcp/tcp-limits.ts'
import { Neighbors } from '../../../src/sim/stack/neighbors.ts'
import { stackLimits } from '../../../src/sim/stack/stack-limits.ts'
import { Timeline } from '../../../src/sim/time/timeline.ts'
import type { IcmpMessage, Ipv4Packet, TcpSegment } from '../../../src/sim/wire/packets.ts'
import { machines, schedulerOf, TestLink } from '../small-network.ts'

function lan() {
  const timeline = new Timeline()
  const link = new TestLink(timeline)
  const [a, b] = machines(2, timeline, link)
  assert.ok(a && b)
  const runAll = () => {
    while (timeline.runNext()) {}
  }
  return { timeline, link, a, b, runAll }
}

const datagram = { kind: 'udp', sourcePort: 5000, destinationPort: 9, data: new Uint8Array(1) } as const

function arriving(source: string, destination: string, payload: Ipv4Packet['payload']): Ipv4Packet {
  const header = { ttl: 64, typeOfService: 0, identification: 1, dontFragment: false, fragment: undefined }
  return { kind: 'ipv4', source, destination, ...header, payload }
}

test('packets that wait for one neighbour', () => {
  const { a, link, runAll } = lan()
  for (let count = 0; count < stackLimits.packetsUnresolved + 10; count++)
    a.stack.send('10.0.0.1', '10.0.0.2', datagram)
  runAll()
  const sent = link.frames.filter(({ payload }) => payload.kind === 'ipv4' && payload.payload.kind === 'udp')
  assert.equal(sent.length, stackLimits.packetsUnresolved)
})

test('neighbours remembered: the oldest makes room', () => {
  const { a, timeline } = lan()
  const neighbors = new Neighbors(a.card, schedulerOf(timeline), () => {})
  for (let number = 0; number < stackLimits.neighbors + 10; number++) {
    const senderIp = `10.0.${64 + (number >> 8)}.${number & 0xff}`
    const rest = { senderMac: '02:00:00:00:00:09', targetMac: a.card.mac, targetIp: '10.0.0.1' }
    neighbors.receiveArp({ kind: 'arp', operation: 'reply', senderIp, ...rest }, rest.senderMac)
  }
  assert.equal(neighbors.size, stackLimits.neighbors)
})

test('ICMP errors in a second', () => {
  const { a, b, link, timeline } = lan()
  a.stack.icmp.ping('10.0.0.2', 0, undefined, () => {})
  while (timeline.nextAt() < 1e9 && timeline.runNext()) {}
  link.frames.length = 0
  for (let count = 0; count < stackLimits.errorsPerSecond + 50; count++) {
    b.stack.receive(b.card, {
      source: a.card.mac,
      destination: b.card.mac,
      payload: arriving('10.0.0.1', '10.0.0.2', datagram),
    })
  }
  const errors = () =>
    link.frames.filter(({ payload }) => payload.kind === 'ipv4' && (payload.payload as IcmpMessage).type === 3).length
  assert.equal(errors(), stackLimits.errorsPerSecond)
})

test('paths that take less', () => {
  const { a } = lan()
  for (let number = 0; number < stackLimits.pathMtus; number++) {
    a.stack.learnPathMtu(`172.16.${number >> 8}.${number & 0xff}`, 1000)
  }
  assert.equal(a.stack.mtuFor('172.16.0.5'), 1000)
  a.stack.learnPathMtu('172.17.0.1', 1000)
  assert.deepEqual([a.stack.mtuFor('172.16.0.5'), a.stack.mtuFor('172.17.0.1')], [1500, 1000])
})

test('pieces of a stream that came too early', () => {
  const received = new Reassembly()
  for (let index = 0; index <= tcpLimits.reassemblyRanges; index++) received.insert(2 + 2 * index, new Uint8Array(1))
  assert.equal(received.outOfOrderRanges(Number.POSITIVE_INFINITY).length, tcpLimits.reassemblyRanges)
})

function connection() {
  const sent: TcpSegment[] = []
  const engine = new TcpConnection(
    { sourcePort: 1, destinationPort: 2, initial: 100, segmentSize: 1460 },
    {
      transmit: segment => sent.push(segment),
      onEstablished() {},
      onReadable() {},
      onAcknowledged() {},
      onFailure() {},
      onClosed() {},
    },
  )
  const segment = (flags: number, fields: Partial<TcpSegment> = {}): TcpSegment => ({
    kind: 'tcp',
    sourcePort: 2,
    destinationPort: 1,
    sequence: 500,
    acknowledgment: 101,
    flags,
    window: 5000,
    urgentPointer: 0,
    options: undefined,
    data: new Uint8Array(0),
    ...fields,
  })
  return { engine, sent, segment }
}

test('a peer that asks for hardly any bytes in a segment', () => {
  const { engine, sent, segment } = connection()
  engine.accept(segment(2, { options: { maximumSegmentSize: 0 } }), 0)
  engine.receive(segment(16, { sequence: 501 }), 0)
  engine.write(new Uint8Array(100), 0)
  assert.equal(sent.at(-1)?.data.length, tcpLimits.leastSegment)
})

test('answers to acknowledgments from nowhere', () => {
  const { engine, sent, segment } = connection()
  engine.accept(segment(2), 0)
  engine.receive(segment(16, { sequence: 501 }), 0)
  sent.length = 0
  for (let count = 0; count < 100; count++) engine.receive(segment(16, { sequence: 100 }), count * 1e6)
  assert.equal(sent.length, 1)
  engine.receive(segment(16, { sequence: 100 }), tcpLimits.strayInterval)
  assert.equal(sent.length, 2)
})

test('window probes without an answer', () => {
  const { engine, segment } = connection()
  engine.accept(segment(2, { window: 0 }), 0)
  engine.receive(segment(16, { sequence: 501, window: 0 }), 0)
  engine.write(new Uint8Array(10), 0)
  let probes = 0
  for (; engine.state !== 'closed' && probes < 100; probes++) engine.expire(engine.deadline)
  assert.equal(probes, tcpLimits.retries + 1)
})
