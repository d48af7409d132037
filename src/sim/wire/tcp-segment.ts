// TCP segments (RFC 9293 section 3.1) with the options of RFC 7323 and RFC 2018. Others are skipped, and a malformed option
// ends the list: neither makes the segment unreadable.

import { checksumOf, sumOf } from './checksum.ts'
import { WireError } from './error.ts'
import { get16, get32, put16, put32 } from './fields.ts'
import type { TcpOptions, TcpSegment } from './packets.ts'

export const TCP_HEADER_LENGTH = 20

/** The header's length with its options, which are padded to whole words. */
export function tcpHeaderLength(options: TcpOptions | undefined): number {
  return options === undefined ? TCP_HEADER_LENGTH : TCP_HEADER_LENGTH + ((optionsLength(options) + 3) & ~3)
}

export function writeTcp(segment: TcpSegment, target: Uint8Array, at: number, pseudoHeader: number): void {
  const headerLength = tcpHeaderLength(segment.options)
  if (headerLength > 60) throw new WireError(`a TCP header of ${headerLength} bytes`)
  put16(target, at, segment.sourcePort)
  put16(target, at + 2, segment.destinationPort)
  put32(target, at + 4, segment.sequence)
  put32(target, at + 8, segment.acknowledgment)
  target[at + 12] = headerLength << 2
  target[at + 13] = segment.flags
  put16(target, at + 14, segment.window)
  put16(target, at + 16, 0)
  put16(target, at + 18, segment.urgentPointer)
  if (segment.options !== undefined) writeOptions(segment.options, target, at + TCP_HEADER_LENGTH, at + headerLength)
  target.set(segment.data, at + headerLength)
  const end = at + headerLength + segment.data.length
  put16(target, at + 16, checksumOf(sumOf(target, at, end, pseudoHeader)))
}

export function readTcp(bytes: Uint8Array, from: number, to: number, pseudoHeader: number): TcpSegment {
  if (to - from < TCP_HEADER_LENGTH) throw new WireError(`a TCP header of ${to - from} bytes`)
  const headerLength = ((bytes[from + 12] as number) >> 4) * 4
  if (headerLength < TCP_HEADER_LENGTH || from + headerLength > to) {
    throw new WireError(`a TCP header of ${headerLength} bytes in a payload of ${to - from}`)
  }
  if (checksumOf(sumOf(bytes, from, to, pseudoHeader)) !== 0) throw new WireError('a wrong TCP checksum')
  return {
    kind: 'tcp',
    sourcePort: get16(bytes, from),
    destinationPort: get16(bytes, from + 2),
    sequence: get32(bytes, from + 4),
    acknowledgment: get32(bytes, from + 8),
    flags: bytes[from + 13] as number,
    window: get16(bytes, from + 14),
    urgentPointer: get16(bytes, from + 18),
    options: readOptions(bytes, from + TCP_HEADER_LENGTH, from + headerLength),
    data: bytes.subarray(from + headerLength, to),
  }
}

function optionsLength(options: TcpOptions): number {
  return (
    (options.maximumSegmentSize === undefined ? 0 : 4) +
    (options.windowScale === undefined ? 0 : 3) +
    (options.isSackPermitted ? 2 : 0) +
    (options.timestamps === undefined ? 0 : 10) +
    (options.sackBlocks === undefined ? 0 : 2 + 8 * options.sackBlocks.length)
  )
}

/** Writes the options, padded to whole words with no-operations. */
function writeOptions(options: TcpOptions, target: Uint8Array, start: number, end: number): void {
  let at = start
  const head = (kind: number, length: number) => {
    target[at] = kind
    target[at + 1] = length
    at += length
    return at - length + 2
  }
  if (options.maximumSegmentSize !== undefined) put16(target, head(MSS, 4), options.maximumSegmentSize)
  if (options.windowScale !== undefined) target[head(WINDOW_SCALE, 3)] = options.windowScale
  if (options.isSackPermitted) head(SACK_PERMITTED, 2)
  if (options.timestamps !== undefined) {
    const value = head(TIMESTAMPS, 10)
    put32(target, value, options.timestamps.value)
    put32(target, value + 4, options.timestamps.echo)
  }
  if (options.sackBlocks !== undefined) {
    let block = head(SACK, 2 + 8 * options.sackBlocks.length)
    for (const [left, right] of options.sackBlocks) {
      put32(target, block, left)
      put32(target, block + 4, right)
      block += 8
    }
  }
  target.fill(NO_OPERATION, at, end)
}

function readOptions(bytes: Uint8Array, start: number, end: number): TcpOptions | undefined {
  const options: { -readonly [Name in keyof TcpOptions]: TcpOptions[Name] } = {}
  let count = 0
  for (let at = start; at < end; ) {
    const kind = bytes[at] as number
    if (kind === END_OF_LIST) break
    if (kind === NO_OPERATION) {
      at++
      continue
    }
    const length = at + 1 < end ? (bytes[at + 1] as number) : 0
    if (length < 2 || at + length > end) break
    if (readOption(options, kind, bytes, at + 2, length - 2)) count++
    at += length
  }
  return count === 0 ? undefined : options
}

/** @returns whether the option is known and has the right length */
function readOption(
  options: { -readonly [Name in keyof TcpOptions]: TcpOptions[Name] },
  kind: number,
  bytes: Uint8Array,
  at: number,
  length: number,
): boolean {
  if (kind === MSS && length === 2) options.maximumSegmentSize = get16(bytes, at)
  else if (kind === WINDOW_SCALE && length === 1) options.windowScale = bytes[at]
  else if (kind === SACK_PERMITTED && length === 0) options.isSackPermitted = true
  else if (kind === TIMESTAMPS && length === 8) {
    options.timestamps = { value: get32(bytes, at), echo: get32(bytes, at + 4) }
  } else if (kind === SACK && length > 0 && length % 8 === 0) {
    options.sackBlocks = Array.from({ length: length / 8 }, (_, index) => [
      get32(bytes, at + 8 * index),
      get32(bytes, at + 8 * index + 4),
    ])
  } else return false
  return true
}

const END_OF_LIST = 0
const NO_OPERATION = 1
const MSS = 2
const WINDOW_SCALE = 3
const SACK_PERMITTED = 4
const SACK = 5
const TIMESTAMPS = 8
