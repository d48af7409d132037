// The transcript of all handshake messages so far: hashed as they come once the hash is known, and kept as long as they may be
// needed (binders cover a part of one, TLS 1.2's CertificateVerify may sign them under another hash). RFC 8446 section 4.4.1.

import { concat } from '../../core/bytes.ts'
import type { HashName } from '../../crypto/algorithms.ts'
import type { CryptoProvider, RunningHash } from '../../crypto/provider.ts'
import { MESSAGE_HASH, writeMessage } from '../wire/handshake-messages.ts'

export class Transcript {
  readonly #crypto: CryptoProvider
  #kept: Uint8Array[] | undefined = []
  #hash: RunningHash | undefined

  constructor(crypto: CryptoProvider) {
    this.#crypto = crypto
  }

  /** The caller must not change the message's bytes afterwards. */
  add(message: Uint8Array): void {
    this.#kept?.push(message)
    this.#hash?.update(message)
  }

  /** Begins hashing, once the cipher suite is known. */
  start(name: HashName): void {
    this.#hash = this.#crypto.runningHash(name)
    this.#hash.update(this.messages)
  }

  /** On a HelloRetryRequest: replaces the first ClientHello by its hash. */
  replaceByHash(name: HashName): void {
    const digest = this.#crypto.hash(name, this.messages)
    this.#kept = [writeMessage(MESSAGE_HASH, digest)]
    this.start(name)
  }

  /** The hash of all so far. */
  digest(): Uint8Array {
    if (this.#hash === undefined) throw new Error('a transcript without a hash')
    return this.#hash.digest()
  }

  /** The hash of all so far and one more that is not added: a ClientHello up to its binders. */
  digestWith(name: HashName, message: Uint8Array): Uint8Array {
    return this.#crypto.hash(name, concat(this.messages, message))
  }

  get messages(): Uint8Array {
    if (this.#kept === undefined) throw new Error('a transcript that was let go of')
    return this.#kept.length === 1 ? (this.#kept[0] as Uint8Array) : concat(...this.#kept)
  }

  /** Releases the messages: from here on the hash is sufficient. */
  forgetMessages(): void {
    this.#kept = undefined
  }
}
