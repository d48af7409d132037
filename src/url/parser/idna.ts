// Domain to ASCII and to Unicode. The tables are tr46's (Unicode 17, nontransitional processing); it is loaded when the
// first domain comes that needs it, synchronously, since the URL constructor is synchronous.
// URL standard, section 3.3 "IDNA"; UTS #46.

import { createRequire } from 'node:module'
import { MAX_IDNA_LENGTH, MAX_REMEMBERED_DOMAINS, MAX_REMEMBERED_LENGTH } from './limits.ts'

interface Tr46Options {
  checkHyphens: boolean
  checkBidi: boolean
  checkJoiners: boolean
  useSTD3ASCIIRules: boolean
  transitionalProcessing: boolean
  ignoreInvalidPunycode: boolean
  verifyDNSLength: boolean
}

interface Tr46 {
  toASCII(domain: string, options: Tr46Options): string | null
  toUnicode(domain: string, options: Tr46Options): { domain: string; error: boolean }
}

/** Domain to ASCII with `beStrict` false, up to its check for forbidden code points. Undefined: failure. */
export function domainToAscii(domain: string): string | undefined {
  if (isPlainAscii(domain)) return domain.toLowerCase()
  if (domain.length > MAX_IDNA_LENGTH) return undefined
  const known = recent.get(domain)
  if (known !== undefined) return known ?? undefined // Null: known to fail.
  const ascii = loadTr46().toASCII(domain, options)
  if (domain.length <= MAX_REMEMBERED_LENGTH) remember(domain, ascii)
  return ascii ?? undefined
}

// A program meets the same few international hosts again and again, and tr46 takes 4 microseconds for each.
const recent = new Map<string, string | null>()

function remember(domain: string, ascii: string | null): void {
  if (recent.size >= MAX_REMEMBERED_DOMAINS) recent.delete(recent.keys().next().value as string)
  recent.set(domain, ascii)
}

/** Domain to Unicode with `beStrict` false: errors are the caller's to ignore, the standard says. */
export function domainToUnicode(domain: string): string {
  if (domain.length > MAX_IDNA_LENGTH || isPlainAscii(domain)) return domain
  return loadTr46().toUnicode(domain, options).domain
}

/** ASCII without a label that begins with `xn--`: UTS #46 would only put it into lower case. */
function isPlainAscii(domain: string): boolean {
  for (let i = 0; i < domain.length; i++) {
    const unit = domain.charCodeAt(i)
    if (unit >= 0x80) return false
    if (unit === HYPHEN && i >= 3 && domain.charCodeAt(i - 1) === HYPHEN && isAcePrefix(domain, i - 3)) return false
  }
  return true
}

/** Whether a label begins at `start`, and with `xn` in any case; the hyphens after it have been seen. */
function isAcePrefix(domain: string, start: number): boolean {
  if ((domain.charCodeAt(start) | 0x20) !== 0x78 || (domain.charCodeAt(start + 1) | 0x20) !== 0x6e) return false
  return start === 0 || domain.charCodeAt(start - 1) === 0x2e
}

let tr46: Tr46 | undefined

function loadTr46(): Tr46 {
  tr46 ??= createRequire(import.meta.url)('tr46') as Tr46
  return tr46
}

const options: Tr46Options = {
  checkHyphens: false,
  checkBidi: true,
  checkJoiners: true,
  useSTD3ASCIIRules: false,
  transitionalProcessing: false,
  ignoreInvalidPunycode: false,
  verifyDNSLength: false,
}

const HYPHEN = 0x2d
