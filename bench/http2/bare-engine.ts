// What a request costs in the engine alone, without a socket or a system call; and what a session and a stream hold.
//   node --expose-gc dist/bench/http2/bare-engine.js

import { defaultLimits } from '../../src/http2/engine/engine-limits.ts'
import { SessionEngine } from '../../src/http2/engine/session-engine.ts'
import type { SessionHandler } from '../../src/http2/engine/types.ts'
import { HpackEncoder } from '../../src/http2/wire/hpack-encoder.ts'

const batchSize = 16
const body = Buffer.from('hello, world')
const ends = { endStream: true }
const nothing = (): void => {}

function newEngine(answers: boolean): SessionEngine {
  const handler: SessionHandler = {
    onHeaders(stream) {
      if (!answers) return
      engine.respond(stream, [':status', '200', 'content-type', 'text/plain', 'content-length', '12'], false)
      engine.sendData(stream, body, ends)
    },
    onData: nothing,
    onEnd: nothing,
    onReset: nothing,
    onStreamError: nothing,
    onStreamClosed: nothing,
    onPushPromise: nothing,
    onSettings: nothing,
    onSettingsAck: nothing,
    onPing: nothing,
    onPingAck: nothing,
    onGoaway: nothing,
    onPriority: nothing,
    onPriorityUpdate: nothing,
    onAltSvc: nothing,
    onOrigin: nothing,
    onSessionError: nothing,
    onOutput: nothing,
  }
  const engine = new SessionEngine('server', handler, {
    settings: [],
    paddingStrategy: 'none',
    strictFieldWhitespace: true,
    growsWindows: true,
    customSettings: [],
    limits: { ...defaultLimits, maxSessionMemory: Number.POSITIVE_INFINITY },
  })
  engine.start(0)
  engine.receive(Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'latin1'), 0)
  engine.receive(frame(4, 0, 0, Buffer.from([0, 4, 0x7f, 0xff, 0xff, 0xff])), 0)
  engine.receive(frame(4, 1, 0, Buffer.alloc(0)), 0)
  engine.receive(frame(8, 0, 0, Buffer.from([0x7f, 0, 0, 0])), 0)
  while (engine.takeOutput() !== undefined);
  return engine
}

function frame(type: number, flags: number, streamId: number, payload: Uint8Array): Buffer {
  const bytes = Buffer.alloc(9 + payload.length)
  bytes.writeUIntBE(payload.length, 0, 3)
  bytes[3] = type
  bytes[4] = flags
  bytes.writeUInt32BE(streamId, 5)
  bytes.set(payload, 9)
  return bytes
}

function block(encoder: HpackEncoder): Buffer {
  encoder.begin()
  encoder.add(':method', 'GET')
  encoder.add(':scheme', 'http')
  encoder.add(':path', '/todos?name=mira')
  encoder.add(':authority', 'localhost:8000')
  encoder.add('user-agent', 'bench/1.0')
  return Buffer.from(encoder.block())
}

function nanosecondsPerRequest(ms: number): number {
  const encoder = new HpackEncoder()
  // The first fills the table; the second is what a client sends from then on.
  const [first, later] = [block(encoder), block(encoder)]
  const batch = Buffer.concat(Array.from({ length: batchSize }, () => frame(1, 5, 0, later)))
  let requests = 0
  let spent = 0
  while (spent < ms) {
    const engine = newEngine(true)
    engine.receive(frame(1, 5, 1, first), 0)
    for (let streamId = 3; streamId < 1_000_000; ) {
      const bytes = Buffer.from(batch)
      for (let at = 0; at < bytes.length; at += 9 + later.length, streamId += 2) bytes.writeUInt32BE(streamId, at + 5)
      const started = performance.now()
      engine.receive(bytes, 0)
      while (engine.takeOutput() !== undefined);
      spent += performance.now() - started
      requests += batchSize
    }
  }
  return Math.round((spent * 1e6) / requests)
}

/** Bytes of heap and buffers for each of `count` things. */
function bytesEach(count: number, make: (position: number) => unknown): number {
  const { gc } = globalThis as { gc?: () => void }
  if (gc === undefined) return Number.NaN
  const used = (): number => {
    gc()
    gc()
    const { heapUsed, arrayBuffers } = process.memoryUsage()
    return heapUsed + arrayBuffers
  }
  const kept: unknown[] = []
  const before = used()
  for (let i = 0; i < count; i++) kept.push(make(i))
  const bytes = Math.round((used() - before) / count)
  kept.length = 0
  return bytes
}

nanosecondsPerRequest(500)
console.log(`${nanosecondsPerRequest(2000)} ns for a request and its response`)
newEngine(false)
console.log(`${bytesEach(2000, () => newEngine(false))} bytes for an idle session`)
const encoder = new HpackEncoder()
const engine = newEngine(false)
const open = (position: number): void => engine.receive(frame(1, 4, 1 + 2 * position, block(encoder)), 0)
console.log(`${bytesEach(5000, open)} bytes for an open stream`)
