// The codec of HTTP/2 frames: for each type a reader of its payload and a writer of the whole frame. RFC 9113 section 6.
// Readers are given payloads that lie whole in memory; they check lengths and ranges, and give undefined, or a code, for
// what the standard forbids whatever the state. Frames off the wire: frame-reader.ts. DATA is written by the send queue.

import type { ByteWriter } from './byte-writer.ts'
import { readUint31, readUint32 } from './frame-reader.ts'
import {
  ACK,
  ALTSVC,
  CONTINUATION,
  END_HEADERS,
  FLOW_CONTROL_ERROR,
  FRAME_HEADER_BYTES,
  FRAME_SIZE_ERROR,
  GOAWAY,
  HEADERS,
  MAX_MAX_FRAME_SIZE,
  MAX_WINDOW,
  MIN_MAX_FRAME_SIZE,
  NO_ERROR,
  ORIGIN,
  PADDED,
  PING,
  PRIORITY,
  PRIORITY_UPDATE,
  PROTOCOL_ERROR,
  PUSH_PROMISE,
  RST_STREAM,
  SETTINGS,
  SETTINGS_ENABLE_CONNECT_PROTOCOL,
  SETTINGS_ENABLE_PUSH,
  SETTINGS_INITIAL_WINDOW_SIZE,
  SETTINGS_MAX_FRAME_SIZE,
  SETTINGS_NO_RFC7540_PRIORITIES,
  WINDOW_UPDATE,
  WITH_PRIORITY,
} from './frame-types.ts'
import { latin1Text, writeLatin1 } from './text.ts'

/** @returns where the payload begins */
export function writeFrameHeader(
  bytes: Uint8Array,
  at: number,
  length: number,
  type: number,
  flags: number,
  streamId: number,
): number {
  bytes[at] = length >>> 16
  bytes[at + 1] = length >>> 8
  bytes[at + 2] = length
  bytes[at + 3] = type
  bytes[at + 4] = flags
  writeUint32(bytes, at + 5, streamId)
  return at + FRAME_HEADER_BYTES
}

function beginFrame(out: ByteWriter, length: number, type: number, flags: number, streamId: number): number {
  const at = out.extend(FRAME_HEADER_BYTES + length)
  return writeFrameHeader(out.bytes, at, length, type, flags, streamId)
}

/** The length that a frame of this type must have, by itself: RFC 9113 section 4.2. -1: any. */
export function fixedLength(type: number): number {
  switch (type) {
    case PING:
      return 8
    case PRIORITY:
      return 5
    case RST_STREAM:
    case WINDOW_UPDATE:
      return 4
    default:
      return -1
  }
}

// --- HEADERS, PUSH_PROMISE, CONTINUATION

/** Where the header block lies within a HEADERS or PUSH_PROMISE, and what stood before it. */
export interface HeaderFragment {
  start: number
  end: number
  /** HEADERS with an RFC 7540 dependency. -1: without. */
  parentId: number
  weight: number
  exclusive: boolean
  /** PUSH_PROMISE. */
  promisedId: number
}

/** One for all: a fragment is used up before the next is read. */
const fragment: HeaderFragment = { start: 0, end: 0, parentId: -1, weight: 16, exclusive: false, promisedId: 0 }

/** Undefined: shorter than what must stand in it, padding included. */
export function readHeaderFragment(
  bytes: Uint8Array,
  from: number,
  to: number,
  type: number,
  flags: number,
): HeaderFragment | undefined {
  let start = from
  let padding = 0
  if (flags & PADDED) {
    if (start === to) return undefined
    padding = bytes[start++] as number
  }
  fragment.parentId = -1
  if (type === HEADERS && flags & WITH_PRIORITY) {
    if (start + 5 > to) return undefined
    readPriority(bytes, start, fragment)
    start += 5
  } else if (type === PUSH_PROMISE) {
    if (start + 4 > to) return undefined
    fragment.promisedId = readUint31(bytes, start)
    start += 4
  }
  if (start + padding > to) return undefined
  fragment.start = start
  fragment.end = to - padding
  return fragment
}

/**
 * A header block as HEADERS (or PUSH_PROMISE, when `promisedId` is not 0) and as many CONTINUATIONs as it takes.
 * @param padding - bytes of it in the first frame, the one that holds its length among them
 */
