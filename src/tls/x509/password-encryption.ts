// Password-based encryption of PKCS#12 files: PBES2 (RFC 8018 section 6.2), and the older schemes of RFC 7292 appendix C
// with the key derivation of its appendix B.

import {
  type BlockCipher,
  type DigestName,
  type PasswordCrypto,
  UnsupportedAlgorithm,
} from '../../crypto/certificate-crypto.ts'
import { maxKdfIterations } from './certificate-limits.ts'
import { DerError, type DerReader, DerReader as Reader, tags } from './der.ts'
import { oids } from './oids.ts'
import { type AlgorithmIdentifier, readAlgorithm } from './signature-algorithm.ts'

/** A password in the two forms that the schemes need. */
export interface Password {
  /** As it was given: UTF-8. */
  readonly bytes: Uint8Array
  /** Big-endian UTF-16 with a final zero; empty if there is no password. */
  readonly wide: Uint8Array
}

/** Throws the provider's error where the password is wrong, an UnsupportedAlgorithm, or a DerError. */
export function decryptWithPassword(
  algorithm: AlgorithmIdentifier,
  data: Uint8Array,
  password: Password,
  crypto: PasswordCrypto,
): Uint8Array {
  const { oid, parameters } = algorithm
  const older = olderSchemes.get(oid)
  if (parameters === undefined || (older === undefined && oid !== oids.pbes2)) throw new UnsupportedAlgorithm(oid)
  const reader = new Reader(parameters).enter(tags.SEQUENCE)
  if (older === undefined) return decryptPbes2(reader, data, password.bytes, crypto)
  const salt = reader.read(tags.OCTET_STRING)
  const iterations = readIterations(reader)
  reader.expectEnd()
  const [cipher, keySize] = older
  const key = deriveKey(1, 'sha1', password.wide, salt, iterations, keySize, crypto)
  const iv = deriveKey(2, 'sha1', password.wide, salt, iterations, 8, crypto)
  // Two-key triple DES: the first key is used twice.
  const used = cipher === '3des' && keySize === 16 ? Uint8Array.of(...key, ...key.subarray(0, 8)) : key
  const plain = crypto.decrypt(cipher, used, iv, data)
  key.fill(0)
  used.fill(0)
  return plain
}

const olderSchemes: ReadonlyMap<string, readonly [BlockCipher, number]> = new Map([
  ['1.2.840.113549.1.12.1.3', ['3des', 24]],
  ['1.2.840.113549.1.12.1.4', ['3des', 16]],
  ['1.2.840.113549.1.12.1.5', ['rc2-128', 16]],
  ['1.2.840.113549.1.12.1.6', ['rc2-40', 5]],
])

const ciphers: ReadonlyMap<string, readonly [BlockCipher, number]> = new Map([
  ['2.16.840.1.101.3.4.1.2', ['aes-128', 16]],
  ['2.16.840.1.101.3.4.1.22', ['aes-192', 24]],
  ['2.16.840.1.101.3.4.1.42', ['aes-256', 32]],
  ['1.2.840.113549.3.7', ['3des', 24]],
])

const hmacs: ReadonlyMap<string, DigestName> = new Map([
  ['1.2.840.113549.2.7', 'sha1'],
  ['1.2.840.113549.2.8', 'sha224'],
  ['1.2.840.113549.2.9', 'sha256'],
  ['1.2.840.113549.2.10', 'sha384'],
  ['1.2.840.113549.2.11', 'sha512'],
])

function decryptPbes2(reader: DerReader, data: Uint8Array, password: Uint8Array, crypto: PasswordCrypto): Uint8Array {
  const derivation = readAlgorithm(reader)
  const encryption = readAlgorithm(reader)
  reader.expectEnd()
  const cipher = ciphers.get(encryption.oid)
  if (derivation.oid !== oids.pbkdf2 || derivation.parameters === undefined) {
    throw new UnsupportedAlgorithm(derivation.oid)
  }
  if (cipher === undefined || encryption.parameters === undefined) throw new UnsupportedAlgorithm(encryption.oid)
  const parameters = new Reader(derivation.parameters).enter(tags.SEQUENCE)
  const salt = parameters.read(tags.OCTET_STRING)
  const iterations = readIterations(parameters)
  const [name, keySize] = cipher
  const stated = parameters.readOptional(tags.INTEGER)
  if (stated !== undefined && (stated.length !== 1 || stated[0] !== keySize))
    throw new DerError('a key of another size')
  const digest = parameters.isAtEnd ? 'sha1' : hmacs.get(readAlgorithm(parameters).oid)
  if (digest === undefined) throw new UnsupportedAlgorithm('PBKDF2')
  const iv = new Reader(encryption.parameters).read(tags.OCTET_STRING)
  const key = crypto.pbkdf2(digest, password, salt, iterations, keySize)
  const plain = crypto.decrypt(name, key, iv, data)
  key.fill(0)
  return plain
}

export function readIterations(reader: DerReader): number {
  const iterations = reader.readSmallInteger()
  if (iterations < 1 || iterations > maxKdfIterations) throw new DerError(`${iterations} iterations`)
  return iterations
}

const blockSizes: Readonly<Record<DigestName, number>> = {
  md5: 64,
  sha1: 64,
  sha224: 64,
  sha256: 64,
  sha384: 128,
  sha512: 128,
}

/** RFC 7292 appendix B.2. @param purpose - 1: key, 2: initialization vector, 3: MAC key */
export function deriveKey(
  purpose: 1 | 2 | 3,
  digest: DigestName,
  password: Uint8Array,
  salt: Uint8Array,
  iterations: number,
  size: number,
  crypto: PasswordCrypto,
): Uint8Array {
  const block = blockSizes[digest]
  const diversifier = new Uint8Array(block).fill(purpose)
  const salts = repeated(salt, block)
  const passwords = repeated(password, block)
  const input = new Uint8Array(salts.length + passwords.length)
  input.set(salts)
  input.set(passwords, salts.length)
  const key = new Uint8Array(size)
  for (let at = 0; at < size; ) {
    let hash = crypto.digest(digest, diversifier, input)
    for (let round = 1; round < iterations; round++) hash = crypto.digest(digest, hash)
    key.set(hash.subarray(0, size - at), at)
    at += hash.length
    if (at < size) addToBlocks(input, hash, block)
  }
  return key
}

function repeated(bytes: Uint8Array, block: number): Uint8Array {
  if (bytes.length === 0) return bytes
  return Uint8Array.from(
    { length: Math.ceil(bytes.length / block) * block },
    (_, index) => bytes[index % bytes.length] ?? 0,
  )
}

/** Each block of the input becomes itself plus the hash, repeated, plus one. */
function addToBlocks(input: Uint8Array, hash: Uint8Array, block: number): void {
  for (let start = 0; start < input.length; start += block) {
    let carry = 1
    for (let index = block - 1; index >= 0; index--) {
      const sum = (input[start + index] ?? 0) + (hash[index % hash.length] ?? 0) + carry
      input[start + index] = sum & 0xff
      carry = sum >> 8
    }
  }
}
