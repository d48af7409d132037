// IP addresses as text and as bytes. Strict: four decimal parts without leading zeros, no octal, no short forms; IPv6 as
// RFC 4291 section 2.2 has it, with an optional zone (`%eth0`, RFC 4007 section 11). Text out: RFC 5952.

/** 4, 6, or 0 for what is no IP address. */
export function ipVersion(text: string): 0 | 4 | 6 {
  if (isIPv4(text)) return 4
  return isIPv6(text) ? 6 : 0
}

export function isIPv4(text: string): boolean {
  return endOfIPv4(text, 0, text.length)
}

export function isIPv6(text: string): boolean {
  const zone = text.indexOf('%')
  if (zone === -1) return scanIPv6(text, text.length, undefined)
  return isZone(text, zone + 1) && scanIPv6(text, zone, undefined)
}

/** Four or sixteen bytes; undefined for what is no address. The zone is left out. */
export function parseIp(text: string): Uint8Array | undefined {
  if (isIPv4(text)) return Uint8Array.from(text.split('.'), Number)
  const zone = text.indexOf('%')
  if (zone !== -1 && !isZone(text, zone + 1)) return undefined
  const groups: number[] = []
  if (!scanIPv6(text, zone === -1 ? text.length : zone, groups)) return undefined
  const bytes = new Uint8Array(16)
  groups.forEach((group, index) => {
    bytes[2 * index] = group >> 8
    bytes[2 * index + 1] = group & 0xff
  })
  return bytes
}

/** Canonical text: dotted decimal for four bytes, RFC 5952 for sixteen (IPv4-mapped ones end in dotted decimal). */
export function formatIp(bytes: Uint8Array): string {
  if (bytes.length === 4) return bytes.join('.')
  if (isMappedIPv4(bytes)) return `::ffff:${bytes.subarray(12).join('.')}`
  const groups = Array.from({ length: 8 }, (_, index) => ((bytes[2 * index] ?? 0) << 8) | (bytes[2 * index + 1] ?? 0))
  const { start, length } = longestZeroRun(groups)
  const text = (from: number, to: number) =>
    groups
      .slice(from, to)
      .map(group => group.toString(16))
      .join(':')
  // A single zero group is not shortened: RFC 5952 section 4.2.2.
  return length < 2 ? text(0, 8) : `${text(0, start)}::${text(start + length, 8)}`
}

/** ::ffff:a.b.c.d */
export function isMappedIPv4(bytes: Uint8Array): boolean {
  if (bytes.length !== 16 || bytes[10] !== 0xff || bytes[11] !== 0xff) return false
  for (let index = 0; index < 10; index++) if (bytes[index] !== 0) return false
  return true
}

function longestZeroRun(groups: readonly number[]): { start: number; length: number } {
  let best = { start: 0, length: 0 }
  let start = -1
  for (let index = 0; index <= groups.length; index++) {
    if (groups[index] === 0) {
      if (start === -1) start = index
    } else if (start !== -1) {
      if (index - start > best.length) best = { start, length: index - start }
      start = -1
    }
  }
  return best
}

/** Whether text[from, to) is a whole IPv4 address. */
function endOfIPv4(text: string, from: number, to: number): boolean {
  let parts = 0
  let index = from
  while (index < to) {
    const first = text.charCodeAt(index)
    let value = 0
    let digits = 0
    for (; index < to; index++, digits++) {
      const digit = text.charCodeAt(index) - 0x30
      if (digit < 0 || digit > 9) break
      value = value * 10 + digit
      if (digits === 3) return false
    }
    if (digits === 0 || value > 255 || (first === 0x30 && digits > 1)) return false
    parts++
    if (index === to) return parts === 4
    if (text.charCodeAt(index) !== 0x2e || parts === 4) return false
    index++
  }
  return false
}

/** @param groups - takes the eight groups */
function scanIPv6(text: string, to: number, groups: number[] | undefined): boolean {
  let count = 0
  let gap = -1
  let index = 0
  if (text.charCodeAt(0) === COLON) {
    if (text.charCodeAt(1) !== COLON) return false
    gap = 0
    index = 2
  }
  while (index < to) {
    if (count === 8) return false
    const start = index
    let value = 0
    for (; index < to && index - start < 5; index++) {
      const digit = hexDigit(text.charCodeAt(index))
      if (digit === -1) break
      value = (value << 4) | digit
    }
    const digits = index - start
    if (index < to && text.charCodeAt(index) === DOT) {
      if (count > 6 || !endOfIPv4(text, start, to)) return false
      const [a = 0, b = 0, c = 0, d = 0] = text.slice(start, to).split('.').map(Number)
      groups?.push((a << 8) | b, (c << 8) | d)
      count += 2
      index = to
      break
    }
    if (digits === 0 || digits > 4) return false
    groups?.push(value)
    count++
    if (index === to) break
    if (text.charCodeAt(index) !== COLON) return false
    index++
    if (text.charCodeAt(index) === COLON && index < to) {
      if (gap !== -1) return false
      gap = count
      index++
    } else if (index === to) return false
  }
  if (gap === -1) return count === 8
  // "::" stands for one group at least.
  if (count > 7) return false
  groups?.splice(gap, 0, ...new Array<number>(8 - count).fill(0))
  return true
}

function isZone(text: string, from: number): boolean {
  if (from === text.length) return false
  for (let index = from; index < text.length; index++) {
    const code = text.charCodeAt(index)
    const isLetter = (code | 0x20) >= 0x61 && (code | 0x20) <= 0x7a
    // Digits, ':', '-' and '.' besides letters: what Node lets pass.
    if (!isLetter && !(code >= 0x30 && code <= 0x3a) && code !== 0x2d && code !== DOT) return false
  }
  return true
}

function hexDigit(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30
  const lower = code | 0x20
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1
}

const COLON = 0x3a
const DOT = 0x2e
