// X.509 certificates made on the spot, for the programs here and for tests: an authority, and what it signs. Not for use
// anywhere else. RFC 5280 section 4.1, in DER.

import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto'

/**
 * @param {{
 *   name: string,
 *   altNames?: string[],
 *   isAuthority?: boolean,
 *   issuer?: { name: string, privateKey: import('node:crypto').KeyObject, keyId: Buffer },
 *   notBefore?: Date,
 *   notAfter?: Date,
 *   keyType?: 'ec' | 'rsa',
 * }} options - `altNames`: `DNS:a.example`, `IP:127.0.0.1`; without `issuer` it signs itself
 * @returns {{ name: string, privateKey: import('node:crypto').KeyObject, keyId: Buffer, key: string, cert: string }}
 *   `key` and `cert` as PEM
 */
export function makeCertificate({
  name,
  altNames = [],
  isAuthority = false,
  issuer,
  notBefore = new Date(Date.now() - 3_600_000),
  notAfter = new Date(Date.now() + 86_400_000),
  keyType = 'ec',
}) {
  const { privateKey, publicKey } =
    keyType === 'ec'
      ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
      : generateKeyPairSync('rsa', { modulusLength: 2048 })
  const publicKeyInfo = publicKey.export({ type: 'spki', format: 'der' })
  const keyId = createHash('sha1').update(publicKeyInfo).digest()
  const signer = issuer ?? { name, privateKey, keyId }
  const isEc = signer.privateKey.asymmetricKeyType === 'ec'
  const algorithm = isEc ? sequence(oid('1.2.840.10045.4.3.2')) : sequence(oid('1.2.840.113549.1.1.11'), tag(0x05))
  const serial = randomBytes(16)
  serial[0] = (serial[0] & 0x7f) | 0x01
  const extensions = [
    extension('2.5.29.14', tag(0x04, keyId)),
    extension('2.5.29.35', sequence(tag(0x80, signer.keyId))),
    extension('2.5.29.19', isAuthority ? sequence(tag(0x01, Buffer.from([0xff]))) : sequence(), true),
    extension('2.5.29.15', tag(0x03, Buffer.from(isAuthority ? [1, 0x06] : [5, 0xa0])), true),
    ...(altNames.length > 0 ? [extension('2.5.29.17', sequence(...altNames.map(altName)))] : []),
  ]
  const body = sequence(
    tag(0xa0, tag(0x02, Buffer.from([2]))),
    tag(0x02, serial),
    algorithm,
    commonName(signer.name),
    sequence(time(notBefore), time(notAfter)),
    commonName(name),
    publicKeyInfo,
    tag(0xa3, sequence(...extensions)),
  )
  const signature = sign('sha256', body, signer.privateKey)
  const certificate = sequence(body, algorithm, tag(0x03, Buffer.from([0]), signature))
  return {
    name,
    privateKey,
    keyId,
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }),
    cert: pem(certificate),
  }
}

function pem(der) {
  return `-----BEGIN CERTIFICATE-----\n${der.toString('base64').replace(/.{64}(?=.)/g, '$&\n')}\n-----END CERTIFICATE-----\n`
}

function tag(number, ...contents) {
  const content = Buffer.concat(contents)
  if (content.length < 128) return Buffer.concat([Buffer.from([number, content.length]), content])
  const length = Buffer.from(content.length.toString(16).padStart(content.length > 255 ? 4 : 2, '0'), 'hex')
  return Buffer.concat([Buffer.from([number, 0x80 | length.length]), length, content])
}

function sequence(...contents) {
  return tag(0x30, ...contents)
}

function oid(text) {
  const [first, second, ...rest] = text.split('.').map(Number)
  return tag(0x06, Buffer.from([first * 40 + second, ...rest.flatMap(base128)]))
}

function base128(number) {
  const digits = [number & 0x7f]
  for (let left = number >>> 7; left > 0; left >>>= 7) digits.unshift((left & 0x7f) | 0x80)
  return digits
}

function commonName(name) {
  return sequence(tag(0x31, sequence(oid('2.5.4.3'), tag(0x0c, Buffer.from(name)))))
}

/** Two digits for the year up to 2049. RFC 5280 section 4.1.2.5 */
function time(date) {
  const text = date.toISOString().replace(/[-:T]|\.\d+/g, '')
  return date.getUTCFullYear() < 2050 ? tag(0x17, Buffer.from(text.slice(2))) : tag(0x18, Buffer.from(text))
}

function extension(id, content, isCritical = false) {
  return sequence(oid(id), ...(isCritical ? [tag(0x01, Buffer.from([0xff]))] : []), tag(0x04, content))
}

function altName(text) {
  const value = text.slice(text.indexOf(':') + 1)
  return text.startsWith('IP:') ? tag(0x87, Buffer.from(value.split('.').map(Number))) : tag(0x82, Buffer.from(value))
}
