// Every cell of TCP's state table: each event in each state, first in the table, then on a connection that was brought there.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { TcpConnection } from '../../../../src/sim/engine/tcp/connection.ts'
import { isLegal, nextState, states, type TcpEvent, type TcpState } from '../../../../src/sim/engine/tcp/states.ts'
import { type TcpSegment, tcpFlags } from '../../../../src/sim/wire/packets.ts'

const { SYN, ACK, FIN, RST } = tcpFlags

const events: readonly TcpEvent[] = [
  'open',
  'accept',
  'syn',
  'syn-ack',
  'ack-of-syn',
  'close',
  'fin',
  'ack-of-fin',
  'delete',
]
const all = Object.keys(states) as TcpState[]

/** RFC 9293 figure 5, line by line; all that is not here must not occur. */
const legal = new Map<string, TcpState>([
  ['closed open', 'syn-sent'],
  ['closed accept', 'syn-received'],
  ['syn-sent syn', 'syn-received'],
  ['syn-sent syn-ack', 'established'],
  ['syn-sent close', 'syn-sent'],
  ['syn-received ack-of-syn', 'established'],
  ['syn-received close', 'syn-received'],
  ['established close', 'fin-wait-1'],
  ['established fin', 'close-wait'],
  ['fin-wait-1 fin', 'closing'],
  ['fin-wait-1 ack-of-fin', 'fin-wait-2'],
  ['fin-wait-2 fin', 'time-wait'],
  ['close-wait close', 'last-ack'],
  ['closing ack-of-fin', 'time-wait'],
  ['last-ack ack-of-fin', 'closed'],
  ...all.filter(name => name !== 'closed').map(name => [`${name} delete`, 'closed'] as const),
])

test('each of ten states and nine events: the next state, or none', () => {
  assert.equal(all.length, 10)
  for (const name of all) {
    assert.equal(states[name].name, name)
    for (const event of events) {
      const expected = legal.get(`${name} ${event}`)
      assert.equal(isLegal(event, states[name]), expected !== undefined, `${name} ${event}`)
      if (expected !== undefined) assert.equal(nextState(states[name], event), states[expected])
      else assert.throws(() => nextState(states[name], event), new RegExp(`state '${name}' has no event '${event}'`))
    }
  }
})

test('a state that may send a FIN, or may get one, has the events that follow from it', () => {
  for (const [name, rules] of Object.entries(states)) {
    assert.equal(rules.mayAcceptData, isLegal('fin', rules), name)
    assert.equal(rules.mayWrite, isLegal('close', rules), name)
    if (isLegal('ack-of-fin', rules)) assert.ok(rules.maySend, name)
  }
})

const [OURS, PEERS] = [1000, 5000]

/** A connection, and the peer's segments by offset: the peer has sent and acknowledged nothing but SYNs and FINs. */
class Subject {
  readonly connection: TcpConnection
  readonly sent: string[] = []
  readonly heard: string[] = []
  now = 0

  constructor() {
    const names = Object.entries({ SYN, FIN, RST, ACK })
    this.connection = new TcpConnection(
      { sourcePort: 1, destinationPort: 2, initial: OURS, segmentSize: 1460 },
      {
        transmit: ({ flags }) => {
          this.sent.push(names.flatMap(([name, bit]) => (flags & bit ? [name] : [])).join('+'))
        },
        onEstablished: () => this.heard.push('established'),
        onReadable: () => this.heard.push('readable'),
        onAcknowledged: () => this.heard.push('acknowledged'),
        onFailure: failure => this.heard.push(failure),
        onClosed: () => this.heard.push('closed'),
      },
    )
  }

  gets(flags: number, from: number, upTo: number, size = 0): void {
    this.connection.receive(segment(flags, from, upTo, size), this.now)
  }

  /** What was transmitted and reported since the last call. */
  take(): string {
    return [...this.sent.splice(0), ...this.heard.splice(0)].join(' ')
  }
}

function segment(flags: number, from: number, upTo: number, size = 0): TcpSegment {
  return {
    kind: 'tcp',
    sourcePort: 2,
    destinationPort: 1,
    sequence: PEERS + 1 + from,
    acknowledgment: flags & ACK ? OURS + 1 + upTo : 0,
    flags,
    window: 1000,
    urgentPointer: 0,
    options: undefined,
    data: new Uint8Array(size),
  }
}

