// Two connections on one timeline, with a wire between them that loses chosen segments.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { TcpConnection } from '../../../../src/sim/engine/tcp/connection.ts'
import type { TcpFailure, TcpHandler } from '../../../../src/sim/engine/tcp/handler.ts'
import { fraction, randomFor } from '../../../../src/sim/randomness.ts'
import { Timeline, type TimelineEvent } from '../../../../src/sim/time/timeline.ts'
import { type TcpSegment, tcpFlags } from '../../../../src/sim/wire/packets.ts'

const MS = 1e6
const { SYN, ACK, FIN, RST } = tcpFlags

/** Of a segment: its flags, and the size of its data. */
function brief({ flags, data }: TcpSegment): string {
  const names = Object.entries({ SYN, FIN, RST, ACK }).filter(([, bit]) => flags & bit)
  return names.map(([name]) => name).join('+') + (data.length > 0 ? ` ${data.length}` : '')
}

class End implements TcpHandler {
  readonly connection: TcpConnection
  readonly heard: string[] = []
  readonly bytes: Uint8Array[] = []
  reads = true
  lastReadAt = 0
  peer: End | undefined
  readonly #timeline: Timeline
  readonly #wire: (segment: TcpSegment, from: End) => number | undefined
  #event: TimelineEvent | undefined

  constructor(
    timeline: Timeline,
    port: number,
    wire: (segment: TcpSegment, from: End) => number | undefined,
    offersSack = true,
  ) {
    this.#timeline = timeline
    this.#wire = wire
    // The sequence numbers wrap soon.
    const initial = 0xffff_f000 + port
    this.connection = new TcpConnection(
      { sourcePort: port, destinationPort: 1 - port, initial, segmentSize: 1460, offersSack },
      this,
    )
  }

  transmit(segment: TcpSegment): void {
    const delay = this.#wire(segment, this)
    const { peer } = this
    if (delay !== undefined && peer !== undefined) this.#timeline.schedule(delay, () => peer.receive(segment))
  }