export function writeHeaders(
  out: ByteWriter,
  streamId: number,
  block: Uint8Array,
  flags: number,
  maxFrameSize: number,
  padding: number,
  promisedId: number,
): void {
  const promise = promisedId > 0 ? 4 : 0
  const first = Math.min(block.length, maxFrameSize - promise - padding)
  const type = promisedId > 0 ? PUSH_PROMISE : HEADERS
  const allFlags = flags | (first === block.length ? END_HEADERS : 0) | (padding > 0 ? PADDED : 0)
  let at = beginFrame(out, promise + first + padding, type, allFlags, streamId)
  const { bytes } = out
  if (padding > 0) bytes[at++] = padding - 1
  if (promisedId > 0) at = writeUint32(bytes, at, promisedId)
  bytes.set(first === block.length ? block : block.subarray(0, first), at)
  if (padding > 1) bytes.fill(0, at + first, at + first + padding - 1)
  for (let sent = first; sent < block.length; ) {
    const size = Math.min(block.length - sent, maxFrameSize)
    const isLast = sent + size === block.length
    const start = beginFrame(out, size, CONTINUATION, isLast ? END_HEADERS : 0, streamId)
    out.bytes.set(block.subarray(sent, sent + size), start)
    sent += size
  }
}

// --- PRIORITY

interface Dependency {
  parentId: number
  weight: number
  exclusive: boolean
}

export function readPriority(bytes: Uint8Array, at: number, into: Dependency): void {
  into.exclusive = ((bytes[at] as number) & 0x80) !== 0
  into.parentId = readUint31(bytes, at)
  into.weight = (bytes[at + 4] as number) + 1
}

export function writePriority(out: ByteWriter, streamId: number, { parentId, weight, exclusive }: Dependency): void {
  const at = beginFrame(out, 5, PRIORITY, 0, streamId)
  writeUint32(out.bytes, at, parentId)
  if (exclusive) out.bytes[at] = (out.bytes[at] as number) | 0x80
  out.bytes[at + 4] = weight - 1
}

// --- RST_STREAM, WINDOW_UPDATE, PING

export function readCode(bytes: Uint8Array, at: number): number {
  return readUint32(bytes, at)
}

export function writeReset(out: ByteWriter, streamId: number, code: number): void {
  const at = beginFrame(out, 4, RST_STREAM, 0, streamId)
  writeUint32(out.bytes, at, code)
}

/** 0 is forbidden: how far that reaches depends on the stream. */
export function readIncrement(bytes: Uint8Array, at: number): number {
  return readUint31(bytes, at)
}

export function writeWindowUpdate(out: ByteWriter, streamId: number, increment: number): void {
  const at = beginFrame(out, 4, WINDOW_UPDATE, 0, streamId)
  writeUint32(out.bytes, at, increment)
}

export function writePing(out: ByteWriter, payload: Uint8Array, isAck: boolean): void {
  const at = beginFrame(out, 8, PING, isAck ? ACK : 0, 0)
  out.bytes.set(payload, at)
}

// --- SETTINGS

/** @returns NO_ERROR, or the connection error that an entry is: RFC 9113 section 6.5.2 */
export function readSettings(
  bytes: Uint8Array,
  start: number,
  end: number,
  entry: (id: number, value: number) => void,
): number {
  if ((end - start) % 6 !== 0) return FRAME_SIZE_ERROR
  for (let at = start; at < end; at += 6) {
    const id = ((bytes[at] as number) << 8) | (bytes[at + 1] as number)
    const value = readUint32(bytes, at + 2)
    const code = settingError(id, value)
    if (code !== NO_ERROR) return code
    entry(id, value)
  }
  return NO_ERROR
}

function settingError(id: number, value: number): number {
  switch (id) {
    case SETTINGS_ENABLE_PUSH:
    case SETTINGS_ENABLE_CONNECT_PROTOCOL:
    case SETTINGS_NO_RFC7540_PRIORITIES:
      return value > 1 ? PROTOCOL_ERROR : NO_ERROR
    case SETTINGS_INITIAL_WINDOW_SIZE:
      return value > MAX_WINDOW ? FLOW_CONTROL_ERROR : NO_ERROR
    case SETTINGS_MAX_FRAME_SIZE:
      return value < MIN_MAX_FRAME_SIZE || value > MAX_MAX_FRAME_SIZE ? PROTOCOL_ERROR : NO_ERROR
    default:
      return NO_ERROR
  }
}

