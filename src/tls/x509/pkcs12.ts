// PKCS#12 files: private keys and certificates protected by a password. RFC 7292, in the form that is in use: a password-based
// MAC, contents plain or encrypted with the password. DER only, and no public-key modes.

import { type DigestName, type PasswordCrypto, UnsupportedAlgorithm } from '../../crypto/certificate-crypto.ts'
import { maxPfxSize, maxSafeBagDepth, maxSafeBags } from './certificate-limits.ts'
import { contextTag, DerError, DerReader, readWhole, tags } from './der.ts'
import { oids } from './oids.ts'
import { decryptWithPassword, deriveKey, type Password, readIterations } from './password-encryption.ts'
import { type AlgorithmIdentifier, readAlgorithm } from './signature-algorithm.ts'

export interface PfxContents {
  /** PKCS#8, not encrypted; the caller overwrites them after reading. */
  readonly keys: readonly PfxItem[]
  readonly certificates: readonly PfxItem[]
}

export interface PfxItem {
  readonly der: Uint8Array
  /** Equal on a key and its certificate. */
  readonly localKeyId: Uint8Array | undefined
}

/** The password is wrong, or the file was changed. */
export class WrongPassword extends Error {
  override readonly name = 'WrongPassword'
}

/** Throws a WrongPassword, an UnsupportedAlgorithm or a DerError. @param password - UTF-8; empty: none, or an empty one */
export function readPfx(file: Uint8Array, password: Uint8Array, crypto: PasswordCrypto): PfxContents {
  if (file.length > maxPfxSize) throw new DerError(`a file of more than ${maxPfxSize} bytes`)
  const reader = readWhole(file, tags.SEQUENCE)
  if (reader.readSmallInteger() !== 3) throw new DerError('a file of another version')
  const { type, content } = readContentInfo(reader)
  const mac = reader.readOptional(tags.SEQUENCE)
  reader.expectEnd()
  if (type !== oids.pkcs7Data || content === undefined) throw new UnsupportedAlgorithm(type)
  const safe = new DerReader(content).read(tags.OCTET_STRING)
  const known = checkMac(mac, safe, password, crypto)
  const items = new SafeItems(known, crypto)
  const contents = readWhole(safe, tags.SEQUENCE)
  while (!contents.isAtEnd) items.readContents(contents)
  return items
}

function readContentInfo(reader: DerReader): { type: string; content: Uint8Array | undefined } {
  const info = reader.enter(tags.SEQUENCE)
  const type = info.readOid()
  const content = info.readOptional(contextTag(0, true))
  info.expectEnd()
  return { type, content }
}

/** @returns the password in the form that verifies: no password and an empty one look alike to users, and differ in the file */
function checkMac(
  mac: Uint8Array | undefined,
  safe: Uint8Array,
  password: Uint8Array,
  crypto: PasswordCrypto,
): Password {
  const given: Password = { bytes: password, wide: widen(password) }
  const forms = password.length === 0 ? [{ bytes: password, wide: new Uint8Array(0) }, given] : [given]
  if (mac === undefined) return given
  const reader = new DerReader(mac)
  const info = reader.enter(tags.SEQUENCE)
  const digest = macDigest(readAlgorithm(info))
  const expected = info.read(tags.OCTET_STRING)
  const salt = reader.read(tags.OCTET_STRING)
  const iterations = reader.isAtEnd ? 1 : readIterations(reader)
  reader.expectEnd()
  for (const form of forms) {
    const size = crypto.digest(digest).length
    const key = deriveKey(3, digest, form.wide, salt, iterations, size, crypto)
    const isRight = crypto.isEqual(crypto.hmac(digest, key, safe), expected)
    key.fill(0)
    if (isRight) return form
  }
  throw new WrongPassword('mac verify failure')
}

function macDigest({ oid }: AlgorithmIdentifier): DigestName {
  const names: Readonly<Record<string, DigestName | undefined>> = {
    [oids.sha1]: 'sha1',
    [oids.sha224]: 'sha224',
    [oids.sha256]: 'sha256',
    [oids.sha384]: 'sha384',
    [oids.sha512]: 'sha512',
  }
  const name = names[oid]
  if (name === undefined) throw new UnsupportedAlgorithm(oid)
  return name
}

