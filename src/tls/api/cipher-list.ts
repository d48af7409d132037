// The `ciphers` option: suites of TLS 1.3 by name, and OpenSSL's language for those of TLS 1.2: names, words for groups of
// suites, `+` between words that must all hold, `!` and `-` to leave out, `@STRENGTH` to sort; `@SECLEVEL` is for certificates.
// Source: OpenSSL's manual, openssl-ciphers(1). Suites that we do not support are ignored, as OpenSSL ignores those it was built without.

import { type CipherSuite, cipherSuites } from '../wire/cipher-suites.ts'

export interface CipherChoice {
  /** All suites of TLS 1.3, if the list names none. */
  readonly tls13: readonly CipherSuite[]
  readonly tls12: readonly CipherSuite[]
  /** Those that the list has by their own names. */
  readonly named12: readonly CipherSuite[]
  /** The list names suites of TLS 1.2, supported or not. */
  readonly asksFor12: boolean
  /** The same for TLS 1.3. */
  readonly asksFor13: boolean
}

/** A cache: contexts are made with the same few lists. */
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
  // A command may follow a word directly: `DEFAULT@SECLEVEL=0`.
  const words = list.split(/[:,; ]+|(?=@)/).filter(word => word !== '')
  // As in Node: words that begin with TLS_ name suites of TLS 1.3, all else is OpenSSL's language.
  const words13 = words.filter(word => word.startsWith('TLS_'))
  const words12 = words.filter(word => !word.startsWith('TLS_'))
  const asksFor13 = words13.length > 0
  const tls12 = parse12(words12)
  return {
    tls13: asksFor13 ? words13.flatMap(word => suiteByName(word, 0x0304) ?? []) : suites13,
    tls12,
    named12: tls12.filter(suite => words12.includes(suite.name)),
    asksFor12: words12.some(word => !/^[!@+-]/.test(word)),
    asksFor13,
  }
}

/** OpenSSL's security level: the last one in the list, or the runtime's default. */
export function securityLevelOf(list: unknown): number {
  const levels = typeof list === 'string' ? [...list.matchAll(/@SECLEVEL=([0-5])/g)] : []
  return Number(levels.at(-1)?.[1] ?? defaultSecurityLevel)
}

/** Two since OpenSSL 3.2: RSA of 2048 bits at least. */
const defaultSecurityLevel = /^3\.[01]\./.test(process.versions['openssl'] ?? '') ? 1 : 2

/** OpenSSL's own procedure: one list of all suites, in which words switch suites on, off, and move them. */
function parse12(words: readonly string[]): CipherSuite[] {
  let all: Entry[] = suites12.map(suite => ({ suite, isOn: false }))
  const move = (isMoved: (entry: Entry) => boolean, change: (moved: Entry[], rest: Entry[]) => Entry[]): void => {
    all = change(
      all.filter(isMoved),
      all.filter(entry => !isMoved(entry)),
    )
  }
  for (const word of words) {
    if (word === '@STRENGTH') all = sortByStrength(all)
    if (word.startsWith('@')) continue
    const [operator, name] = /^([!+-]?)(.+)$/.exec(word)?.slice(1) ?? ['', word]
    const named = matching(String(name))
    const isOn = ({ suite, isOn }: Entry): boolean => isOn && named.includes(suite)
    const isOff = ({ suite, isOn }: Entry): boolean => !isOn && named.includes(suite)
    if (operator === '!') all = all.filter(({ suite }) => !named.includes(suite))
    // Suites that are switched off come first when they are switched on again.
    else if (operator === '-') move(isOn, (moved, rest) => [...moved.map(({ suite }) => off(suite)), ...rest])
    else if (operator === '+') move(isOn, (moved, rest) => [...rest, ...moved])
    else move(isOff, (moved, rest) => [...rest, ...moved.map(({ suite }) => on(suite))])
  }
  return all.filter(entry => entry.isOn).map(({ suite }) => suite)
}

interface Entry {
  readonly suite: CipherSuite
  readonly isOn: boolean
}

const on = (suite: CipherSuite): Entry => ({ suite, isOn: true })
const off = (suite: CipherSuite): Entry => ({ suite, isOn: false })

