// The `ciphers` option: suites of TLS 1.3 by name, and OpenSSL's language for those of TLS 1.2: names, words for groups of
// suites, `+` between words that must all hold, `!` and `-` to leave out; `@SECLEVEL` is for certificates. Source: OpenSSL's manual,
// openssl-ciphers(1). What names nothing that we speak is passed over, as OpenSSL does with what it was built without.

import { type CipherSuite, cipherSuites } from './wire/cipher-suites.ts'

export interface CipherChoice {
  readonly tls13: readonly CipherSuite[]
  readonly tls12: readonly CipherSuite[]
  /** The list names suites of TLS 1.2, ours or not. */
  readonly asksFor12: boolean
}

/** The same few lists come with every context. */
const known = new Map<string, CipherChoice>()
const maxKnown = 64

export function parseCipherList(list: string): CipherChoice {
  let choice = known.get(list)
  if (choice === undefined) {
    choice = readCipherList(list)
    if (known.size < maxKnown) known.set(list, choice)
  }
  return choice
}

function readCipherList(list: string): CipherChoice {
  const words = list.split(/[:, ]+/).filter(word => word !== '')
  const isSuite13 = (word: string): boolean => word.startsWith('TLS_') && suiteByName(word)?.protocol === 0x0304
  return {
    tls13: words.filter(isSuite13).flatMap(word => suiteByName(word) ?? []),
    tls12: parse12(words.filter(word => !isSuite13(word))),
    asksFor12: words.some(word => !isSuite13(word) && !/^[!@+-]/.test(word)),
  }
}

/** OpenSSL's security level: what the list says last, or the runtime's default. */
export function securityLevelOf(list: unknown): number {
  const levels = typeof list === 'string' ? [...list.matchAll(/@SECLEVEL=([0-5])/g)] : []
  return Number(levels.at(-1)?.[1] ?? defaultSecurityLevel)
}

/** Two since OpenSSL 3.2: RSA of 2048 bits at least. */
const defaultSecurityLevel = /^3\.[01]\./.test(process.versions['openssl'] ?? '') ? 1 : 2

function parse12(words: readonly string[]): CipherSuite[] {
  const killed = new Set<CipherSuite>()
  let chosen: CipherSuite[] = []
  for (const word of words) {
    if (word.startsWith('@')) continue
    const [operator, name] = /^([!+-]?)(.+)$/.exec(word)?.slice(1) ?? ['', word]
    const named = matching(String(name))
    if (operator === '!') for (const suite of named) killed.add(suite)
    if (operator === '!' || operator === '-') chosen = chosen.filter(suite => !named.includes(suite))
    else if (operator === '+') {
      // Moves to the end what is there already.
      chosen = [...chosen.filter(suite => !named.includes(suite)), ...chosen.filter(suite => named.includes(suite))]
    } else chosen.push(...named.filter(suite => !killed.has(suite) && !chosen.includes(suite)))
  }
  return chosen
}

const suites12 = cipherSuites.filter(suite => suite.protocol === 0x0303)

function suiteByName(name: string): CipherSuite | undefined {
  return cipherSuites.find(suite => suite.name === name || suite.standardName === name)
}

/** The suites of TLS 1.2 for which every one of the words holds. */
function matching(words: string): readonly CipherSuite[] {
  const named = suiteByName(words)
  if (named) return named.protocol === 0x0303 ? [named] : []
  const tests = words.split('+').map(word => groups[word] ?? never)
  return suites12.filter(suite => tests.every(test => test(suite)))
}

type Test = (suite: CipherSuite) => boolean

const never: Test = () => false
const usesPsk: Test = suite => suite.keyExchange === 'psk' || suite.keyExchange === 'ecdhe-psk'
const usesEcdhe: Test = suite => suite.keyExchange === 'ecdhe' || suite.keyExchange === 'ecdhe-psk'
const byCipher =
  (...starts: string[]): Test =>
  suite =>
    starts.some(start => suite.cipher.startsWith(start))
const isGcm: Test = suite => suite.cipher.endsWith('gcm')

const groups: Readonly<Record<string, Test | undefined>> = Object.assign(Object.create(null), {
  ALL: () => true,
  COMPLEMENTOFALL: never,
  DEFAULT: () => true,
  // All that we speak has 128 bits or more.
  HIGH: () => true,
  kRSA: suite => suite.keyExchange === 'rsa',
  RSA: suite => suite.keyExchange === 'rsa',
  kECDHE: suite => suite.keyExchange === 'ecdhe',
  kEECDH: suite => suite.keyExchange === 'ecdhe',
  ECDHE: usesEcdhe,
  EECDH: usesEcdhe,
  ECDH: usesEcdhe,
  aRSA: suite => suite.authentication === 'rsa',
  aECDSA: suite => suite.authentication === 'ecdsa',
  ECDSA: suite => suite.authentication === 'ecdsa',
  PSK: usesPsk,
  kPSK: suite => suite.keyExchange === 'psk',
  aPSK: suite => suite.authentication === 'psk',
  kECDHEPSK: suite => suite.keyExchange === 'ecdhe-psk',
  AES: byCipher('aes'),
  AES128: byCipher('aes-128'),
  AES256: byCipher('aes-256'),
  AESGCM: isGcm,
  CHACHA20: byCipher('chacha20'),
  SHA: suite => suite.mac === 'sha1',
  SHA1: suite => suite.mac === 'sha1',
  SHA256: suite => suite.mac === 'sha256',
  SHA384: suite => suite.mac === 'sha384',
  'TLSv1.2': suite => suite.since === 'TLSv1.2',
  'TLSv1.0': suite => suite.since === 'TLSv1',
  SSLv3: suite => suite.since === 'SSLv3',
} satisfies Record<string, Test>)
