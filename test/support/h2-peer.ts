// The other end of a session engine, as a script: what it sends, byte by byte if wanted, and what it expects to be sent,
// as lines of text. Its frames are put together and taken apart here, by the letter of RFC 9113 and without the codec of
// the engine; HPACK alone is shared.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { SessionLimits } from '../../src/http2/engine/engine-limits.ts'
import { SessionEngine } from '../../src/http2/engine/session-engine.ts'
import type { Role, SessionOptions } from '../../src/http2/engine/types.ts'
import { HpackDecoder } from '../../src/http2/wire/hpack-decoder.ts'
import { HpackEncoder } from '../../src/http2/wire/hpack-encoder.ts'
import { type Reactions, SessionEvents } from './session-events.ts'
import { sessionOptions } from './session-options.ts'

export const preface = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'latin1')

const names = [
  'DATA',
  'HEADERS',
  'PRIORITY',
  'RST_STREAM',
  'SETTINGS',
  'PUSH_PROMISE',
  'PING',
  'GOAWAY',
  'WINDOW_UPDATE',
  'CONTINUATION',
]
const typeOf = (name: string): number => names.indexOf(name)

export function frame(
  type: number | string,
  flags: number,
  streamId: number,
  payload: Uint8Array | string = '',
): Buffer {
  const content = typeof payload === 'string' ? Buffer.from(payload, 'latin1') : payload
  const bytes = Buffer.alloc(9 + content.length)
  bytes.writeUIntBE(content.length, 0, 3)
  bytes[3] = typeof type === 'string' ? typeOf(type) : type
  bytes[4] = flags
  bytes.writeUInt32BE(streamId, 5)
  bytes.set(content, 9)
  return bytes
}

export function uint32(...values: number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4)
  for (const [position, value] of values.entries()) bytes.writeUInt32BE(value >>> 0, position * 4)
  return bytes
}

export const data = (streamId: number, content: string | Uint8Array, end?: 'end'): Buffer =>
  frame('DATA', end ? 1 : 0, streamId, content)
export const reset = (streamId: number, code: number): Buffer => frame('RST_STREAM', 0, streamId, uint32(code))
export const ping = (payload: string, ack?: 'ack'): Buffer => frame('PING', ack ? 1 : 0, 0, payload)
export const goaway = (lastStreamId: number, code = 0, reason = ''): Buffer =>
  frame('GOAWAY', 0, 0, Buffer.concat([uint32(lastStreamId, code), Buffer.from(reason)]))
export const windowUpdate = (streamId: number, increment: number): Buffer =>
  frame('WINDOW_UPDATE', 0, streamId, uint32(increment))
export const settingsAck = frame('SETTINGS', 1, 0)
export function settings(...entries: [id: number, value: number][]): Buffer {
  const payload = Buffer.alloc(entries.length * 6)
  for (const [position, [id, value]] of entries.entries()) {
    payload.writeUInt16BE(id, position * 6)
    payload.writeUInt32BE(value, position * 6 + 2)
  }
  return frame('SETTINGS', 0, 0, payload)
}

export type Fields = readonly (readonly [name: string, value: string])[]

export interface PeerOptions extends Partial<Omit<SessionOptions, 'limits'>> {
  readonly limits?: Partial<SessionLimits>
  readonly reactions?: Reactions
  /** Bytes that the engine is given at a time. */
  readonly step?: number
  /** Until the peer's first answer. */
  readonly roundTripMs?: number
}

export class Peer {
  readonly events: SessionEvents
  readonly engine: SessionEngine
  readonly #encoder = new HpackEncoder()
  readonly #decoder = new HpackDecoder()
  readonly #step: number
  /** Output that was not read yet. */
  #output = Buffer.alloc(0)
  now = 0

  constructor(role: Role, { reactions, step, roundTripMs: _, ...options }: PeerOptions = {}) {
    this.events = new SessionEvents(reactions)
    this.#step = step ?? Number.POSITIVE_INFINITY
    this.engine = new SessionEngine(role, this.events, sessionOptions(options))
    this.engine.start(this.now)
  }

  /** Past the prefaces and the first SETTINGS, nothing left to read. */
  static started(role: Role, options: PeerOptions = {}, ...entries: [number, number][]): Peer {
    const peer = new Peer(role, options)
    peer.now += options.roundTripMs ?? 0
    if (role === 'server') peer.sends(preface)
    peer.sends(settings(...entries), settingsAck)
    peer.received()
    peer.events.take()
    return peer
  }

  /** A header block in one frame, or cut into pieces of so many bytes. */
  headers(streamId: number, fields: Fields, end?: 'end', cut = Number.POSITIVE_INFINITY): Buffer {
    const block = this.block(fields)
    const frames: Buffer[] = []
    for (let at = 0; at === 0 || at < block.length; at += cut) {
      const isLast = at + cut >= block.length
      const piece = block.subarray(at, isLast ? block.length : at + cut)
      const flags = (isLast ? 4 : 0) | (at === 0 && end ? 1 : 0)
      frames.push(frame(at === 0 ? 1 : 9, flags, streamId, piece))
    }
    return Buffer.concat(frames)
  }

  promise(streamId: number, promisedId: number, fields: Fields): Buffer {
    return frame('PUSH_PROMISE', 4, streamId, Buffer.concat([uint32(promisedId), this.block(fields)]))
  }