/** BMPString with its final zero: RFC 7292 appendix B.1. */
function widen(password: Uint8Array): Uint8Array {
  const text = Buffer.from(password.buffer, password.byteOffset, password.byteLength).toString('utf8')
  return Buffer.from(`${text}\0`, 'utf16le').swap16()
}

class SafeItems implements PfxContents {
  readonly keys: PfxItem[] = []
  readonly certificates: PfxItem[] = []
  readonly #password: Password
  readonly #crypto: PasswordCrypto
  #bags = 0

  constructor(password: Password, crypto: PasswordCrypto) {
    this.#password = password
    this.#crypto = crypto
  }

  readContents(reader: DerReader): void {
    const { type, content } = readContentInfo(reader)
    if (content === undefined) return
    if (type === oids.pkcs7Data) this.#readBags(new DerReader(content).read(tags.OCTET_STRING), 0)
    else if (type === oids.pkcs7EncryptedData) this.#readBags(this.#decryptContents(content), 0)
    else throw new UnsupportedAlgorithm(type)
  }

  #decryptContents(content: Uint8Array): Uint8Array {
    const reader = new DerReader(content).enter(tags.SEQUENCE)
    reader.readSmallInteger()
    const info = reader.enter(tags.SEQUENCE)
    if (info.readOid() !== oids.pkcs7Data) throw new DerError('encrypted contents of another type')
    const algorithm = readAlgorithm(info)
    return this.#decrypt(algorithm, info.read(contextTag(0, false)))
  }

  #decrypt(algorithm: AlgorithmIdentifier, data: Uint8Array): Uint8Array {
    try {
      return decryptWithPassword(algorithm, data, this.#password, this.#crypto)
    } catch (error) {
      if (error instanceof DerError || error instanceof UnsupportedAlgorithm) throw error
      throw new WrongPassword('mac verify failure', { cause: error })
    }
  }

  #readBags(content: Uint8Array, depth: number): void {
    if (depth > maxSafeBagDepth) throw new DerError(`bags more than ${maxSafeBagDepth} deep`)
    const reader = readWhole(content, tags.SEQUENCE)
    while (!reader.isAtEnd) {
      if (++this.#bags > maxSafeBags) throw new DerError(`more than ${maxSafeBags} bags`)
      const bag = reader.enter(tags.SEQUENCE)
      const type = bag.readOid()
      const value = bag.read(contextTag(0, true))
      const localKeyId = bag.isAtEnd ? undefined : readLocalKeyId(bag.enter(tags.SET))
      bag.expectEnd()
      this.#readBag(type, value, localKeyId, depth)
    }
  }

  #readBag(type: string, value: Uint8Array, localKeyId: Uint8Array | undefined, depth: number): void {
    switch (type) {
      case oids.keyBag:
        // A copy, since it will be overwritten, and the file's bytes are the program's.
        this.keys.push({ der: Uint8Array.from(value), localKeyId })
        break
      case oids.shroudedKeyBag: {
        const reader = readWhole(value, tags.SEQUENCE)
        const algorithm = readAlgorithm(reader)
        this.keys.push({ der: this.#decrypt(algorithm, reader.read(tags.OCTET_STRING)), localKeyId })
        break
      }
      case oids.certBag: {
        const reader = readWhole(value, tags.SEQUENCE)
        if (reader.readOid() !== oids.x509Certificate) break
        this.certificates.push({ der: reader.enter(contextTag(0, true)).read(tags.OCTET_STRING), localKeyId })
        break
      }
      case oids.safeContentsBag:
        this.#readBags(value, depth + 1)
        break
      default:
      // Revocation lists and secrets are not used for TLS.
    }
  }
}

function readLocalKeyId(attributes: DerReader): Uint8Array | undefined {
  let id: Uint8Array | undefined
  while (!attributes.isAtEnd) {
    const attribute = attributes.enter(tags.SEQUENCE)
    const type = attribute.readOid()
    const values = attribute.enter(tags.SET)
    if (type === oids.localKeyId) id = values.read(tags.OCTET_STRING)
  }
  return id
}
