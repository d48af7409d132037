// Certificates, revocation lists and keys made on the spot, good and bad: DER written here, so that a test can say anything a
// certificate could say, signed by the runtime.

import { createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'

export function element(tag: number, ...contents: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(contents)
  const { length } = content
  const header =
    length < 0x80
      ? [length]
      : length < 0x100
        ? [0x81, length]
        : length < 0x10000
          ? [0x82, length >> 8, length & 255]
          : [0x83, length >> 16, (length >> 8) & 255, length & 255]
  return Buffer.concat([Buffer.of(tag, ...header), content])
}

export const sequence = (...contents: readonly Uint8Array[]) => element(0x30, ...contents)
export const set = (...contents: readonly Uint8Array[]) => element(0x31, ...contents)
export const octets = (content: Uint8Array) => element(0x04, content)
export const bits = (content: Uint8Array, unused = 0) => element(0x03, Buffer.of(unused), content)
export const boolean = (value: boolean) => element(0x01, Buffer.of(value ? 0xff : 0))
export const text = (value: string, tag = 0x0c) => element(tag, Buffer.from(value, tag === 0x0c ? 'utf8' : 'latin1'))
export const nothing = element(0x05)

export function integer(value: number): Buffer {
  const hex = value.toString(16)
  const bytes = Buffer.from(hex.length % 2 ? `0${hex}` : hex, 'hex')
  return element(0x02, (bytes[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.of(0), bytes]) : bytes)
}

export function oid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number)
  const bytes = [first * 40 + second, ...rest].flatMap(arc => {
    const groups = [arc % 128]
    for (let left = Math.floor(arc / 128); left > 0; left = Math.floor(left / 128)) groups.unshift((left % 128) | 0x80)
    return groups
  })
  return element(0x06, Buffer.from(bytes))
}

export function time(date: Date): Buffer {
  const digits = date.toISOString().replace(/[-:T]|\.\d+/g, '')
  return date.getUTCFullYear() < 2050 ? text(digits.slice(2), 0x17) : text(digits, 0x18)
}

const attributeOids: Readonly<Record<string, string>> = {
  CN: '2.5.4.3',
  C: '2.5.4.6',
  L: '2.5.4.7',
  ST: '2.5.4.8',
  O: '2.5.4.10',
  OU: '2.5.4.11',
  emailAddress: '1.2.840.113549.1.9.1',
}

/** One attribute each: `[['O', 'Example'], ['CN', 'Example Root']]`. */
export type NameText = readonly (readonly [string, string, number?])[]

export function name(attributes: NameText): Buffer {
  return sequence(
    ...attributes.map(([type, value, tag]) =>
      set(sequence(oid(attributeOids[type] ?? type), text(value, tag ?? (type === 'emailAddress' ? 0x16 : 0x0c)))),
    ),
  )
}

/** An extension with its value. */
export function extension(id: string, value: Uint8Array, isCritical = false): Buffer {
  return sequence(oid(id), ...(isCritical ? [boolean(true)] : []), octets(value))
}

export const basicConstraints = (isCa: boolean, pathLength?: number) =>
  extension(
    '2.5.29.19',
    sequence(...(isCa ? [boolean(true)] : []), ...(pathLength === undefined ? [] : [integer(pathLength)])),
    true,
  )

/** @param usages - numbers of bits: 0 digitalSignature, 2 keyEncipherment, 5 keyCertSign, 6 cRLSign */
export function keyUsage(...usages: readonly number[]): Buffer {
  const byte = usages.reduce((sum, bit) => sum | (0x80 >> bit), 0)
  const unused = byte === 0 ? 0 : 31 - Math.clz32(byte & -byte)
  return extension('2.5.29.15', bits(Buffer.of(byte), unused), true)
}

export const extKeyUsage = (...ids: readonly string[]) => extension('2.5.29.37', sequence(...ids.map(oid)))
export const serverAuth = '1.3.6.1.5.5.7.3.1'
export const clientAuth = '1.3.6.1.5.5.7.3.2'

export const dns = (value: string) => text(value, 0x82)
export const email = (value: string) => text(value, 0x81)
export const uri = (value: string) => text(value, 0x86)
export const ip = (...bytes: readonly number[]) => element(0x87, Buffer.from(bytes))
export const directory = (value: NameText) => element(0xa4, name(value))
export const altNames = (...names: readonly Uint8Array[]) => extension('2.5.29.17', sequence(...names))

export function nameConstraints(permitted: readonly Uint8Array[], excluded: readonly Uint8Array[] = []): Buffer {
  const trees = (tag: number, bases: readonly Uint8Array[]) =>
    bases.length === 0 ? [] : [element(tag, ...bases.map(base => sequence(base)))]
  return extension('2.5.29.30', sequence(...trees(0xa0, permitted), ...trees(0xa1, excluded)), true)
}

