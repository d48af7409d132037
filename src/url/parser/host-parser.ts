// Hosts: from text to their one canonical form, which is what the URL's href holds.
// URL standard, sections 3.1 to 3.6 "Hosts".

import { domainToAscii } from './idna.ts'
import { formatIpv6, parseIpv6 } from './ipv6.ts'
import { C0_CONTROL_SET, hexValue, percentDecode, percentEncode } from './percent-encoding.ts'

/** Host parsing, then host serializing. Undefined: failure. */
export function parseHost(input: string, isSpecial: boolean): string | undefined {
  if (input.charCodeAt(0) === LEFT_BRACKET) {
    if (input.charCodeAt(input.length - 1) !== RIGHT_BRACKET) return undefined
    const pieces = parseIpv6(input.slice(1, -1))
    return pieces && `[${formatIpv6(pieces)}]`
  }
  if (!isSpecial) return parseOpaqueHost(input)
  const domain = domainToAscii(percentDecode(input))
  if (domain === undefined || domain === '' || hasForbidden(domain, FORBIDDEN_DOMAIN)) return undefined
  return endsInNumber(domain) ? parseIpv4(domain) : domain
}

function parseOpaqueHost(input: string): string | undefined {
  return hasForbidden(input, FORBIDDEN_HOST) ? undefined : percentEncode(input, C0_CONTROL_SET)
}

/** The ends-in-a-number checker: such a domain is an IPv4 address or nothing. */
function endsInNumber(domain: string): boolean {
  let end = domain.length
  if (domain.charCodeAt(end - 1) === DOT) {
    end--
    if (end === 0) return false
  }
  const last = domain.slice(domain.lastIndexOf('.', end - 1) + 1, end)
  return isDigits(last) || !Number.isNaN(parseIpv4Number(last))
}

/** IPv4 parsing and serializing in one: four decimal numbers, or undefined. */
function parseIpv4(input: string): string | undefined {
  const parts = input.split('.', 6)
  if (parts.at(-1) === '' && parts.length > 1) parts.pop()
  if (parts.length > 4) return undefined
  let address = 0
  for (let i = 0; i < parts.length; i++) {
    const number = parseIpv4Number(parts[i] as string)
    const isLast = i === parts.length - 1
    // The last number fills all the bytes that the others left.
    if (Number.isNaN(number) || number >= (isLast ? 256 ** (4 - i) : 256)) return undefined
    address += isLast ? number : number * 256 ** (3 - i)
  }
  return `${address >>> 24}.${(address >>> 16) & 255}.${(address >>> 8) & 255}.${address & 255}`
}

/** Decimal, `0` octal or `0x` hexadecimal; NaN: failure. Infinity where the number is past all bounds. */
function parseIpv4Number(input: string): number {
  if (input === '') return Number.NaN
  let radix = 10
  let start = 0
  if (input.charCodeAt(0) === 0x30 && input.length > 1) {
    const isHex = (input.charCodeAt(1) | 0x20) === 0x78
    radix = isHex ? 16 : 8
    start = isHex ? 2 : 1
  }
  let value = 0
  for (let i = start; i < input.length; i++) {
    const digit = hexValue(input.charCodeAt(i))
    if (digit < 0 || digit >= radix) return Number.NaN
    value = value * radix + digit
  }
  return value
}

function isDigits(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    if (unit < 0x30 || unit > 0x39) return false
  }
  return text !== ''
}

/** Bits of `forbidden`. */
const FORBIDDEN_HOST = 1
const FORBIDDEN_DOMAIN = 2

const forbidden: Uint8Array = makeForbidden()

function hasForbidden(host: string, bit: number): boolean {
  for (let i = 0; i < host.length; i++) {
    const unit = host.charCodeAt(i)
    if (unit < 0x80 && ((forbidden[unit] as number) & bit) !== 0) return true
  }
  return false
}

function makeForbidden(): Uint8Array {
  const table = new Uint8Array(128)
  table.fill(FORBIDDEN_DOMAIN, 0, 0x20)
  table[0x25] = FORBIDDEN_DOMAIN
  table[0x7f] = FORBIDDEN_DOMAIN
  for (const unit of '\0\t\n\r #/:<>?@[\\]^|') table[unit.charCodeAt(0)] = FORBIDDEN_HOST | FORBIDDEN_DOMAIN
  return table
}

const DOT = 0x2e
const LEFT_BRACKET = 0x5b
const RIGHT_BRACKET = 0x5d
