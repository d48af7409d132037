// A crypto provider for tests that make thousands of handshakes: hashes, MACs and ciphers are the runtime's, key agreement
// and signatures are hashes of what is public. It proves nothing of secrecy; what it keeps is that each byte counts: another
// share, certificate, signature or signed content does not fit. And it gives the same octets each time.

import { createHash } from 'node:crypto'
import type { NamedGroup } from '../../../src/crypto/named-groups.ts'
import { nodeCrypto } from '../../../src/crypto/node/node-crypto.ts'
import type { CryptoProvider, KeyShare, PrivateKey } from '../../../src/crypto/provider.ts'
import type { SignatureScheme } from '../../../src/crypto/signature-schemes.ts'
import type { Credential } from '../../../src/tls/engine/types.ts'
import { asciiBytes } from '../../../src/tls/wire/bytes.ts'

/** Bytes that look random and are the same for the same name. */
export function bytesFrom(name: string, size: number): Uint8Array {
  const blocks: Buffer[] = []
  for (let i = 0; i * 32 < size; i++) blocks.push(createHash('sha256').update(`${name} ${i}`).digest())
  return new Uint8Array(Buffer.concat(blocks).subarray(0, size))
}

/** A `random` for a configuration. */
export function randomFrom(name: string): (size: number) => Uint8Array {
  let count = 0
  return size => bytesFrom(`${name} ${count++}`, size)
}

interface ToyKey extends PrivateKey {
  readonly certificate: string
}

/** A certificate is any bytes that begin as DER does; its key is named after all of them. */
export function toyCredential(name: string, size = 24): Credential {
  const certificate = new Uint8Array([0x30, ...bytesFrom(name, size - 1)])
  return { certificates: [certificate], key: keyOf(certificate) }
}

function keyOf(certificate: Uint8Array): ToyKey {
  return { type: 'ec', curve: 'prime256v1', bits: 256, certificate: Buffer.from(certificate).toString('hex') }
}

function signature(scheme: SignatureScheme, key: object, data: Uint8Array): Uint8Array {
  return nodeCrypto.hmac('sha256', asciiBytes(`${scheme.name} ${(key as ToyKey).certificate}`), data)
}

class ToyShare implements KeyShare {
  readonly group: NamedGroup
  readonly publicKey: Uint8Array

  constructor(group: NamedGroup, name: string) {
    this.group = group
    this.publicKey = bytesFrom(name, group.clientShareSize)
  }

  agree(peerShare: Uint8Array): Uint8Array | undefined {
    if (peerShare.length !== this.group.serverShareSize) return undefined
    return sharedOf(this.publicKey, peerShare)
  }
}

function sharedOf(one: Uint8Array, other: Uint8Array): Uint8Array {
  const both = [one, other].map(share => Buffer.from(share)).sort(Buffer.compare)
  return nodeCrypto.hash('sha256', Buffer.concat(both))
}

/** @param name - seeds the shares: one provider for each endpoint */
export function toyCrypto(name: string): CryptoProvider {
  let shares = 0
  const own: Partial<CryptoProvider> = {
    generateKeyShare: group => new ToyShare(group, `${name} share ${shares++}`),
    answerKeyShare(group, peerShare) {
      if (peerShare.length !== group.clientShareSize) return undefined
      const share = bytesFrom(`${name} share ${shares++}`, group.serverShareSize)
      return { share, secret: sharedOf(share, peerShare) }
    },
    sign: signature,
    verify: (scheme, key, data, signed) => nodeCrypto.equal(signature(scheme, key, data), signed),
    certificateKey: certificate => (certificate[0] === 0x30 ? keyOf(certificate) : undefined),
  }
  return Object.assign(Object.create(nodeCrypto) as CryptoProvider, own)
}