export interface Issued {
  readonly der: Buffer
  readonly pem: string
  readonly key: KeyObject
  readonly keyPem: string
  readonly subject: NameText
}

export interface CertificateParts {
  readonly subject: NameText
  /** Left out: it signs itself. */
  readonly issuer?: Pick<Issued, 'subject' | 'key'> | undefined
  readonly key?: KeyObject
  readonly serial?: number
  readonly notBefore?: Date
  readonly notAfter?: Date
  readonly version?: 1 | 3
  readonly extensions?: readonly Uint8Array[]
  readonly digest?: 'sha1' | 'sha256' | 'sha384' | 'md5'
  /** Flips a bit of the signature. */
  readonly isForged?: boolean
}

export const newKey = (): KeyObject => generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey
export const newRsaKey = (bits = 2048): KeyObject => generateKeyPairSync('rsa', { modulusLength: bits }).privateKey

const day = 86_400_000
let lastSerial = 1000

export function certificate(parts: CertificateParts): Issued {
  const { subject, version = 3, extensions = [], digest = 'sha256' } = parts
  const key = parts.key ?? newKey()
  const issuer = parts.issuer ?? { subject, key }
  const algorithm = signatureIdentifier(issuer.key, digest)
  const tbs = sequence(
    ...(version === 3 ? [element(0xa0, integer(2))] : []),
    integer(parts.serial ?? ++lastSerial),
    algorithm,
    name(issuer.subject),
    sequence(
      time(parts.notBefore ?? new Date(Date.now() - day)),
      time(parts.notAfter ?? new Date(Date.now() + 30 * day)),
    ),
    name(subject),
    createPublicKey(key).export({ format: 'der', type: 'spki' }),
    ...(extensions.length > 0 ? [element(0xa3, sequence(...extensions))] : []),
  )
  const signature = sign(issuer.key.asymmetricKeyType?.startsWith('ed') ? null : digest, tbs, issuer.key)
  if (parts.isForged) signature[signature.length - 1] = (signature[signature.length - 1] ?? 0) ^ 1
  const der = sequence(tbs, algorithm, bits(signature))
  return {
    der,
    pem: pem('CERTIFICATE', der),
    key,
    keyPem: key.export({ format: 'pem', type: 'pkcs8' }) as string,
    subject,
  }
}

export interface CrlParts {
  readonly issuer: Issued
  readonly revoked?: readonly number[]
  /** Of each entry. */
  readonly entryExtensions?: readonly Uint8Array[]
  readonly thisUpdate?: Date
  readonly nextUpdate?: Date
  readonly extensions?: readonly Uint8Array[]
  readonly isForged?: boolean
}

/** A revocation list as PEM. */
export function crl(parts: CrlParts): { pem: string; der: Buffer } {
  const { issuer, revoked = [], entryExtensions = [], extensions = [] } = parts
  const algorithm = signatureIdentifier(issuer.key, 'sha256')
  const when = time(parts.thisUpdate ?? new Date(Date.now() - day))
  const ofEntry = entryExtensions.length > 0 ? [sequence(...entryExtensions)] : []
  const entries = revoked.map(serial => sequence(integer(serial), when, ...ofEntry))
  const tbs = sequence(
    integer(1),
    algorithm,
    name(issuer.subject),
    when,
    time(parts.nextUpdate ?? new Date(Date.now() + 30 * day)),
    ...(entries.length > 0 ? [sequence(...entries)] : []),
    ...(extensions.length > 0 ? [element(0xa0, sequence(...extensions))] : []),
  )
  const signature = sign('sha256', tbs, issuer.key)
  if (parts.isForged) signature[signature.length - 1] = (signature[signature.length - 1] ?? 0) ^ 1
  const der = sequence(tbs, algorithm, bits(signature))
  return { der, pem: pem('X509 CRL', der) }
}

function signatureIdentifier(key: KeyObject, digest: string): Buffer {
  const rsa: Readonly<Record<string, string>> = { md5: '4', sha1: '5', sha256: '11', sha384: '12' }
  const ecdsa: Readonly<Record<string, string>> = { sha1: '1', sha256: '3.2', sha384: '3.3' }
  switch (key.asymmetricKeyType) {
    case 'rsa':
      return sequence(oid(`1.2.840.113549.1.1.${rsa[digest]}`), nothing)
    case 'ed25519':
      return sequence(oid('1.3.101.112'))
    default:
      return sequence(oid(`1.2.840.10045.4.${ecdsa[digest]}`))
  }
}

export function pem(label: string, der: Uint8Array): string {
  const lines =
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? []
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`
}
