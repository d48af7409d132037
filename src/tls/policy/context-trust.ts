// The certificates and revocation lists that a context's options trust. Contexts with the same options share one set, and with
// it the cached verdicts on chains: a client that makes a context per connection reads its authorities once.

import { asBuffer } from '../../core/bytes.ts'
import { readPfxOptions } from '../api/pfx-option.ts'
import { maxAuthorityNamesBytes, maxCachedSets } from '../connection/limits.ts'
import { Crl } from '../x509/crl.ts'
import { DerError } from '../x509/der.ts'
import { TrustedSet } from '../x509/path/trusted-set.ts'
import { parsePem } from '../x509/pem.ts'
import { getCACertificates } from './trust-store.ts'

export interface TrustOptions {
  readonly [option: string]: unknown
  readonly ca?: unknown
  readonly crl?: unknown
  readonly pfx?: unknown
  readonly passphrase?: unknown
}

/** A malformed revocation list throws a DerError: Node rejects such a context. */
export function trustOf(options: TrustOptions, withLists = true): TrustedSet {
  const set = options.ca ? namedSet(options.ca) : defaultSet()
  const lists = withLists ? listOf(options.crl).map(textOf) : []
  const authorities = readPfxOptions(options).flatMap(one => one.authorities)
  if (lists.length === 0 && authorities.length === 0) return set
  const key = [...lists, ...authorities.map(der => asBuffer(der).toString('latin1'))].join('\0')
  return cached(extended(set), key, () => {
    const own = set.clone()
    for (const der of authorities) addIfReadable(own, der)
    for (const crl of lists.flatMap(readCrls)) own.addCrl(crl)
    return own
  })
}

/** The same set for looking issuers up; undefined if the options cannot be read. */
export function knownIssuers(options: TrustOptions): TrustedSet | undefined {
  try {
    return trustOf(options, false)
  } catch {
    return undefined
  }
}

const noNames: readonly Uint8Array[] = []
const namesOf = new WeakMap<TrustedSet, readonly Uint8Array[]>()

/**
 * The certificate_authorities of a server's request for a client certificate: those that its options name, in DER. As in Node,
 * authorities that are trusted by default are not listed.
 */
export function authorityNames(options: TrustOptions): readonly Uint8Array[] {
  if (!options.ca && !options.pfx) return noNames
  const set = options.ca ? trustOf(options, false) : ownAuthorities(options)
  let names = namesOf.get(set)
  if (names === undefined) namesOf.set(set, (names = fitting(set.certificates.map(({ subject }) => subject.der))))
  return names
}

/** The authorities in PKCS#12 files only. */
function ownAuthorities(options: TrustOptions): TrustedSet {
  const set = new TrustedSet()
  for (const { authorities } of readPfxOptions(options)) for (const der of authorities) addIfReadable(set, der)
  return set
}

function fitting(names: readonly Uint8Array[]): Uint8Array[] {
  let bytes = 0
  return names.filter(name => (bytes += 2 + name.length) <= maxAuthorityNamesBytes)
}

type Cache = Map<string, TrustedSet>

/** Sets by the exact text of the options. */
const named: Cache = new Map()
/** Sets that add revocation lists and authorities of PKCS#12 files to another set. */
const extensions = new WeakMap<TrustedSet, Cache>()

function extended(set: TrustedSet): Cache {
  let cache = extensions.get(set)
  if (cache === undefined) extensions.set(set, (cache = new Map()))
  return cache
}

function cached(cache: Cache, key: string, make: () => TrustedSet): TrustedSet {
  const found = cache.get(key)
  if (found) return found
  const set = make()
  cache.set(key, set)
  const [oldest] = cache.keys()
  if (cache.size > maxCachedSets && oldest !== undefined) cache.delete(oldest)
  return set
}

function namedSet(ca: unknown): TrustedSet {
  const texts = listOf(ca).map(textOf)
  return cached(named, texts.join('\0'), () => setOf(texts))
}

let standard: { readonly of: readonly string[]; readonly set: TrustedSet } | undefined

/** The default authorities: the same set for as long as `getCACertificates()` gives the same array. */
function defaultSet(): TrustedSet {
  const certificates = getCACertificates()
  if (standard?.of !== certificates) standard = { of: certificates, set: setOf(certificates) }
  return standard.set
}

function setOf(texts: readonly string[]): TrustedSet {
  const set = new TrustedSet()
  for (const { label, der } of texts.flatMap(parsePem)) {
    if (label === 'CERTIFICATE' || label === 'X509 CERTIFICATE') addIfReadable(set, der)
    // OpenSSL's own format: trust settings may follow the certificate and restrict it. In that case it is not trusted here at all.
    else if (label === 'TRUSTED CERTIFICATE') addIfReadable(set, der)
  }
  return set
}

/** An unreadable certificate is ignored, and does not affect the others: as in Node. */
function addIfReadable(set: TrustedSet, der: Uint8Array): void {
  try {
    set.addDer(der)
  } catch (error) {
    if (!(error instanceof DerError)) throw error
  }
}

function readCrls(text: string): Crl[] {
  const blocks = parsePem(text).filter(block => block.label === 'X509 CRL')
  if (blocks.length === 0) throw new DerError('there is no revocation list')
  return blocks.map(block => new Crl(block.der))
}

function listOf(given: unknown): unknown[] {
  if (given === undefined || given === null) return []
  return Array.isArray(given) ? given : [given]
}

function textOf(given: unknown): string {
  if (typeof given === 'string') return given
  const view = given as NodeJS.ArrayBufferView
  return Buffer.from(view.buffer as ArrayBuffer, view.byteOffset, view.byteLength).toString('latin1')
}
