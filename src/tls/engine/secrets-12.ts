// TLS 1.2's secrets: the PRF, the master secret with and without RFC 7627, the keys of both directions, Finished values and
// exporters. RFC 5246 sections 5, 6.3, 7.4.9 and 8.1; RFC 5705.

import { concat } from '../../core/bytes.ts'
import type { CryptoProvider } from '../../crypto/provider.ts'
import { asciiBytes, ByteWriter, copyOf } from '../wire/bytes.ts'
import type { CipherSuite } from '../wire/cipher-suites.ts'
import { hashSize, keySize } from './key-schedule.ts'
import { type CbcKeys, OpenerCbc, SealerCbc } from './record/cbc-protection.ts'
import type { HandshakeChannel } from './record/channel.ts'
import { Opener12, type RecordOpener, type RecordSealer, Sealer12 } from './record/record-protection.ts'

export function prf(
  crypto: CryptoProvider,
  hash: CipherSuite['hash'],
  secret: Uint8Array,
  label: string,
  seed: Uint8Array,
  size: number,
): Uint8Array {
  const labelled = concat(asciiBytes(label), seed)
  const output = new Uint8Array(size)
  let a = labelled
  for (let at = 0; at < size; ) {
    a = crypto.hmac(hash, secret, a)
    const block = crypto.hmac(hash, secret, concat(a, labelled))
    output.set(block.subarray(0, size - at), at)
    at += block.length
  }
  return output
}

export const MASTER_SECRET_SIZE = 48
const VERIFY_DATA_SIZE = 12

/** One handshake's randoms, and the master secret once it is known. */
export class Secrets12 {
  readonly #channel: HandshakeChannel
  readonly #crypto: CryptoProvider
  readonly suite: CipherSuite
  readonly clientRandom: Uint8Array
  readonly serverRandom: Uint8Array
  /** Negotiated by the extension, for CBC suites. */
  isEncryptThenMac = false
  #master: Uint8Array = new Uint8Array(0)
  #keys: DirectionKeys | undefined

  constructor(channel: HandshakeChannel, suite: CipherSuite, clientRandom: Uint8Array, serverRandom: Uint8Array) {
    this.#channel = channel
    this.#crypto = channel.crypto
    this.suite = suite
    this.clientRandom = copyOf(clientRandom)
    this.serverRandom = copyOf(serverRandom)
    channel.guard(this)
  }

  get master(): Uint8Array {
    return this.#master
  }

  /** Derives the master secret, from the transcript up to the ClientKeyExchange. The premaster secret is overwritten. */
  setPremaster(premaster: Uint8Array): void {
    const isExtended = this.#channel.info.hasExtendedMasterSecret
    const label = isExtended ? 'extended master secret' : 'master secret'
    const seed = isExtended ? this.#channel.transcript.digest() : concat(this.clientRandom, this.serverRandom)
    this.setMaster(prf(this.#crypto, this.suite.hash, premaster, label, seed, MASTER_SECRET_SIZE))
    premaster.fill(0)
  }

  setMaster(master: Uint8Array): void {
    this.#master = master
    this.#channel.keyLog('CLIENT_RANDOM', this.clientRandom, master)
  }

  verifyData(side: 'client' | 'server'): Uint8Array {
    const transcript = this.#channel.transcript.digest()
    return prf(this.#crypto, this.suite.hash, this.#master, `${side} finished`, transcript, VERIFY_DATA_SIZE)
  }

  sealer(side: 'client' | 'server'): RecordSealer {
    const { cipher } = this.suite
    const { key, iv, macKey } = this.#direction(side)
    if (this.suite.mac) {
      const { config } = this.#channel
      return new SealerCbc(this.#crypto, this.#cbcKeys(key, macKey), size => config.random(size))
    }
    return new Sealer12(this.#crypto.aead(cipher, key), iv, cipher !== 'chacha20-poly1305')
  }

  opener(side: 'client' | 'server'): RecordOpener {
    const { cipher } = this.suite
    const { key, iv, macKey } = this.#direction(side)
    if (this.suite.mac) return new OpenerCbc(this.#crypto, this.#cbcKeys(key, macKey))
    return new Opener12(this.#crypto.aead(cipher, key), iv, cipher !== 'chacha20-poly1305')
  }

  exportKeyingMaterial(length: number, label: string, context: Uint8Array | undefined): Uint8Array {
    const seed = new ByteWriter(128).bytes(this.clientRandom).bytes(this.serverRandom)
    if (context) seed.vector(2, context)
    return prf(this.#crypto, this.suite.hash, this.#master, label, seed.take(), length)
  }

  destroy(): void {
    this.#master.fill(0)
    for (const part of Object.values(this.#keys ?? {}).flat()) part.fill(0)
  }

  #cbcKeys(key: Uint8Array, macKey: Uint8Array): CbcKeys {
    const { cipher, mac = 'sha1' } = this.suite
    return { cipher: this.#crypto.blockCipher(cipher, key), mac, macKey, isEncryptThenMac: this.isEncryptThenMac }
  }

  #direction(side: 'client' | 'server'): { key: Uint8Array; iv: Uint8Array; macKey: Uint8Array } {
    this.#keys ??= this.#expandKeys()
    const { macs, keys, ivs } = this.#keys
    const index = side === 'client' ? 0 : 1
    return { key: keys[index], iv: ivs[index], macKey: macs[index] }
  }

  #expandKeys(): DirectionKeys {
    const { mac, cipher, hash } = this.suite
    const macSize = mac === undefined ? 0 : mac === 'sha1' ? 20 : hashSize(mac === 'sha256' ? 'sha256' : 'sha384')
    const size = keySize(cipher)
    // The other eight bytes of AES-GCM's nonce are the sequence number; CBC's IVs are in the records.
    const ivSize = mac ? 0 : cipher === 'chacha20-poly1305' ? 12 : 4
    const seed = concat(this.serverRandom, this.clientRandom)
    const block = prf(this.#crypto, hash, this.#master, 'key expansion', seed, 2 * (macSize + size + ivSize))
    let at = 0
    const take = (length: number, room = length) => {
      const part = new Uint8Array(room)
      part.set(block.subarray(at, (at += length)))
      return part
    }
    const macs: Two = [take(macSize), take(macSize)]
    const keys: Two = [take(size), take(size)]
    const ivs: Two = [take(ivSize, 12), take(ivSize, 12)]
    block.fill(0)
    return { macs, keys, ivs }
  }
}

type Two = readonly [client: Uint8Array, server: Uint8Array]

interface DirectionKeys {
  readonly macs: Two
  readonly keys: Two
  readonly ivs: Two
}

/**
 * The premaster secret of a PSK suite: RFC 4279 section 2, RFC 5489 section 2.
 * @param other - the ECDHE secret, which is overwritten; without it as many zeroes as the key has bytes
 */
export function pskPremaster(key: Uint8Array, other: Uint8Array = new Uint8Array(key.length)): Uint8Array {
  const premaster = ByteWriter.apart(key.length + other.length + 4)
    .vector(2, other)
    .vector(2, key)
    .take()
  other.fill(0)
  return premaster
}