  block(fields: Fields): Buffer {
    this.#encoder.begin()
    for (const [name, value] of fields) this.#encoder.add(name, value)
    return Buffer.from(this.#encoder.block())
  }

  sends(...frames: Uint8Array[]): void {
    const bytes = Buffer.concat(frames)
    for (let at = 0; at < bytes.length; at += this.#step) {
      const end = Math.min(bytes.length, at + this.#step)
      this.engine.receive(bytes.subarray(at, end), this.now)
    }
  }

  /** All that the engine has to say by now, a line for each frame. */
  received(takeBytes?: number): string[] {
    const pieces = [this.#output]
    for (let piece = this.engine.takeOutput(takeBytes); piece !== undefined; piece = this.engine.takeOutput(takeBytes))
      pieces.push(Buffer.from(piece))
    this.#output = Buffer.concat(pieces)
    const lines: string[] = []
    if (this.#output.subarray(0, preface.length).equals(preface)) {
      lines.push('PREFACE')
      this.#output = this.#output.subarray(preface.length)
    }
    while (this.#output.length > 0) {
      assert.ok(this.#output.length >= 9, 'a frame header is cut off')
      const end = 9 + this.#output.readUIntBE(0, 3)
      assert.ok(this.#output.length >= end, 'a frame is cut off')
      lines.push(this.#line(this.#output.subarray(0, end)))
      this.#output = this.#output.subarray(end)
    }
    return lines
  }

  /** The engine's frames since the last look, exactly. */
  expects(...lines: string[]): void {
    assert.deepEqual(this.received(), lines)
  }

  /** What the engine told its user since the last look, exactly. */
  tells(...lines: string[]): void {
    assert.deepEqual(this.events.take(), lines)
  }

  expectsNothing(): void {
    this.expects()
  }

  /** The connection failed with this code. */
  expectsGoaway(code: number): void {
    const last = this.received().at(-1) ?? ''
    assert.match(last, new RegExp(`^GOAWAY ${code} `))
    assert.equal(this.events.error?.code, code)
    assert.equal(this.engine.isDestroyed, true)
    assert.equal(this.engine.openStreams, 0)
  }

  #line(bytes: Buffer): string {
    const [type, flags, id] = [bytes[3] as number, bytes[4] as number, bytes.readUInt32BE(5)]
    const payload = bytes.subarray(9)
    const text = payload.toString('latin1')
    const end = flags & 1 ? ' end' : ''
    const padding = flags & 8 ? (payload[0] as number) : -1
    const content = padding < 0 ? payload : payload.subarray(1, payload.length - padding)
    const padded = padding < 0 ? '' : ` padded ${padding}`
    switch (type) {
      case 0:
        return `DATA ${id}${end}${padded} ${content.length > 40 ? content.length : content.toString('latin1')}`
      case 1:
        return `HEADERS ${id}${end}${padded} ${flags & 4 ? this.#fields(content) : `begins ${content.length}`}`
      case 3:
        return `RST_STREAM ${id} ${payload.readUInt32BE(0)}`
      case 4: {
        if (flags & 1) return 'SETTINGS ack'
        const entries: string[] = []
        for (let at = 0; at < payload.length; at += 6)
          entries.push(` ${payload.readUInt16BE(at)}=${payload.readUInt32BE(at + 2)}`)
        return `SETTINGS${entries.join('')}`
      }
      case 5:
        return `PUSH_PROMISE ${id} ${content.readUInt32BE(0)} ${this.#fields(content.subarray(4))}`
      case 6:
        return `PING${flags & 1 ? ' ack' : ''} ${text}`
      case 7:
        return `GOAWAY ${payload.readUInt32BE(4)} ${payload.readUInt32BE(0)} ${text.slice(8)}`.trimEnd()
      case 8:
        return `WINDOW_UPDATE ${id} ${payload.readUInt32BE(0)}`
      case 9:
        return `CONTINUATION ${id} ${payload.length}${flags & 4 ? ' ends' : ''}`
      default:
        return `FRAME ${type} ${id} ${text}`
    }
  }

  #fields(block: Buffer): string {
    const fields: string[] = []
    this.#decoder.decode(block, 0, block.length, {
      onField: (name, value, _marks, isSensitive) => fields.push(`${name}${isSensitive ? '!' : ''}=${value}`) > 0,
    })
    return fields.join(' ')
  }
}

/** One dialogue, as it stands and byte by byte: what comes must not depend on how it is cut. */
export function dialogue(name: string, role: Role, options: PeerOptions, script: (peer: Peer) => void): void {
  for (const step of [undefined, 1, 11])
    test(step === undefined ? name : `${name}, ${step} at a time`, () => {
      script(Peer.started(role, step === undefined ? options : { ...options, step }))
    })
}

export const get: Fields = [
  [':method', 'GET'],
  [':scheme', 'http'],
  [':path', '/'],
  [':authority', 'a.test'],
]
export const post: Fields = [[':method', 'POST'], ...get.slice(1)]
export const getLine = ':method=GET :scheme=http :path=/ :authority=a.test'
export const postLine = getLine.replace('GET', 'POST')
export const getPairs = get.flat()
export const postPairs = post.flat()
