// The cipher suites that this stack supports, with the names that OpenSSL (and so Node) and IANA give them. RFC 8446 appendix
// B.4, RFC 5289, RFC 7905, RFC 5246 appendix A.5, RFC 4279, RFC 5487, RFC 5489.
//
// Finite-field DH, CCM, ARIA, Camellia, RSA-PSK and SRP are not supported: they are ignored in a list of suites, as OpenSSL
// ignores the suites that it was built without.

import type { BulkCipher, HashName } from '../../crypto/algorithms.ts'

/** `any`: TLS 1.3, whose suites do not determine the key exchange. */
export type KeyExchange = 'any' | 'ecdhe' | 'rsa' | 'psk' | 'ecdhe-psk'

export interface CipherSuite {
  /** The two bytes on the wire. */
  readonly id: number
  /** OpenSSL's name: `ECDHE-RSA-AES128-GCM-SHA256`. */
  readonly name: string
  /** IANA's name: `TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256`. */
  readonly standardName: string
  /** The protocol version that it is used with here. */
  readonly protocol: 0x0303 | 0x0304
  /** The protocol version that introduced it, as in `getCipher().version`. */
  readonly since: 'TLSv1.3' | 'TLSv1.2' | 'TLSv1' | 'SSLv3'
  readonly keyExchange: KeyExchange
  readonly authentication: 'any' | 'ecdsa' | 'rsa' | 'psk'
  readonly cipher: BulkCipher
  /** The HMAC of a CBC suite; undefined: AEAD. */
  readonly mac: HashName | undefined
  /** The hash of HKDF, the PRF and the transcript. */
  readonly hash: 'sha256' | 'sha384'
}

export const cipherSuites: readonly CipherSuite[] = [
  tls13(0x1302, 'TLS_AES_256_GCM_SHA384', 'aes-256-gcm', 'sha384'),
  tls13(0x1303, 'TLS_CHACHA20_POLY1305_SHA256', 'chacha20-poly1305', 'sha256'),
  tls13(0x1301, 'TLS_AES_128_GCM_SHA256', 'aes-128-gcm', 'sha256'),
  ...aead('ECDHE-ECDSA', 'ecdhe', 'ecdsa', 0xc02b, 0xc02c, 0xcca9),
  ...aead('ECDHE-RSA', 'ecdhe', 'rsa', 0xc02f, 0xc030, 0xcca8),
  ...aead('ECDHE-PSK', 'ecdhe-psk', 'psk', undefined, undefined, 0xccac),
  cbc(0xc024, 'ECDHE-ECDSA-AES256-SHA384', 'ecdhe', 'ecdsa', 'sha384'),
  cbc(0xc028, 'ECDHE-RSA-AES256-SHA384', 'ecdhe', 'rsa', 'sha384'),
  cbc(0xc023, 'ECDHE-ECDSA-AES128-SHA256', 'ecdhe', 'ecdsa', 'sha256'),
  cbc(0xc027, 'ECDHE-RSA-AES128-SHA256', 'ecdhe', 'rsa', 'sha256'),
  cbc(0xc00a, 'ECDHE-ECDSA-AES256-SHA', 'ecdhe', 'ecdsa', 'sha1'),
  cbc(0xc014, 'ECDHE-RSA-AES256-SHA', 'ecdhe', 'rsa', 'sha1'),
  cbc(0xc009, 'ECDHE-ECDSA-AES128-SHA', 'ecdhe', 'ecdsa', 'sha1'),
  cbc(0xc013, 'ECDHE-RSA-AES128-SHA', 'ecdhe', 'rsa', 'sha1'),
  ...aead('', 'rsa', 'rsa', 0x009c, 0x009d, undefined),
  cbc(0x003d, 'AES256-SHA256', 'rsa', 'rsa', 'sha256'),
  cbc(0x003c, 'AES128-SHA256', 'rsa', 'rsa', 'sha256'),
  cbc(0x0035, 'AES256-SHA', 'rsa', 'rsa', 'sha1'),
  cbc(0x002f, 'AES128-SHA', 'rsa', 'rsa', 'sha1'),
  ...aead('PSK', 'psk', 'psk', 0x00a8, 0x00a9, 0xccab),
  cbc(0xc038, 'ECDHE-PSK-AES256-CBC-SHA384', 'ecdhe-psk', 'psk', 'sha384'),
  cbc(0xc036, 'ECDHE-PSK-AES256-CBC-SHA', 'ecdhe-psk', 'psk', 'sha1'),
  cbc(0x00af, 'PSK-AES256-CBC-SHA384', 'psk', 'psk', 'sha384'),
  cbc(0x008d, 'PSK-AES256-CBC-SHA', 'psk', 'psk', 'sha1'),
  cbc(0xc037, 'ECDHE-PSK-AES128-CBC-SHA256', 'ecdhe-psk', 'psk', 'sha256'),
  cbc(0xc035, 'ECDHE-PSK-AES128-CBC-SHA', 'ecdhe-psk', 'psk', 'sha1'),
  cbc(0x00ae, 'PSK-AES128-CBC-SHA256', 'psk', 'psk', 'sha256'),
  cbc(0x008c, 'PSK-AES128-CBC-SHA', 'psk', 'psk', 'sha1'),
]

