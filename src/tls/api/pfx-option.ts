// The `pfx` option: PKCS#12 files with their passwords, each read as a key, its certificate and the other certificates. Errors
// are Node's, with OpenSSL's messages. Source: Node's documentation, `tls.createSecureContext()`.

import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto'
import { asBuffer } from '../../core/bytes.ts'
import { codedError } from '../../core/errors.ts'
import { UnsupportedAlgorithm } from '../../crypto/certificate-crypto.ts'
import { nodePasswordCrypto } from '../../crypto/node/node-x509.ts'
import { DerError } from '../x509/der.ts'
import { readPfx, WrongPassword } from '../x509/pkcs12.ts'

export interface PfxIdentity {
  readonly key: KeyObject
  /** DER. */
  readonly certificate: Uint8Array
  /** All other certificates in the file: they may be sent after it, and are trusted, as in Node. */
  readonly authorities: readonly Uint8Array[]
}

interface PfxOptions {
  readonly [option: string]: unknown
  readonly pfx?: unknown
  readonly passphrase?: unknown
}

/** Files are decrypted once per options object: key derivation is slow on purpose. */
const opened = new WeakMap<object, readonly PfxIdentity[]>()

export function readPfxOptions(options: PfxOptions): readonly PfxIdentity[] {
  const { pfx, passphrase } = options
  if (pfx === undefined || pfx === null) return []
  let identities = opened.get(options)
  if (identities === undefined) {
    identities = (Array.isArray(pfx) ? pfx : [pfx]).map(one => {
      const { buf, passphrase: own } = one as { buf?: unknown; passphrase?: unknown }
      return openPfx(bytesOf(buf || one), bytesOf((Array.isArray(pfx) && own) || passphrase || ''))
    })
    opened.set(options, identities)
  }
  return identities
}

function bytesOf(given: unknown): Uint8Array {
  if (typeof given === 'string') return Buffer.from(given, 'utf8')
  const view = given as NodeJS.ArrayBufferView
  return new Uint8Array(view.buffer as ArrayBuffer, view.byteOffset, view.byteLength)
}

function openPfx(file: Uint8Array, password: Uint8Array): PfxIdentity {
  const { keys, certificates } = open(file, password)
  const [first] = keys
  if (first === undefined) throw failed('Unable to load private key from PFX data')
  const key = createPrivateKey({ key: asBuffer(first.der), format: 'der', type: 'pkcs8' })
  for (const { der } of keys) der.fill(0)
  const { localKeyId } = first
  const own =
    certificates.find(one => localKeyId && one.localKeyId && Buffer.compare(localKeyId, one.localKeyId) === 0) ??
    certificates.find(one => new X509Certificate(asBuffer(one.der)).checkPrivateKey(key))
  if (own === undefined) throw failed('Unable to load PFX certificate')
  return { key, certificate: own.der, authorities: certificates.filter(one => one !== own).map(one => one.der) }
}

function open(file: Uint8Array, password: Uint8Array): ReturnType<typeof readPfx> {
  try {
    return readPfx(file, password, nodePasswordCrypto)
  } catch (error) {
    if (error instanceof UnsupportedAlgorithm) {
      throw codedError(Error, 'ERR_CRYPTO_UNSUPPORTED_OPERATION', 'Unsupported PKCS12 PFX data', open)
    }
    if (error instanceof WrongPassword) throw new Error('mac verify failure', { cause: error })
    if (error instanceof DerError) throw new Error('not enough data', { cause: error })
    throw error
  }
}

const failed = (message: string) => codedError(Error, 'ERR_CRYPTO_OPERATION_FAILED', message, failed)