export function writeSettings(out: ByteWriter, entries: readonly (readonly [id: number, value: number])[]): void {
  let at = beginFrame(out, entries.length * 6, SETTINGS, 0, 0)
  for (const [id, value] of entries) {
    out.bytes[at] = id >>> 8
    out.bytes[at + 1] = id
    at = writeUint32(out.bytes, at + 2, value)
  }
}

export function writeSettingsAck(out: ByteWriter): void {
  beginFrame(out, 0, SETTINGS, ACK, 0)
}

// --- GOAWAY

export interface Goaway {
  readonly lastStreamId: number
  readonly code: number
  readonly data: Uint8Array
}

/** Undefined: too short. */
export function readGoaway(bytes: Uint8Array, start: number, end: number): Goaway | undefined {
  if (end - start < 8) return undefined
  return {
    lastStreamId: readUint31(bytes, start),
    code: readUint32(bytes, start + 4),
    data: bytes.slice(start + 8, end),
  }
}

export function writeGoaway(out: ByteWriter, { lastStreamId, code, data }: Goaway): void {
  const at = beginFrame(out, 8 + data.length, GOAWAY, 0, 0)
  writeUint32(out.bytes, at, lastStreamId)
  writeUint32(out.bytes, at + 4, code)
  out.bytes.set(data, at + 8)
}

// --- ALTSVC, ORIGIN, PRIORITY_UPDATE: extensions, whose malformed frames are passed over

export interface AltSvc {
  readonly origin: string
  readonly value: string
}

/** RFC 7838 section 4. */
export function readAltSvc(bytes: Uint8Array, start: number, end: number): AltSvc | undefined {
  if (end - start < 2) return undefined
  const originEnd = start + 2 + readUint16(bytes, start)
  if (originEnd > end) return undefined
  return { origin: latin1Text(bytes, start + 2, originEnd), value: latin1Text(bytes, originEnd, end) }
}

export function writeAltSvc(out: ByteWriter, streamId: number, { origin, value }: AltSvc): void {
  let at = beginFrame(out, 2 + origin.length + value.length, ALTSVC, 0, streamId)
  at = writeUint16(out.bytes, at, origin.length)
  at = writeLatin1(origin, out.bytes, at)
  writeLatin1(value, out.bytes, at)
}

/** RFC 8336 section 2.1. Entries past `maxEntries` are left out; a last one that is cut off makes the frame none. */
export function readOrigins(bytes: Uint8Array, start: number, end: number, maxEntries: number): string[] | undefined {
  const origins: string[] = []
  for (let at = start; at < end; ) {
    if (at + 2 > end) return undefined
    const next = at + 2 + readUint16(bytes, at)
    if (next > end) return undefined
    if (origins.length < maxEntries && next > at + 2) origins.push(latin1Text(bytes, at + 2, next))
    at = next
  }
  return origins
}

export function writeOrigins(out: ByteWriter, origins: readonly string[]): void {
  let length = 0
  for (const origin of origins) length += 2 + origin.length
  let at = beginFrame(out, length, ORIGIN, 0, 0)
  for (const origin of origins) {
    at = writeUint16(out.bytes, at, origin.length)
    at = writeLatin1(origin, out.bytes, at)
  }
}

export interface PriorityUpdate {
  readonly streamId: number
  readonly value: string
}

/** RFC 9218 section 7.1. */
export function readPriorityUpdate(bytes: Uint8Array, start: number, end: number): PriorityUpdate | undefined {
  if (end - start < 4) return undefined
  return { streamId: readUint31(bytes, start), value: latin1Text(bytes, start + 4, end) }
}

export function writePriorityUpdate(out: ByteWriter, { streamId, value }: PriorityUpdate): void {
  const at = beginFrame(out, 4 + value.length, PRIORITY_UPDATE, 0, 0)
  writeUint32(out.bytes, at, streamId)
  writeLatin1(value, out.bytes, at + 4)
}

// --- integers

function readUint16(bytes: Uint8Array, at: number): number {
  return ((bytes[at] as number) << 8) | (bytes[at + 1] as number)
}

function writeUint16(bytes: Uint8Array, at: number, value: number): number {
  bytes[at] = value >>> 8
  bytes[at + 1] = value
  return at + 2
}

function writeUint32(bytes: Uint8Array, at: number, value: number): number {
  bytes[at] = value >>> 24
  bytes[at + 1] = value >>> 16
  bytes[at + 2] = value >>> 8
  bytes[at + 3] = value
  return at + 4
}
