// IPv6 addresses inside a URL's brackets: to eight pieces and back.
// URL standard, sections 3.5 "Host parsing" (IPv6 parser) and 3.6 "Host serializing".

import { unitAt } from './code-unit.ts'
import { hexValue } from './percent-encoding.ts'

/** Eight pieces of 16 bits, or undefined. */
export function parseIpv6(input: string): number[] | undefined {
  const pieces = [0, 0, 0, 0, 0, 0, 0, 0]
  let index = 0
  let compress = -1
  let pointer = 0
  if (unitAt(input, 0) === COLON) {
    if (unitAt(input, 1) !== COLON) return undefined
    pointer = 2
    compress = ++index
  }
  while (pointer < input.length) {
    if (index === 8) return undefined
    if (unitAt(input, pointer) === COLON) {
      if (compress >= 0) return undefined
      pointer++
      compress = ++index
      continue
    }
    const start = pointer
    let value = 0
    for (let digit = 0; pointer - start < 4 && (digit = hexValue(unitAt(input, pointer))) >= 0; pointer++) {
      value = (value << 4) | digit
    }
    if (unitAt(input, pointer) === DOT) {
      if (pointer === start || index > 6) return undefined
      const address = parseEmbeddedIpv4(input.slice(start))
      if (address < 0) return undefined
      pieces[index++] = Math.floor(address / 0x10000)
      pieces[index++] = address % 0x10000
      break
    }
    if (unitAt(input, pointer) === COLON) {
      if (++pointer === input.length) return undefined
    } else if (pointer < input.length) return undefined
    pieces[index++] = value
  }
  if (compress < 0) return index === 8 ? pieces : undefined
  // What came after the `::` moves to the end; `::` at the eighth piece stands for nothing, and passes.
  const moved = 8 - index
  for (let i = 7; moved > 0 && i >= compress; i--) {
    pieces[i] = i - moved >= compress ? (pieces[i - moved] as number) : 0
  }
  return pieces
}

/** Four decimal numbers without leading zeros, and nothing after them; -1: failure. */
function parseEmbeddedIpv4(input: string): number {
  let address = 0
  let pointer = 0
  for (let seen = 0; seen < 4; seen++) {
    if (seen > 0 && unitAt(input, pointer++) !== DOT) return -1
    let value = -1
    for (; isDigit(unitAt(input, pointer)); pointer++) {
      const digit = unitAt(input, pointer) - 0x30
      if (value === 0) return -1
      value = value < 0 ? digit : value * 10 + digit
      if (value > 255) return -1
    }
    if (value < 0) return -1
    address = address * 256 + value
  }
  return pointer === input.length ? address : -1
}

/** Lower case, no leading zeros, `::` for the first longest run of two or more zero pieces. */
export function formatIpv6(pieces: readonly number[]): string {
  let compress = -1
  let longest = 1
  for (let i = 0; i < 8; i++) {
    let run = 0
    while (i + run < 8 && pieces[i + run] === 0) run++
    if (run > longest) {
      longest = run
      compress = i
    }
    i += run
  }
  let out = ''
  for (let i = 0; i < 8; i++) {
    if (i === compress) {
      out += i === 0 ? '::' : ':'
      i += longest - 1
      continue
    }
    out += formatPiece(pieces[i] as number)
    if (i < 7) out += ':'
  }
  return out
}

/** Hexadecimal without leading zeros. By tables: `toString(16)` takes longer than all the rest of a parse. */
function formatPiece(piece: number): string {
  const high = piece >> 8
  if (high === 0) return formatByte(piece)
  return formatByte(high) + (hexPairs[piece & 255] as string)
}

function formatByte(byte: number): string {
  return byte < 16 ? hexDigits.charAt(byte) : (hexPairs[byte] as string)
}

const hexDigits = '0123456789abcdef'
const hexPairs: readonly string[] = Array.from(
  { length: 256 },
  (_, byte) => hexDigits.charAt(byte >> 4) + hexDigits.charAt(byte & 15),
)

function isDigit(unit: number): boolean {
  return unit >= 0x30 && unit <= 0x39
}

const COLON = 0x3a
const DOT = 0x2e