/** Suites with 256 bits before those with 128, otherwise in the same order. */
function sortByStrength(all: readonly Entry[]): Entry[] {
  const chosen = all.filter(entry => entry.isOn)
  const isWeaker = ({ suite }: Entry): boolean => suite.cipher.startsWith('aes-128')
  return [...all.filter(entry => !entry.isOn), ...chosen.filter(entry => !isWeaker(entry)), ...chosen.filter(isWeaker)]
}

/** In OpenSSL's order: `openssl ciphers ALL`. */
const suites12 = `
  ECDHE-ECDSA-AES256-GCM-SHA384 ECDHE-RSA-AES256-GCM-SHA384 ECDHE-ECDSA-CHACHA20-POLY1305 ECDHE-RSA-CHACHA20-POLY1305
  ECDHE-ECDSA-AES128-GCM-SHA256 ECDHE-RSA-AES128-GCM-SHA256 ECDHE-ECDSA-AES256-SHA384 ECDHE-RSA-AES256-SHA384
  ECDHE-ECDSA-AES128-SHA256 ECDHE-RSA-AES128-SHA256 ECDHE-ECDSA-AES256-SHA ECDHE-RSA-AES256-SHA ECDHE-ECDSA-AES128-SHA
  ECDHE-RSA-AES128-SHA ECDHE-PSK-CHACHA20-POLY1305 AES256-GCM-SHA384 PSK-AES256-GCM-SHA384 PSK-CHACHA20-POLY1305
  AES128-GCM-SHA256 PSK-AES128-GCM-SHA256 AES256-SHA256 AES128-SHA256 ECDHE-PSK-AES256-CBC-SHA384
  ECDHE-PSK-AES256-CBC-SHA AES256-SHA PSK-AES256-CBC-SHA384 PSK-AES256-CBC-SHA ECDHE-PSK-AES128-CBC-SHA256
  ECDHE-PSK-AES128-CBC-SHA AES128-SHA PSK-AES128-CBC-SHA256 PSK-AES128-CBC-SHA`
  .trim()
  .split(/\s+/)
  .flatMap(name => suiteByName(name, 0x0303) ?? [])

const suites13 = cipherSuites.filter(suite => suite.protocol === 0x0304)

function suiteByName(name: string, protocol: number): CipherSuite | undefined {
  return cipherSuites.find(suite => suite.protocol === protocol && suite.name === name)
}

/** The suites of TLS 1.2 for which every one of the words holds. */
function matching(words: string): readonly CipherSuite[] {
  const named = suiteByName(words, 0x0303)
  if (named) return [named]
  const tests = words.split('+').map(word => groups[word] ?? never)
  return suites12.filter(suite => tests.every(test => test(suite)))
}

type Test = (suite: CipherSuite) => boolean

const never: Test = () => false
const usesPsk: Test = suite => suite.keyExchange === 'psk' || suite.keyExchange === 'ecdhe-psk'
const usesEcdhe: Test = suite => suite.keyExchange === 'ecdhe'
const byCipher =
  (...starts: string[]): Test =>
  suite =>
    starts.some(start => suite.cipher.startsWith(start))
const isGcm: Test = suite => suite.cipher.endsWith('gcm')

const groups: Readonly<Record<string, Test | undefined>> = Object.assign(Object.create(null), {
  ALL: () => true,
  COMPLEMENTOFALL: never,
  DEFAULT: () => true,
  // All supported suites have 128 bits or more.
  HIGH: () => true,
  kRSA: suite => suite.keyExchange === 'rsa',
  RSA: suite => suite.keyExchange === 'rsa',
  kECDHE: usesEcdhe,
  kEECDH: usesEcdhe,
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
  FIPS: byCipher('aes'),
  SHA: suite => suite.mac === 'sha1',
  SHA1: suite => suite.mac === 'sha1',
  SHA256: suite => suite.mac === 'sha256',
  SHA384: suite => suite.mac === 'sha384',
  'TLSv1.2': suite => suite.since === 'TLSv1.2',
  'TLSv1.0': suite => suite.since === 'TLSv1',
  TLSv1: suite => suite.since === 'TLSv1',
  SSLv3: suite => suite.since === 'SSLv3',
} satisfies Record<string, Test>)