/** How a connection comes into each state. */
const ways: Record<TcpState, (subject: Subject) => void> = {
  closed: () => {},
  'syn-sent': ({ connection, now }) => connection.open(now),
  'syn-received': ({ connection, now }) => connection.accept(segment(SYN, -1, 0), now),
  established: subject => {
    ways['syn-sent'](subject)
    subject.gets(SYN | ACK, -1, 0)
  },
  'fin-wait-1': subject => {
    ways.established(subject)
    subject.connection.end(subject.now)
  },
  'fin-wait-2': subject => {
    ways['fin-wait-1'](subject)
    subject.gets(ACK, 0, 1)
  },
  'close-wait': subject => {
    ways.established(subject)
    subject.gets(FIN | ACK, 0, 0)
  },
  closing: subject => {
    ways['fin-wait-1'](subject)
    subject.gets(FIN | ACK, 0, 0)
  },
  'last-ack': subject => {
    ways['close-wait'](subject)
    subject.connection.end(subject.now)
  },
  'time-wait': subject => {
    ways['fin-wait-2'](subject)
    subject.gets(FIN | ACK, 0, 1)
  },
}

function subjectIn(name: TcpState): Subject {
  const subject = new Subject()
  ways[name](subject)
  assert.equal(subject.connection.state, name)
  subject.take()
  return subject
}

/** Whether the peer's FIN has the offset before the next segment, and ours the offset before the next acknowledgment. */
const hasPeersFin = (name: TcpState) => ['close-wait', 'closing', 'last-ack', 'time-wait'].includes(name)
const hasSentFin = (name: TcpState) => ['fin-wait-1', 'fin-wait-2', 'closing', 'last-ack', 'time-wait'].includes(name)
const isFinAcked = (name: TcpState) => ['fin-wait-2', 'time-wait'].includes(name)

/** The user's calls, the deadline and the peer's segments, each in all ten states. */
const acts: Record<string, (subject: Subject, name: TcpState) => void> = {
  end: ({ connection, now }) => connection.end(now),
  abandon: ({ connection, now }) => connection.abandon(now),
  abort: ({ connection }) => connection.abort(),
  'write 10': ({ connection, now }) => connection.write(new Uint8Array(10), now),
  unreachable: ({ connection }) => connection.receiveUnreachable('unreachable'),
  'expire at the deadline': ({ connection }) => {
    if (connection.deadline !== Number.POSITIVE_INFINITY) connection.expire(connection.deadline)
  },
  SYN: subject => subject.gets(SYN, -1, 0),
  'SYN+ACK': subject => subject.gets(SYN | ACK, -1, 0),
  'ACK of all': (subject, name) => subject.gets(ACK, hasPeersFin(name) ? 1 : 0, hasSentFin(name) ? 1 : 0),
  'ACK of what was never sent': (subject, name) => subject.gets(ACK, hasPeersFin(name) ? 1 : 0, 10),
  'data 10': (subject, name) => subject.gets(ACK, hasPeersFin(name) ? 1 : 0, isFinAcked(name) ? 1 : 0, 10),
  FIN: (subject, name) => subject.gets(FIN | ACK, hasPeersFin(name) ? 1 : 0, isFinAcked(name) ? 1 : 0),
  'FIN+ACK of all': (subject, name) => {
    subject.gets(FIN | ACK, hasPeersFin(name) ? 1 : 0, hasSentFin(name) ? 1 : 0)
  },
  RST: (subject, name) => subject.gets(RST | ACK, hasPeersFin(name) ? 1 : 0, hasSentFin(name) ? 1 : 0),
  'RST within the window': (subject, name) => subject.gets(RST, (hasPeersFin(name) ? 1 : 0) + 5, 0),
}

/** "next state: transmitted reported", where it is not `otherwise` and the same state. */
type Outcomes = { readonly otherwise: string } & Partial<Record<TcpState, string>>

