// The packet codecs: packets by their bytes, everything there and back, and noise.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { checksumOf, sumOf } from '../../../src/sim/wire/checksum.ts'
import { WireError } from '../../../src/sim/wire/error.ts'
import { decodeFrame, encodeFrame, frameLength, opaqueFrame, readPayload } from '../../../src/sim/wire/ethernet.ts'
import { readQuotedPacket } from '../../../src/sim/wire/icmp-message.ts'
import {
  multicastMac,
  neighborMessage,
  readNeighborMessage,
  solicitedNodeAddress,
} from '../../../src/sim/wire/neighbor-discovery.ts'
import type { Frame, Icmpv6Message, IpPayload } from '../../../src/sim/wire/packets.ts'

const bytesOf = (hex: string) => Uint8Array.from(Buffer.from(hex.replaceAll(/\s/g, ''), 'hex'))

test('the checksum of RFC 1071 section 3', () => {
  const words = bytesOf('0001 f203 f4f5 f6f7')
  assert.equal(sumOf(words, 0, 8), 0x2ddf0)
  assert.equal(checksumOf(0x2ddf0), 0x220d)
})

test('a SYN, byte by byte', () => {
  const frame: Frame = {
    source: '02:00:00:00:00:01',
    destination: '02:00:00:00:00:02',
    payload: {
      kind: 'ipv4',
      source: '10.0.0.1',
      destination: '10.0.0.2',
      ttl: 64,
      typeOfService: 0,
      identification: 0x1234,
      dontFragment: true,
      fragment: undefined,
      payload: {
        kind: 'tcp',
        sourcePort: 0x8000,
        destinationPort: 80,
        sequence: 0xfffffffe,
        acknowledgment: 0,
        flags: 2,
        window: 0xffff,
        urgentPointer: 0,
        options: { maximumSegmentSize: 1460, windowScale: 7 },
        data: new Uint8Array(0),
      },
    },
  }
  const bytes = encodeFrame(frame)
  const header = '020000000002 020000000001 0800  4500 0030 1234 4000 4006 1492 0a000001 0a000002'
  const segment = '8000 0050 fffffffe 00000000 7002 ffff 5c01 0000 020405b4 030307 01'
  assert.equal(Buffer.from(bytes.subarray(0, 34)).toString('hex'), header.replaceAll(' ', ''))
  assert.deepEqual(Buffer.from(bytes.subarray(34, 50)), Buffer.from(bytesOf(segment).subarray(0, 16)))
  assert.deepEqual(Buffer.from(bytes.subarray(52)), Buffer.from(bytesOf(segment).subarray(18)))
  assert.deepEqual(decodeFrame(bytes), frame)
})

const ipv4Address = fc.ipV4()
const ipv6Address = fc.uint8Array({ minLength: 16, maxLength: 16 }).map(bytes => {
  const groups = Array.from({ length: 8 }, (_, index) =>
    (((bytes[2 * index] as number) << 8) | (bytes[2 * index + 1] as number) | 1).toString(16),
  )
  return groups.join(':')
})
const mac = fc
  .uint8Array({ minLength: 6, maxLength: 6 })
  .map(bytes => [...bytes].map(byte => byte.toString(16).padStart(2, '0')).join(':'))
const data = fc.uint8Array({ maxLength: 64 })
const uint16 = fc.nat(0xffff)
const uint32 = fc.nat(0xffffffff)
const options = fc.oneof(
  fc.constant(undefined),
  fc.record({ maximumSegmentSize: uint16, windowScale: fc.nat(14), isSackPermitted: fc.constant(true) }),
  fc.record({
    timestamps: fc.record({ value: uint32, echo: uint32 }),
    sackBlocks: fc.array(fc.tuple(uint32, uint32), { minLength: 1, maxLength: 3 }),
  }),
)
const ipPayload = (icmp: 'icmp' | 'icmpv6'): fc.Arbitrary<IpPayload> =>
  fc.oneof(
    fc.record({
      kind: fc.constant('tcp' as const),
      sourcePort: uint16,
      destinationPort: uint16,
      sequence: uint32,
      acknowledgment: uint32,
      flags: fc.nat(255),
      window: uint16,
      urgentPointer: uint16,
      options,
      data,
    }),
    fc.record({ kind: fc.constant('udp' as const), sourcePort: uint16, destinationPort: uint16, data }),
    fc.record({ kind: fc.constant(icmp), type: fc.nat(255), code: fc.nat(255), rest: uint32, data }),
    fc.record({ kind: fc.constant('data' as const), protocol: fc.integer({ min: 100, max: 255 }), bytes: data }),
  )
