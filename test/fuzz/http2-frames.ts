// The long run of the HTTP/2 engine: sequences of frames, sound, odd and damaged, cut anywhere, against a user that does
// whatever it may within the events.
//   node dist/test/fuzz/http2-frames.js [sequences] [seed]
// What must hold for each: nothing is thrown, the output is whole frames, each stream that was told of is told closed
// exactly once, and nothing is left when the connection has gone.

import { pathToFileURL } from 'node:url'
import { SessionEngine } from '../../src/http2/engine/session-engine.ts'
import type { EngineStream, Role, SessionHandler } from '../../src/http2/engine/types.ts'
import { HpackEncoder } from '../../src/http2/wire/hpack-encoder.ts'
import { frame, preface, settings, settingsAck, uint32 } from '../support/h2-peer.ts'
import { sessionOptions } from '../support/session-options.ts'

export interface FuzzReport {
  sequences: number
  frames: number
  sessionErrors: number
  streamErrors: number
  requests: number
}

export function fuzz(sequences: number, seed: number): FuzzReport {
  const report: FuzzReport = { sequences: 0, frames: 0, sessionErrors: 0, streamErrors: 0, requests: 0 }
  for (let i = 0; i < sequences; i++) {
    const sequenceSeed = (seed + i) >>> 0
    try {
      new Sequence(sequenceSeed, report).run()
    } catch (error) {
      throw new Error(`seed ${sequenceSeed}: ${error instanceof Error ? error.stack : error}`)
    }
    report.sequences++
  }
  return report
}

/** mulberry32: small, and the same everywhere. */
function randomFrom(seed: number): (below: number) => number {
  let state = seed
  return below => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below)
  }
}

const fieldLists: readonly (readonly string[])[] = [
  [':method', 'GET', ':scheme', 'http', ':path', '/', ':authority', 'a'],
  [':method', 'POST', ':scheme', 'http', ':path', '/x', ':authority', 'a', 'content-length', '5'],
  [':method', 'CONNECT', ':authority', 'a:1'],
  [':method', 'HEAD', ':scheme', 'https', ':path', '/', 'host', 'a', 'priority', 'u=1, i'],
  [':status', '200'],
  [':status', '103', 'link', '<a>'],
  [':status', '204', 'content-length', '5'],
  ['a', 'b', 'c', 'd'.repeat(100)],
  ['Bad', 'x'],
  ['x', 'bad\n'],
  ['connection', 'close'],
  [],
]

const usualTypes = [0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 2, 3, 4, 6, 8, 8, 8]

class Sequence implements SessionHandler {
  readonly #random: (below: number) => number
  readonly #report: FuzzReport
  readonly #role: Role
  readonly #engine: SessionEngine
  readonly #encoder = new HpackEncoder()
  readonly #told = new Map<EngineStream, number>()
  readonly #output: Uint8Array[] = []
  #now = 0
  #lastId: number
  #isOpenBlock = false
  #doneCalls = 0
  #doneAsked = 0