const outcomes: Record<string, Outcomes> = {
  end: { otherwise: '', established: 'fin-wait-1: FIN+ACK', 'close-wait': 'last-ack: FIN+ACK' },
  abandon: {
    otherwise: '',
    'syn-sent': 'closed: closed',
    established: 'fin-wait-1: FIN+ACK',
    'close-wait': 'last-ack: FIN+ACK',
  },
  abort: {
    otherwise: '',
    'syn-sent': 'closed: closed',
    'syn-received': 'closed: RST+ACK closed',
    established: 'closed: RST+ACK closed',
    'fin-wait-1': 'closed: RST+ACK closed',
    'fin-wait-2': 'closed: RST+ACK closed',
    'close-wait': 'closed: RST+ACK closed',
    closing: 'closed: RST+ACK closed',
    'last-ack': 'closed: RST+ACK closed',
    'time-wait': 'closed: closed',
  },
  'write 10': { otherwise: '', established: 'established: ACK', 'close-wait': 'close-wait: ACK' },
  unreachable: { otherwise: '', 'syn-sent': 'closed: closed unreachable' },
  'expire at the deadline': {
    otherwise: '',
    'syn-sent': 'syn-sent: SYN',
    'syn-received': 'syn-received: SYN+ACK',
    'fin-wait-1': 'fin-wait-1: FIN+ACK',
    closing: 'closing: FIN+ACK',
    'last-ack': 'last-ack: FIN+ACK',
    'time-wait': 'closed: closed',
  },
  SYN: {
    otherwise: 'ACK',
    closed: 'closed:',
    'syn-sent': 'syn-received: SYN+ACK',
    'syn-received': 'syn-received: SYN+ACK',
  },
  'SYN+ACK': { otherwise: 'ACK', closed: 'closed:', 'syn-sent': 'established: ACK established' },
  'ACK of all': {
    otherwise: '',
    'syn-received': 'established: established',
    'fin-wait-1': 'fin-wait-2: acknowledged',
    closing: 'time-wait: acknowledged',
    'last-ack': 'closed: acknowledged closed',
  },
  'ACK of what was never sent': {
    otherwise: 'ACK',
    closed: 'closed:',
    'syn-sent': 'syn-sent: RST',
    'syn-received': 'syn-received: RST',
  },
  'data 10': {
    otherwise: 'ACK',
    closed: 'closed:',
    'syn-sent': 'syn-sent:',
    'syn-received': 'established: established readable',
    established: 'established: readable',
    'fin-wait-1': 'fin-wait-1: readable',
    'fin-wait-2': 'fin-wait-2: readable',
  },
  FIN: {
    otherwise: 'ACK',
    closed: 'closed:',
    'syn-sent': 'syn-sent:',
    'syn-received': 'close-wait: ACK established readable',
    established: 'close-wait: ACK readable',
    'fin-wait-1': 'closing: ACK readable',
    'fin-wait-2': 'time-wait: ACK readable',
  },
  'FIN+ACK of all': {
    otherwise: 'ACK',
    closed: 'closed:',
    'syn-sent': 'syn-sent:',
    'syn-received': 'close-wait: ACK established readable',
    established: 'close-wait: ACK readable',
    'fin-wait-1': 'time-wait: ACK acknowledged readable',
    'fin-wait-2': 'time-wait: ACK readable',
    closing: 'time-wait: ACK acknowledged',
    'last-ack': 'closed: acknowledged closed',
  },
  RST: {
    otherwise: '',
    ...Object.fromEntries(all.filter(name => name !== 'closed').map(name => [name, 'closed: closed reset'])),
    'syn-sent': 'closed: closed refused',
    'syn-received': 'closed: closed refused',
  },
  'RST within the window': { otherwise: 'ACK', closed: 'closed:', 'syn-sent': 'syn-sent:' },
}

for (const [act, run] of Object.entries(acts)) {
  test(`in each of ten states: ${act}`, () => {
    const { otherwise, ...expected } = outcomes[act] as Outcomes
    for (const name of all) {
      const subject = subjectIn(name)
      run(subject, name)
      const actual = `${subject.connection.state}: ${subject.take()}`.trimEnd()
      assert.equal(actual, expected[name] ?? `${name}: ${otherwise}`.trimEnd(), `in ${name}`)
    }
  })
}

test('a connection is opened once', () => {
  for (const name of all) {
    if (name === 'closed') continue
    const { connection, now } = subjectIn(name)
    assert.throws(() => connection.open(now), /has no event 'open'/)
    assert.throws(() => connection.accept(segment(SYN, -1, 0), now), /has no event 'accept'/)
  }
})

test('an end during the handshake is a FIN after it', () => {
  for (const name of ['syn-sent', 'syn-received'] as const) {
    const subject = subjectIn(name)
    subject.connection.write(new Uint8Array(10), subject.now)
    subject.connection.end(subject.now)
    subject.gets(name === 'syn-sent' ? SYN | ACK : ACK, name === 'syn-sent' ? -1 : 0, 0)
    assert.equal(subject.connection.state, 'fin-wait-1', name)
    assert.match(subject.take(), /\bFIN\+ACK\b/)
  }
})

test('after its end a connection takes no more bytes', () => {
  for (const name of all) {
    const { connection, now } = subjectIn(name)
    const mayWrite = ['syn-sent', 'syn-received', 'established', 'close-wait'].includes(name)
    assert.equal(connection.write(new Uint8Array(10), now), mayWrite ? 10 : 0, name)
    connection.end(now)
    assert.equal(connection.write(new Uint8Array(10), now), 0, name)
  }
})