const fragment = fc.record({ offset: fc.integer({ min: 1, max: 0x1fff }).map(n => n * 8), hasMore: fc.boolean() })
const fragmentPayload = fc.record({ kind: fc.constant('data' as const), protocol: fc.nat(255), bytes: data })
const payload = fc.oneof(
  fc.record({
    kind: fc.constant('arp' as const),
    operation: fc.constantFrom('request' as const, 'reply' as const),
    senderMac: mac,
    senderIp: ipv4Address,
    targetMac: mac,
    targetIp: ipv4Address,
  }),
  fc
    .record({
      source: ipv4Address,
      destination: ipv4Address,
      ttl: fc.nat(255),
      typeOfService: fc.nat(255),
      identification: uint16,
      dontFragment: fc.boolean(),
    })
    .chain(header =>
      fc
        .oneof(
          fc.record({ fragment: fc.constant(undefined), payload: ipPayload('icmp') }),
          fc.record({ fragment, payload: fragmentPayload }),
        )
        .map(rest => ({ kind: 'ipv4' as const, ...header, ...rest })),
    ),
  fc
    .record({
      source: ipv6Address,
      destination: ipv6Address,
      hopLimit: fc.nat(255),
      trafficClass: fc.nat(255),
      flowLabel: fc.nat(0xfffff),
    })
    .chain(header =>
      fc
        .oneof(
          fc.record({ identification: fc.constant(0), fragment: fc.constant(undefined), payload: ipPayload('icmpv6') }),
          fc.record({ identification: uint32, fragment, payload: fragmentPayload }),
        )
        .map(rest => ({ kind: 'ipv6' as const, ...header, ...rest })),
    ),
  fc.record({ kind: fc.constant('opaque' as const), etherType: fc.constant(0x88b5), bytes: data }),
)
const frames: fc.Arbitrary<Frame> = fc.record({ source: mac, destination: mac, payload })

test('every packet survives its bytes, and its length is known without them', () => {
  fc.assert(
    fc.property(frames, frame => {
      const bytes = encodeFrame(frame)
      assert.equal(bytes.length, frameLength(frame))
      assert.deepEqual(normal(decodeFrame(bytes)), normal(frame))
    }),
    { numRuns: 500 },
  )
})

test('a flipped bit is noticed, or changes no more than what no checksum covers', () => {
  fc.assert(
    fc.property(frames, fc.nat(), fc.nat(7), (frame, at, bit) => {
      const bytes = encodeFrame(frame)
      const index = 14 + (at % (bytes.length - 14 || 1))
      if (index >= bytes.length) return
      bytes[index] = (bytes[index] as number) ^ (1 << bit)
      readOrWireError(bytes)
    }),
    { numRuns: 500 },
  )
})

test('noise is read, or is a WireError', () => {
  const types = fc.constantFrom(0x0800, 0x0806, 0x86dd)
  fc.assert(
    fc.property(types, fc.uint8Array({ maxLength: 120 }), (etherType, noise) => {
      try {
        readPayload({ kind: 'opaque', etherType, bytes: noise })
      } catch (error) {
        assert.ok(error instanceof WireError)
      }
      readQuotedPacket(noise)
    }),
    { numRuns: 1000 },
  )
})

test('a packet cut anywhere is a WireError', () => {
  fc.assert(
    fc.property(frames, frame => {
      const bytes = encodeFrame(frame)
      const isChecked = frame.payload.kind !== 'opaque'
      for (let size = 0; size < bytes.length; size++) {
        if (size < 14 || isChecked) assert.throws(() => decodeFrame(bytes.subarray(0, size)), WireError)
      }
    }),
    { numRuns: 50 },
  )
})

test('IPv6 extension headers that matter to nobody are skipped', () => {
  const inner = bytesOf('0007 0035 0008 0000')
  const head = bytesOf(`60000000 0018 00 40 ${'20010db8000000000000000000000001'.repeat(2)}`)
  const options = bytesOf('3c00 0104 00000000  1100 0104 00000000')
  const bytes = Uint8Array.of(...head, ...options, ...inner)
  let sum = sumOf(head, 8, 40, 17 + 8)
  sum = sumOf(inner, 0, 8, sum)
  new DataView(bytes.buffer).setUint16(62, checksumOf(sum))
  const packet = readPayload({ kind: 'opaque', etherType: 0x86dd, bytes })
  assert.deepEqual(packet.kind === 'ipv6' && packet.payload.kind === 'udp' && packet.payload.destinationPort, 53)
})

test('neighbour messages', () => {
  for (const type of ['solicitation', 'advertisement'] as const) {
    const isAnswer = type === 'advertisement'
    const message = { type, target: 'fe80::1', mac: '02:00:00:00:00:09', isSolicited: isAnswer, isOverride: isAnswer }
    assert.deepEqual(readNeighborMessage(neighborMessage(message)), message)
  }
  const noMac = {
    type: 'solicitation',
    target: 'fe80::1',
    mac: undefined,
    isSolicited: false,
    isOverride: false,
  } as const
  assert.deepEqual(readNeighborMessage(neighborMessage(noMac)), noMac)
  const broken: Icmpv6Message = { kind: 'icmpv6', type: 135, code: 0, rest: 0, data: new Uint8Array(24) }
  assert.throws(() => readNeighborMessage(broken), WireError)
  assert.throws(() => readNeighborMessage({ ...broken, data: new Uint8Array(15) }), WireError)
  assert.equal(solicitedNodeAddress('2001:db8::1:203:405'), 'ff02::1:ff03:405')
  assert.equal(multicastMac('ff02::1:ff03:405'), '33:33:ff:03:04:05')
  assert.equal(multicastMac('239.129.2.3'), '01:00:5e:01:02:03')
})

/** Options that are there and undefined are as good as not there; bytes are bytes whatever their class. */
function normal(frame: Frame): unknown {
  return JSON.parse(JSON.stringify(frame, (_, value) => (value instanceof Uint8Array ? [...value] : value)))
}

function readOrWireError(bytes: Uint8Array): void {
  try {
    decodeFrame(bytes)
  } catch (error) {
    assert.ok(error instanceof WireError)
  }
  assert.equal(opaqueFrame(bytes).payload.bytes.length, bytes.length - 14)
}