  constructor(seed: number, report: FuzzReport) {
    this.#random = randomFrom(seed)
    this.#report = report
    this.#role = this.#chance(3) ? 'client' : 'server'
    this.#lastId = this.#role === 'client' ? 5 : -1
    const small = { maxSessionMemory: 20_000, streamResetBurst: 5, emptyFrameBurst: 5, maxHeaderListPairs: 6 }
    this.#engine = new SessionEngine(
      this.#role,
      this,
      sessionOptions({
        settings: this.#chance(2)
          ? [
              [3, this.#random(4)],
              [4, this.#random(100_000)],
            ]
          : [],
        paddingStrategy: (['none', 'aligned', 'max'] as const)[this.#random(3)] ?? 'none',
        growsWindows: this.#chance(2),
        limits: this.#chance(3) ? small : {},
      }),
    )
  }

  run(): void {
    this.#engine.start(0)
    const parts: Uint8Array[] = this.#role === 'server' && !this.#chance(50) ? [preface] : []
    if (!this.#chance(20)) parts.push(settings([4, this.#random(70_000)]), settingsAck)
    if (this.#role === 'client') for (let i = 0; i < 3; i++) this.#open()
    else if (!this.#chance(20)) {
      this.#lastId = 1
      parts.push(frame(1, 4 | this.#random(2), 1, this.#block()))
    }
    const count = 1 + this.#random(20)
    for (let i = 0; i < count; i++) parts.push(this.#frame())
    this.#report.frames += count
    this.#feed(Buffer.concat(parts))
    this.#take()
    if (this.#engine.isDestroyed) this.#check(this.#engine.openStreams === 0, 'streams are open after the end')
    this.#engine.receiveEnd()
    this.#take()
    this.#check(this.#engine.openStreams === 0, 'streams are open after the connection')
    for (const [stream, closed] of this.#told) this.#check(closed === 1, `stream ${stream.id} closed ${closed} times`)
    this.#check(this.#doneCalls === this.#doneAsked, 'a done was not told')
    this.#checkOutput()
  }

  #feed(bytes: Buffer): void {
    for (let at = 0; at < bytes.length; ) {
      const end = Math.min(bytes.length, at + 1 + this.#random(this.#chance(3) ? 5 : 3000))
      this.#engine.receive(bytes.subarray(at, end), this.#now)
      at = end
      this.#now += this.#random(20)
      if (this.#chance(3)) this.#act()
      if (this.#chance(3)) this.#take()
      if (this.#now >= this.#engine.deadline()) this.#engine.expire(this.#now)
      this.#check(this.#engine.memoryUsed >= 0 && this.#engine.memoryUsed < 2_000_000, 'memory')
    }
  }

  /** Mostly what could be sent, now and then what could not. */
  #frame(): Buffer {
    const type = this.#chance(40)
      ? this.#random(20)
      : this.#isOpenBlock
        ? 9
        : (usualTypes[this.#random(usualTypes.length)] ?? 0)
    const bytes = frame(type, this.#flags(type), this.#streamId(type), this.#payload(type))
    if (this.#chance(100)) bytes[this.#random(bytes.length)] = this.#random(256)
    return this.#chance(200) ? bytes.subarray(0, this.#random(bytes.length)) : bytes
  }

  #streamId(type: number): number {
    if (this.#chance(50)) return this.#random(20)
    if (type === 4 || type === 6 || type === 7 || type >= 10) return 0
    if (type === 9) return Math.max(1, this.#lastId)
    if (type === 8 && this.#chance(2)) return 0
    if (type === 1 && this.#role === 'server' && !this.#chance(4)) {
      this.#lastId += 2
      return this.#lastId
    }
    return Math.max(1, this.#lastId - 2 * this.#random(3))
  }

  #flags(type: number): number {
    if (this.#chance(50)) return this.#random(256)
    if (type === 0) return this.#random(2)
    if (type !== 1 && type !== 9 && type !== 5) return 0
    this.#isOpenBlock = this.#chance(8)
    return (this.#isOpenBlock ? 0 : 4) | (type === 1 ? this.#random(2) : 0)
  }

  #payload(type: number): Uint8Array {
    if (this.#chance(60)) return Uint8Array.from({ length: this.#random(30) }, () => this.#random(256))
    switch (type) {
      case 0:
        return Buffer.alloc(this.#chance(10) ? this.#random(16_385) : this.#random(12))
      case 1:
      case 9:
        return this.#block()
      case 2:
        return Buffer.concat([uint32(this.#random(10)), Buffer.from([this.#random(256)])])
      case 4:
        return settings([
          [1, 3, 4, 4, 6, 9][this.#random(this.#chance(9) ? 9 : 5)] ?? 2,
          this.#random(this.#chance(20) ? 2 ** 32 : 20_000),
        ]).subarray(9)
      case 5:
        return Buffer.concat([uint32(2 * this.#random(10)), this.#block()])
      case 6:
        return Buffer.alloc(8)
      case 7:
        return uint32(this.#random(2) * 2 ** 31 - 1, this.#random(14))
      case 8:
        return uint32(this.#chance(30) ? this.#random(2 ** 32) : 1 + this.#random(50_000))
      case 16:
        return Buffer.concat([uint32(1 + 2 * this.#random(10)), Buffer.from('u=2, i')])
      default:
        return uint32(this.#random(14))
    }
  }

  #block(): Buffer {
    this.#encoder.begin()
    const most = this.#chance(6) ? fieldLists.length : 4
    const first = this.#role === 'client' && most === 4 ? 4 : 0
    const fields = fieldLists[first + this.#random(most - (first === 0 ? 0 : 2))] ?? []
    for (let i = 0; i < fields.length; i += 2) this.#encoder.add(fields[i] as string, fields[i + 1] as string)
    return Buffer.from(this.#encoder.block())
  }

  /** Something that a user may do, at any time. */
  #act(stream = [...this.#told.keys()][this.#random(this.#told.size || 1)]): void {
    const engine = this.#engine
    const done = (): void => {
      this.#doneCalls++
    }
    if (stream !== undefined)
      switch (this.#random(9)) {
        case 0:
        case 1:
          engine.respond(stream, [':status', '200'], this.#chance(3))
          break
        case 2:
        case 3:
          if (engine.sendData(stream, Buffer.alloc(this.#random(9000)), { done, endStream: this.#chance(3) }))
            this.#doneAsked++
          break
        case 4:
          engine.sendTrailers(stream, ['t', '1'])
          break
        case 5:
          engine.reset(stream, this.#random(14))
          break
        case 6:
          engine.consume(stream, this.#random(20_000))
          break
        case 7:
          this.#tell(engine.pushPromise(stream, fieldLists[0] as string[]))
          break
        default:
          engine.setPriority(stream, this.#random(8), this.#chance(2))
      }
    else if (this.#role === 'client') this.#open()
    if (this.#chance(100)) engine.destroy(this.#random(3))
    if (this.#chance(30)) engine.ping(new Uint8Array(8))
    if (this.#chance(40)) engine.settings([[4, this.#random(2 ** 31)]])
    if (this.#chance(60)) engine.shutdown()
    if (this.#chance(40)) engine.setLocalWindowSize(this.#random(200_000))
  }

  #open(): void {
    const fields = fieldLists[this.#random(2)] as string[]
    this.#tell(this.#engine.openStream(fields, { endStream: this.#chance(2) }))
  }

  #tell(stream: EngineStream | undefined | false): void {
    if (stream) this.#told.set(stream, 0)
  }

  #take(): void {
    for (let piece = this.#engine.takeOutput(); piece !== undefined; piece = this.#engine.takeOutput()) {
      this.#check(piece.length > 0, 'an empty piece')
      this.#output.push(piece)
    }
  }

  #checkOutput(): void {
    let bytes = Buffer.concat(this.#output)
    if (this.#role === 'client') bytes = bytes.subarray(preface.length)
    let at = 0
    while (at + 9 <= bytes.length) at += 9 + bytes.readUIntBE(at, 3)
    this.#check(at === bytes.length, 'the output is not whole frames')
  }

  #chance(oneIn: number): boolean {
    return this.#random(oneIn) === 0
  }

  #check(holds: boolean, what: string): void {
    if (!holds) throw new Error(what)
  }

  // --- events: each may act at once

  #react(stream?: EngineStream): void {
    if (this.#chance(3)) this.#act(stream)
  }

  onHeaders(stream: EngineStream, _block: unknown, part: string): void {
    if (part === 'request') {
      this.#report.requests++
      this.#check(!this.#told.has(stream), 'a request twice')
      this.#tell(stream)
    }
    this.#check(this.#told.get(stream) === 0, 'headers on a stream that is closed')
    this.#react(stream)
  }
  onData(stream: EngineStream): void {
    this.#check(this.#told.get(stream) === 0, 'data on a stream that is closed')
    this.#react(stream)
  }
  onEnd(stream: EngineStream): void {
    this.#check(this.#told.get(stream) === 0, 'the end of a stream that is closed')
    this.#react(stream)
  }
  onReset(stream: EngineStream): void {
    this.#react(stream)
  }
  onStreamError(stream: EngineStream): void {
    this.#report.streamErrors++
    this.#react(stream)
  }
  onStreamClosed(stream: EngineStream): void {
    const closed = this.#told.get(stream)
    this.#check(closed !== undefined, 'a stream closed that was not told of')
    this.#told.set(stream, (closed ?? 0) + 1)
    this.#check(stream.state === 7, 'closed is not its state')
    this.#react(stream)
  }
  onPushPromise(_stream: EngineStream, promised: EngineStream): void {
    this.#tell(promised)
    this.#react(promised)
  }
  onSettings(): void {
    this.#react()
  }
  onSettingsAck(): void {
    this.#react()
  }
  onPing(): void {
    this.#react()
  }
  onPingAck(): void {}
  onGoaway(): void {
    this.#react()
  }
  onPriority(): void {
    this.#react()
  }
  onPriorityUpdate(): void {}
  onAltSvc(): void {}
  onOrigin(): void {}
  onSessionError(): void {
    this.#report.sessionErrors++
    this.#react()
  }
  onOutput(): void {}
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [sequences = '100000', seed = '1'] = process.argv.slice(2)
  const started = performance.now()
  const report = fuzz(Number(sequences), Number(seed))
  console.log(`${JSON.stringify(report)} in ${Math.round((performance.now() - started) / 1000)} s`)
}
