// Domain names as text. Labels are bytes (RFC 2181 section 11); in text they stand as in zone files (RFC 1035 section 5.1):
// dots between them, `\.` and `\DDD` for bytes that would mean something else. The root is the empty text; a dot at
// the end is taken and never given. Which bytes are escaped is c-ares' choice, since programs compare such names.

import { MessageError } from './error.ts'
import { MAX_LABEL_SIZE, MAX_NAME_SIZE } from './message-limits.ts'

/**
 * Writes a name's labels, without compression, to `target` at `at`: room for MAX_NAME_SIZE is the caller's to have.
 * @returns the position behind the root's zero
 * @throws {MessageError} an empty label, a label or name too long, a character that has to be escaped
 */
export function writeLabels(name: string, target: Uint8Array, at: number): number {
  const { length } = name
  if (length === 0 || name === '.') {
    target[at] = 0
    return at + 1
  }
  let lengthAt = at
  let position = at + 1
  // The last byte that a label may take: one more is needed for the root.
  const limit = at + MAX_NAME_SIZE - 1
  for (let i = 0; i < length; i++) {
    let code = name.charCodeAt(i)
    if (code === DOT) {
      closeLabel(name, i, target, lengthAt, position)
      if (i === length - 1) {
        target[position] = 0
        return position + 1
      }
      lengthAt = position
      if (position++ >= limit) throw new MessageError(`name over ${MAX_NAME_SIZE} bytes`, i)
      continue
    }
    if (code === BACKSLASH) {
      code = readEscape(name, i)
      i += isDigit(name.charCodeAt(i + 1)) ? 3 : 1
    } else if (code < 0x20 || code > 0x7e) {
      throw new MessageError('a character in a name that has to be escaped', i)
    }
    if (position >= limit) throw new MessageError(`name over ${MAX_NAME_SIZE} bytes`, i)
    target[position++] = code
  }
  closeLabel(name, length, target, lengthAt, position)
  target[position] = 0
  return position + 1
}

function closeLabel(name: string, i: number, target: Uint8Array, lengthAt: number, end: number): void {
  const size = end - lengthAt - 1
  if (size === 0) throw new MessageError(`empty label in the name '${name}'`, i)
  if (size > MAX_LABEL_SIZE) throw new MessageError(`label over ${MAX_LABEL_SIZE} bytes`, i)
  target[lengthAt] = size
}

/** The byte that `\X` or `\DDD` at `i` stands for. */
export function readEscape(text: string, i: number): number {
  const first = text.charCodeAt(i + 1)
  if (!isDigit(first)) {
    if (first >= 0x20 && first <= 0x7e) return first
    throw new MessageError('nothing to escape behind a backslash', i)
  }
  const [second, third] = [text.charCodeAt(i + 2), text.charCodeAt(i + 3)]
  const value = isDigit(second) && isDigit(third) ? (first - 0x30) * 100 + (second - 0x30) * 10 + third - 0x30 : 256
  if (value > 255) throw new MessageError('an escape that is no \\DDD up to \\255', i)
  return value
}

/** A-Z as a-z, all else as it is: what names compare by. RFC 4343. */
export function lowerCaseName(name: string): string {
  // Text of names is ASCII alone, so no locale's rules can enter.
  return name.toLowerCase()
}

/** The name without its first label; undefined for the root. */
export function parentName(name: string): string | undefined {
  if (name === '') return undefined
  const dot = nextDot(name, 0)
  return dot === -1 ? '' : name.slice(dot + 1)
}

/** Whether `name` is `ancestor` or stands below it. Both in lower case. */
export function isWithin(name: string, ancestor: string): boolean {
  if (ancestor === '' || name === ancestor) return true
  const start = name.length - ancestor.length
  if (start < 2 || name.charCodeAt(start - 1) !== DOT || !name.endsWith(ancestor)) return false
  // `a\.example.org` is one label below org: the dot must not be an escaped one.
  let backslashes = 0
  while (name.charCodeAt(start - 2 - backslashes) === BACKSLASH) backslashes++
  return backslashes % 2 === 0
}

/** The first dot from `from` on that ends a label; -1: there is none. */
function nextDot(name: string, from: number): number {
  if (!name.includes('\\')) return name.indexOf('.', from)
  for (let i = from; i < name.length; i++) {
    const code = name.charCodeAt(i)
    if (code === DOT) return i
    if (code === BACKSLASH) i++
  }
  return -1
}

/** How a byte of a label stands in text: 0 as itself, 1 behind a backslash, 2 as `\DDD`. */
export const escapes = new Uint8Array(256)
escapes.fill(2, 0, 0x20).fill(2, 0x7f)
for (const character of '".;\\()@$') escapes[character.charCodeAt(0)] = 1

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39
}

const DOT = 0x2e
const BACKSLASH = 0x5c
