// Whatever is called, at whatever moment, from within whatever callback: the rules at the head of src/host/types.ts hold.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { MemoryHost } from '../../../src/host/memory/memory-host.ts'
import type { Connection, ConnectionSink } from '../../../src/host/types.ts'
import { ManualClock } from '../manual-clock.ts'

const verbs = [
  'write',
  'writeLarge',
  'end',
  'destroy',
  'reset',
  'pause',
  'resume',
  'cork',
  'uncork',
  'nothing',
] as const
type Verb = (typeof verbs)[number]

/** One end, which checks what it is told, and calls back what it was given to call from within. */
class CheckedEnd implements ConnectionSink {
  connection: Connection | undefined
  readonly #reactions: Verb[]
  isWithinCall = false
  events: string[] = []
  sent: number[] = []
  received: number[] = []
  isPaused = true
  hasDestroyed = false
  started = 0
  finished: number[] = []

  constructor(reactions: readonly Verb[]) {
    this.#reactions = [...reactions]
  }

  call(verb: Verb): void {
    const { connection } = this
    if (connection === undefined) return
    const wasWithinCall = this.isWithinCall
    this.isWithinCall = true
    if (verb === 'write' || verb === 'writeLarge') this.#write(connection, verb === 'write' ? 3 : 50_000)
    else if (verb !== 'nothing') connection[verb]()
    if (verb === 'pause') this.isPaused = true
    if (verb === 'resume') this.isPaused = false
    if (verb === 'destroy' || verb === 'reset') this.hasDestroyed = true
    this.isWithinCall = wasWithinCall
  }

  onConnect(): void {
    this.#told('connect')
  }

  onData(chunk: Uint8Array): void {
    assert.equal(this.isPaused, false, 'data while paused')
    assert.ok(!this.events.includes('end'), 'data after the end')
    for (const byte of chunk) this.received.push(byte)
    this.#told('data')
  }

  onEnd(): void {
    assert.equal(this.isPaused, false, 'end while paused')
    assert.ok(!this.events.includes('end'), 'a second end')
    this.#told('end')
  }

  onDrain(): void {
    this.#told('drain')
  }

  onError(): void {
    assert.ok(!this.events.includes('error'), 'a second error')
    this.#told('error')
  }

  onClose(hadError: boolean): void {
    assert.equal(hadError, this.events.includes('error'))
    assert.deepEqual(
      this.finished,
      Array.from({ length: this.started }, (_, index) => index),
      'each `done` once, in order, before close',
    )
    this.#told('close')
  }

  #write(connection: Connection, size: number): void {
    const bytes = Uint8Array.from({ length: size }, (_, index) => (this.sent.length + index) & 0xff)
    const isClosed = this.events.includes('close')
    const number = this.started
    if (!isClosed) this.started++
    const mayArrive = !this.hasDestroyed
    connection.write(bytes, undefined, () => {
      assert.equal(this.isWithinCall, false, 'done from within a call')
      if (!isClosed) this.finished.push(number)
    })
    if (mayArrive) for (const byte of bytes) this.sent.push(byte)
  }

  #told(event: string): void {
    assert.equal(this.isWithinCall, false, `${event} from within a call`)
    assert.ok(!this.events.includes('close'), `${event} after close`)
    if (this.hasDestroyed) assert.equal(event, 'close', `${event} after destroy`)
    if (this.events.includes('error')) assert.equal(event, 'close', `${event} after error`)
    this.events.push(event)
    this.call(this.#reactions.shift() ?? 'nothing')
  }
}

const step = fc.record({ end: fc.nat(1), verb: fc.constantFrom(...verbs), turns: fc.nat(3) })
const reactions = fc.array(fc.constantFrom(...verbs), { maxLength: 6 })
const numRuns = Number(process.env['FUZZ_RUNS'] ?? 300)

test('no order of calls breaks a rule', () => {
  fc.assert(
    fc.property(
      fc.array(step, { maxLength: 30 }),
      reactions,
      reactions,
      fc.boolean(),
      (steps, first, second, isPath) => {
        const clock = new ManualClock()
        const host = new MemoryHost({ clock })
        const [client, server] = [new CheckedEnd(first), new CheckedEnd(second)]
        const place = isPath
          ? ({ kind: 'path', path: 'p' } as const)
          : ({ kind: 'tcp', address: '127.0.0.1', port: 80 } as const)
        host.listen(place, {
          onListening() {},
          onConnection(connection) {
            connection.sink = server
            server.connection = connection
          },
          onError: error => assert.fail(error),
          onClose() {},
        })
        client.connection = host.connect(place, client)
        for (const { end, verb, turns } of steps) {
          ;[client, server][end]?.call(verb)
          for (let turn = 0; turn < turns; turn++) clock.runTurn()
        }
        clock.runAll()
        for (const end of [client, server]) end.call('destroy')
        clock.runAll()
        for (const [end, peer] of [
          [client, server],
          [server, client],
        ] as const) {
          if (end.connection !== undefined) assert.equal(end.events.at(-1), 'close')
          assert.deepEqual(
            end.received,
            peer.sent.slice(0, end.received.length),
            'what arrives is what was sent, in order',
          )
          const wasWhole = !peer.hasDestroyed && end.events.includes('end') && !peer.events.includes('error')
          if (wasWhole) assert.equal(end.received.length, peer.sent.length)
        }
      },
    ),
    { numRuns },
  )
})