const byId = new Map(cipherSuites.map(suite => [suite.id, suite]))
const byName = new Map(cipherSuites.flatMap(suite => [entry(suite.name, suite), entry(suite.standardName, suite)]))

export function cipherSuiteById(id: number): CipherSuite | undefined {
  return byId.get(id)
}

/** By OpenSSL's or IANA's name, in any case. */
export function cipherSuiteByName(name: string): CipherSuite | undefined {
  return byName.get(name.toLowerCase())
}

/** `TLS_EMPTY_RENEGOTIATION_INFO_SCSV`: RFC 5746 section 3.3. */
export const EMPTY_RENEGOTIATION_INFO_SCSV = 0x00ff
/** `TLS_FALLBACK_SCSV`: RFC 7507. */
export const FALLBACK_SCSV = 0x5600

function entry(name: string, suite: CipherSuite): [string, CipherSuite] {
  return [name.toLowerCase(), suite]
}

function tls13(id: number, name: string, cipher: BulkCipher, hash: 'sha256' | 'sha384'): CipherSuite {
  return {
    id,
    name,
    standardName: name,
    protocol: 0x0304,
    since: 'TLSv1.3',
    keyExchange: 'any',
    authentication: 'any',
    cipher,
    mac: undefined,
    hash,
  }
}

/** The suites of AES-256-GCM, ChaCha20-Poly1305 and AES-128-GCM with one key exchange, as far as they exist. */
function aead(
  prefix: string,
  keyExchange: KeyExchange,
  authentication: 'ecdsa' | 'rsa' | 'psk',
  aes128: number | undefined,
  aes256: number | undefined,
  chacha20: number | undefined,
): CipherSuite[] {
  const suites: CipherSuite[] = []
  const start = prefix === '' ? '' : `${prefix}-`
  const standardStart = `TLS_${prefix === '' ? 'RSA' : prefix.replace('-', '_')}_WITH`
  const add = (
    id: number | undefined,
    name: string,
    standard: string,
    cipher: BulkCipher,
    hash: 'sha256' | 'sha384',
  ) => {
    if (id === undefined) return
    const names = { name: `${start}${name}`, standardName: `${standardStart}_${standard}` }
    suites.push({
      id,
      ...names,
      protocol: 0x0303,
      since: 'TLSv1.2',
      keyExchange,
      authentication,
      cipher,
      mac: undefined,
      hash,
    })
  }
  add(aes256, 'AES256-GCM-SHA384', 'AES_256_GCM_SHA384', 'aes-256-gcm', 'sha384')
  add(chacha20, 'CHACHA20-POLY1305', 'CHACHA20_POLY1305_SHA256', 'chacha20-poly1305', 'sha256')
  add(aes128, 'AES128-GCM-SHA256', 'AES_128_GCM_SHA256', 'aes-128-gcm', 'sha256')
  return suites
}

function cbc(
  id: number,
  name: string,
  keyExchange: KeyExchange,
  authentication: 'ecdsa' | 'rsa' | 'psk',
  mac: 'sha1' | 'sha256' | 'sha384',
): CipherSuite {
  const bits = name.includes('256-') ? 256 : 128
  const exchange =
    keyExchange === 'ecdhe' ? `ECDHE_${authentication.toUpperCase()}` : keyExchange.toUpperCase().replace('-', '_')
  const standardMac = mac === 'sha1' ? 'SHA' : mac.toUpperCase()
  const older = keyExchange.startsWith('ecdhe') || (keyExchange === 'psk' && mac !== 'sha1') ? 'TLSv1' : 'SSLv3'
  return {
    id,
    name,
    standardName: `TLS_${exchange}_WITH_AES_${bits}_CBC_${standardMac}`,
    protocol: 0x0303,
    since: mac !== 'sha1' && authentication !== 'psk' ? 'TLSv1.2' : older,
    keyExchange,
    authentication,
    cipher: bits === 256 ? 'aes-256-cbc' : 'aes-128-cbc',
    mac,
    // The PRF of suites from before TLS 1.2 is SHA-256's: RFC 5246 section 5.
    hash: mac === 'sha384' ? 'sha384' : 'sha256',
  }
}
