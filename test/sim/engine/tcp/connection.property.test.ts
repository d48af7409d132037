// The TCP engine against any peer: whatever segments come, in whatever order with whatever calls, it throws nothing, keeps to
// the peer's window and segment size, and says that it has closed once. More runs: PLAINWIRE_FUZZ=100000.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { TcpConnection } from '../../../../src/sim/engine/tcp/connection.ts'
import type { TcpFailure } from '../../../../src/sim/engine/tcp/handler.ts'
import type { TcpSegment } from '../../../../src/sim/wire/packets.ts'

const numRuns = Number(process.env['PLAINWIRE_FUZZ'] ?? 500)
const INITIAL = 0xffff_ff00
const PEER = 5000

const flags = fc.constantFrom(0x02, 0x12, 0x10, 0x18, 0x11, 0x04, 0x14, 0x29, 0x00, 0x10, 0x10, 0x18)
/** Mostly near what would be right, so that some of it is. */
const near = (around: number) => fc.integer({ min: -3, max: 3000 }).map(offset => (around + offset) >>> 0)
const blocks = fc.array(fc.tuple(near(INITIAL), near(INITIAL)), { minLength: 1, maxLength: 3 })
const segment: fc.Arbitrary<TcpSegment> = fc.record({
  kind: fc.constant('tcp' as const),
  sourcePort: fc.constant(2),
  destinationPort: fc.constant(1),
  sequence: fc.oneof(near(PEER), fc.constant(PEER), fc.constant(PEER + 1), fc.nat(0xffffffff)),
  acknowledgment: fc.oneof(near(INITIAL), fc.constant(INITIAL + 1), fc.nat(0xffffffff)),
  flags,
  window: fc.oneof(fc.constant(0), fc.nat(0xffff)),
  urgentPointer: fc.constant(0),
  options: fc.oneof(
    fc.constant(undefined),
    fc.record({
      maximumSegmentSize: fc.oneof(fc.nat(2000), fc.constant(1460)),
      windowScale: fc.nat(255),
      isSackPermitted: fc.constant(true),
    }),
    blocks.map(sackBlocks => ({ sackBlocks })),
  ),
  data: fc.nat(1500).map(size => new Uint8Array(size)),
})

type Step =
  | { readonly do: 'receive'; readonly segment: TcpSegment }
  | { readonly do: 'write'; readonly size: number }
  | { readonly do: 'read' | 'end' | 'abandon' | 'abort' | 'expire' | 'keepAlive' | 'noDelay' }
  | { readonly do: 'tooBig'; readonly size: number }

const steps: fc.Arbitrary<Step> = fc.oneof(
  { weight: 10, arbitrary: segment.map(one => ({ do: 'receive' as const, segment: one })) },
  { weight: 3, arbitrary: fc.nat(20_000).map(size => ({ do: 'write' as const, size })) },
  {
    weight: 4,
    arbitrary: fc.constantFrom('read', 'expire', 'expire', 'keepAlive', 'noDelay').map(name => ({ do: name }) as Step),
  },
  { weight: 1, arbitrary: fc.constantFrom('end', 'abandon', 'abort').map(name => ({ do: name }) as Step) },
  { weight: 1, arbitrary: fc.nat(1500).map(size => ({ do: 'tooBig' as const, size })) },
)

class Watched {
  readonly connection: TcpConnection
  closed = 0
  failures = 0
  sent = 0

  constructor(offersSack: boolean) {
    this.connection = new TcpConnection(
      { sourcePort: 1, destinationPort: 2, initial: INITIAL, segmentSize: 1460, offersSack },
      this,
    )
  }

  transmit({ data, sequence, acknowledgment, window }: TcpSegment): void {
    this.sent++
    assert.ok(data.length <= 1460)
    for (const [field, most] of [
      [sequence, 0xffffffff],
      [acknowledgment, 0xffffffff],
      [window, 0xffff],
    ] as const) {
      assert.ok(Number.isInteger(field) && field >= 0 && field <= most)
    }
  }
  onEstablished(): void {}
  onReadable(): void {}
  onAcknowledged(): void {}
  onFailure(_failure: TcpFailure): void {
    this.failures++
  }
  onClosed(): void {
    this.closed++
  }
}

test('no segments and calls make the engine throw, break the segment size, or close twice', () => {
  fc.assert(
    fc.property(
      fc.boolean(),
      fc.boolean(),
      fc.array(steps, { maxLength: 60, size: 'max' }),
      (isActive, offersSack, all) => {
        const watched = new Watched(offersSack)
        const { connection } = watched
        let now = 0
        const syn = {
          sequence: PEER,
          acknowledgment: 0,
          flags: 2,
          window: 5000,
          urgentPointer: 0,
          data: new Uint8Array(0),
        }
        if (isActive) connection.open(now)
        else connection.accept({ kind: 'tcp', sourcePort: 2, destinationPort: 1, options: undefined, ...syn }, now)
        for (const step of all) {
          now += 1e6
          take(connection, step, now)
          if (step.do === 'expire' && connection.deadline !== Number.POSITIVE_INFINITY)
            now = Math.max(now, connection.deadline)
          assert.ok(connection.readableBytes >= 0 && connection.unacknowledgedBytes >= 0)
          assert.ok(watched.closed <= 1 && watched.failures <= 1)
          assert.equal(connection.state === 'closed', watched.closed === 1)
        }
        // It closes by itself: nothing is sent for ever to a peer that does not answer.
        connection.abandon(now)
        for (let times = 0; times < 200 && connection.deadline !== Number.POSITIVE_INFINITY; times++) {
          now = Math.max(now, connection.deadline)
          connection.expire(now)
        }
        assert.equal(connection.state, 'closed')
        assert.ok(watched.sent < 5000)
      },
    ),
    { numRuns },
  )
})

function take(connection: TcpConnection, step: Step, now: number): void {
  switch (step.do) {
    case 'receive':
      connection.receive(step.segment, now)
      break
    case 'write':
      if (connection.state !== 'closed') connection.write(new Uint8Array(step.size), now)
      break
    case 'read':
      connection.read()
      break
    case 'expire':
      connection.expire(Math.max(now, Math.min(connection.deadline, now + 1e12)))
      break
    case 'keepAlive':
      connection.setKeepAlive({ idle: 1e9, interval: 1e9, probes: 3 }, now)
      break
    case 'noDelay':
      connection.setNoDelay(true, now)
      break
    case 'tooBig':
      connection.receiveTooBig(step.size, now)
      break
    case 'end':
      connection.end(now)
      break
    case 'abandon':
      connection.abandon(now)
      break
    case 'abort':
      connection.abort()
  }
}
