// Which certificates and revocation lists the options of a context trust. Contexts that name the same share one set, and with
// it what was found out about chains: a client that makes a context per connection reads its authorities once.

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

/** A list that is no list throws a DerError: Node refuses such a context. */
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

/** The same for looking issuers up: what cannot be read leads to none. */
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
 * Whose certificates a server asks clients for: the authorities that its options name, in DER. As with Node's, those that it
 * trusts without naming them are not told.
 */
export function authorityNames(options: TrustOptions): readonly Uint8Array[] {
  if (!options.ca && !options.pfx) return noNames
  const set = options.ca ? trustOf(options, false) : ownAuthorities(options)
  let names = namesOf.get(set)
  if (names === undefined) namesOf.set(set, (names = fitting(set.certificates.map(({ subject }) => subject.der))))
  return names
}

/** Those of PKCS#12 files alone. */
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

/** By what was given, word for word. */
const named: Cache = new Map()
/** What was made of a set with lists and authorities of PKCS#12 files. */
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

/** The same for as long as `getCACertificates()` gives the same. */
function defaultSet(): TrustedSet {
  const certificates = getCACertificates()
  if (standard?.of !== certificates) standard = { of: certificates, set: setOf(certificates) }
  return standard.set
}

function setOf(texts: readonly string[]): TrustedSet {
  const set = new TrustedSet()
  for (const { label, der } of texts.flatMap(parsePem)) {
    if (label === 'CERTIFICATE' || label === 'X509 CERTIFICATE') addIfReadable(set, der)
    // OpenSSL's own form: what may stand behind the certificate narrows what it is trusted for. Then it is for nothing here.
    else if (label === 'TRUSTED CERTIFICATE') addIfReadable(set, der)
  }
  return set
}

/** What is no certificate is trusted for nothing, and keeps nobody from trusting others: as in Node. */
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