  receive(segment: TcpSegment): void {
    if (this.connection.state === 'closed' && this.heard.length === 0 && segment.flags & SYN) {
      this.connection.accept(segment, this.#timeline.now())
    } else this.connection.receive(segment, this.#timeline.now())
    this.arm()
  }

  /** Calls the connection, and sets a timer to its deadline. */
  do<T>(what: (connection: TcpConnection, now: number) => T): T {
    const result = what(this.connection, this.#timeline.now())
    this.arm()
    return result
  }

  arm(): void {
    this.#event?.cancel()
    const { deadline } = this.connection
    if (deadline === Number.POSITIVE_INFINITY) return
    this.#event = this.#timeline.schedule(deadline - this.#timeline.now(), () =>
      this.do((connection, now) => connection.expire(now)),
    )
  }

  read(): void {
    for (;;) {
      const bytes = this.do(connection => connection.read())
      if (bytes === undefined) break
      this.bytes.push(bytes)
      this.lastReadAt = this.#timeline.now()
    }
    if (this.connection.isAtEnd && !this.heard.includes('end')) this.heard.push('end')
  }

  get received(): Buffer {
    return Buffer.concat(this.bytes)
  }

  onEstablished(): void {
    this.heard.push('established')
  }
  onReadable(): void {
    if (this.reads) this.read()
  }
  onAcknowledged(): void {}
  onFailure(failure: TcpFailure): void {
    this.heard.push(failure)
  }
  onClosed(): void {
    this.heard.push('closed')
  }
}

interface WireOptions {
  delay?: number
  /** @returns whether it is lost */
  loses?: (segment: TcpSegment, from: 'client' | 'server', number: number) => boolean
  /** Of the server's end. */
  offersSack?: boolean
}

function pair({ delay = 10 * MS, loses = () => false, offersSack = true }: WireOptions = {}) {
  const timeline = new Timeline()
  const log: string[] = []
  let number = 0
  const wire = (segment: TcpSegment, from: End) => {
    const name = from === client ? 'client' : 'server'
    const isLost = loses(segment, name, number++)
    log.push(`${timeline.now() / MS} ${name} ${brief(segment)}${isLost ? ' lost' : ''}`)
    return isLost ? undefined : delay
  }
  const client: End = new End(timeline, 0, wire)
  const server: End = new End(timeline, 1, wire, offersSack)
  client.peer = server
  server.peer = client
  const finish = (until = 3600e9) => {
    while (timeline.nextAt() <= until) timeline.runNext()
  }
  const open = () => {
    client.do((connection, now) => connection.open(now))
    finish(timeline.now() + 25 * MS)
    log.length = 0
  }
  return { timeline, client, server, log, finish, open }
}

const states = (...ends: End[]) => ends.map(end => end.connection.state)

test('three segments open a connection, in one round trip and a half', () => {
  const { client, server, log, finish } = pair()
  client.do((connection, now) => connection.open(now))
  finish(100 * MS)
  assert.deepEqual(log, ['0 client SYN', '10 server SYN+ACK', '20 client ACK'])
  assert.deepEqual(states(client, server), ['established', 'established'])
})

test('four segments close a connection, and the end that closed first enters TIME-WAIT', () => {
  const { client, server, log, finish, open, timeline } = pair()
  open()
  client.do((connection, now) => connection.end(now))
  finish(timeline.now() + 15 * MS)
  assert.deepEqual(
    states(client, server),
    ['fin-wait-2', 'close-wait'].map((state, index) => (index === 0 ? 'fin-wait-1' : state)),
  )
  server.do((connection, now) => connection.end(now))
  finish(timeline.now() + 100 * MS)
  assert.deepEqual(
    log.map(line => line.replace(/^\S+ /, '')),
    ['client FIN+ACK', 'server ACK', 'server FIN+ACK', 'client ACK'],
  )
  assert.deepEqual(states(client, server), ['time-wait', 'closed'])
  finish()
  assert.deepEqual(states(client, server), ['closed', 'closed'])
})

test('both ends may close at once', () => {
  const { client, server, finish, open } = pair()
  open()
  for (const end of [client, server]) end.do((connection, now) => connection.end(now))
  finish(100 * MS)
  assert.deepEqual(states(client, server), ['time-wait', 'time-wait'])
  finish()
  assert.deepEqual(states(client, server), ['closed', 'closed'])
})

test('both ends may open at once', () => {
  const { client, server, finish, timeline } = pair()
  for (const end of [client, server]) end.do((connection, now) => connection.open(now))
  finish(timeline.now() + 100 * MS)
  assert.deepEqual(states(client, server), ['established', 'established'])
})

test('a half-closed connection still receives data', () => {
  const { client, server, finish, open } = pair()
  open()
  client.do((connection, now) => connection.end(now))
  finish(100 * MS)
  server.do((connection, now) => connection.write(Buffer.from('still here'), now))
  finish(500 * MS)
  assert.equal(String(client.received), 'still here')
})

test('data arrives whole and in order, whatever the wire loses', () => {
  for (let seed = 0; seed < 40; seed++) {
    const random = randomFor(seed, 'wire')
    const { client, server, finish, timeline } = pair({
      loses: () => fraction(random) < 0.1,
      offersSack: seed % 2 === 0,
    })
    client.do((connection, now) => connection.open(now))
    const sent = Buffer.from(Array.from({ length: 200_000 }, () => random.uint32() & 0xff))
    const answer = sent.subarray(0, 50_000)
    timeline.schedule(1000 * MS, () => {
      client.do((connection, now) => connection.write(sent, now))
      client.do((connection, now) => connection.end(now))
    })
    timeline.schedule(2000 * MS, () => {
      server.do((connection, now) => connection.write(answer, now))
      server.do((connection, now) => connection.end(now))
    })
    finish()
    assert.ok(
      server.received.equals(sent),
      `seed ${seed}: ${server.received.length} bytes, ${client.heard}, ${server.heard}`,
    )
    assert.ok(client.received.equals(answer), `seed ${seed}: ${client.received.length} bytes back`)
    assert.deepEqual(states(client, server), ['closed', 'closed'], `seed ${seed}`)
  }
})

test('three duplicate acknowledgments have a lost segment retransmitted, long before its time-out', () => {
  let lost = false
  const loses: WireOptions['loses'] = ({ data }, _, number) => {
    if (data.length === 0 || number < 6 || lost) return false
    return (lost = true)
  }
  const { client, server, log, finish, open, timeline } = pair({ loses })
  open()
  const before = timeline.now()
  client.do((connection, now) => connection.write(Buffer.alloc(1460 * 10), now))
  finish(before + 150 * MS)
  assert.equal(server.received.length, 14600)
  assert.equal(log.filter(line => line.includes('client') && line.includes('1460')).length, 11)
})

test('many losses in one window: retransmitted together with selective acknowledgments, one in a round trip without', () => {
  const took = [true, false].map(offersSack => {
    // Of twenty segments, well after the start, every second one is lost.
    let count = -60
    const loses: WireOptions['loses'] = ({ data }, from) => {
      if (from !== 'client' || data.length === 0) return false
      count++
      return count > 0 && count <= 20 && count % 2 === 0
    }
    const { client, server, finish, open, timeline } = pair({ loses, offersSack })
    open()
    const before = timeline.now()
    client.do((connection, now) => connection.write(Buffer.alloc(1460 * 150), now))
    finish()
    assert.equal(server.received.length, 1460 * 150)
    return (server.lastReadAt - before) / MS
  })
  const [withSack, without] = took as [number, number]
  assert.ok(withSack <= 160 && without >= withSack + 80, `${took}`)
})

test('delayed acknowledgment: every second segment, a single one after 40 ms', () => {
  const { client, log, finish, open } = pair()
  open()
  client.do((connection, now) => connection.write(Buffer.alloc(1460 * 3), now))
  finish(500 * MS)
  const [begin] = (log[0] as string).split(' ')
  assert.deepEqual(
    log.filter(line => line.includes('server')).map(line => Number(line.split(' ')[0]) - Number(begin)),
    [10, 50],
  )
})

test("Nagle's rule: small writes wait for the acknowledgment of the first, unless noDelay is set", () => {
  for (const noDelay of [false, true]) {
    const { client, log, finish, open } = pair()
    open()
    client.do((connection, now) => connection.setNoDelay(noDelay, now))
    for (const text of ['a', 'b', 'c']) client.do((connection, now) => connection.write(Buffer.from(text), now))
    finish(500 * MS)
    const sizes = log.filter(line => line.includes('client') && /ACK \d/.test(line)).map(line => line.split(' ').at(-1))
    assert.deepEqual(sizes, noDelay ? ['1', '1', '1'] : ['1', '2'])
  }
})

test('a user that does not read stops the sender, which resumes when the window opens', () => {
  const { client, server, finish, open, timeline } = pair()
  open()
  server.reads = false
  const sent = Buffer.alloc(8 << 20, 'x')
  let written = 0
  const feed = () => {
    written += client.do((connection, now) => connection.write(sent.subarray(written), now))
    if (written < sent.length) timeline.schedule(50 * MS, feed)
  }
  feed()
  finish(timeline.now() + 30e9)
  assert.ok(server.connection.readableBytes <= 1 << 20)
  assert.ok(written <= 4 << 20, `${written} written`)
  server.reads = true
  server.read()
  finish(timeline.now() + 300e9)
  assert.equal(server.received.length, sent.length)
})

test('a closed window is probed, so that a lost window update does no harm', () => {
  let openings = 0
  const { client, server, finish, open, timeline } = pair({
    loses: ({ window }, from) =>
      from === 'server' && window > 0 && server.connection.readableBytes === 0 && openings++ === 2,
  })
  open()
  server.reads = false
  const size = 1 << 20
  client.do((connection, now) => connection.write(Buffer.alloc(size), now))
  finish(timeline.now() + 60e9)
  // The last bytes of the window are less than what its scale can tell.
  assert.ok(size - server.connection.readableBytes < 128)
  client.do((connection, now) => connection.write(Buffer.from('more'), now))
  finish(timeline.now() + 60e9)
  server.reads = true
  server.read()
  finish(timeline.now() + 300e9)
  assert.equal(server.received.length, size + 4)
})

test('a connection whose SYN is not answered fails after two minutes', () => {
  const { client, timeline, finish } = pair({ loses: () => true })
  client.do((connection, now) => connection.open(now))
  finish()
  assert.deepEqual(client.heard, ['closed', 'timed-out'])
  assert.equal(timeline.now(), 127e9)
})

test('a reset ends a connection, and only one at RCV.NXT does', () => {
  const { client, server, finish, open, timeline } = pair()
  open()
  const forged = {
    kind: 'tcp' as const,
    sourcePort: 0,
    destinationPort: 1,
    sequence: 0xffff_f000 + 100,
    acknowledgment: 0,
    flags: RST,
    window: 0,
    urgentPointer: 0,
    options: undefined,
    data: new Uint8Array(),
  }
  server.receive(forged)
  finish(timeline.now() + 100 * MS)
  assert.equal(server.connection.state, 'established')
  client.do(connection => connection.abort())
  finish()
  assert.deepEqual(server.heard, ['established', 'closed', 'reset'])
})

test('keep-alive detects a peer that is gone', () => {
  let isGone = false
  const { client, finish, open, timeline } = pair({ loses: () => isGone })
  open()
  client.do((connection, now) => connection.setKeepAlive({ idle: 10e9, interval: 1e9, probes: 5 }, now))
  finish(timeline.now() + 60e9)
  assert.equal(client.connection.state, 'established')
  isGone = true
  finish(timeline.now() + 60e9)
  assert.deepEqual(client.heard, ['established', 'closed', 'timed-out'])
})

test('data for an abandoned connection is answered with a reset', () => {
  const { client, server, finish, open, timeline } = pair()
  open()
  client.do((connection, now) => connection.abandon(now))
  finish(timeline.now() + 100 * MS)
  assert.equal(server.connection.state, 'close-wait')
  server.do((connection, now) => connection.write(Buffer.from('late'), now))
  finish(timeline.now() + 100 * MS)
  assert.deepEqual(server.heard, ['established', 'end', 'closed', 'reset'])
})
