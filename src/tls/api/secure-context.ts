// tls.SecureContext: keys, certificates, trust and limits of connections, checked when it is made. Options that are not certainly
// valid (option-checks.ts) are checked by the runtime, by making its own context; this one adds our defaults, ticket keys that may
// change while it is in use, and the members that Node shows.
// Source: Node's documentation, `tls.createSecureContext()`.

import { createPrivateKey, X509Certificate } from 'node:crypto'
import * as runtime from 'node:tls'
import { callableClass } from '../../core/callable-class.ts'
import { codedError } from '../../core/errors.ts'
import { validateInteger } from '../../core/validate.ts'
import { currentHost } from '../../host/current.ts'
import { validateCompression } from '../connection/compressors.ts'
import { chosenDefaultCertificates, getCACertificates } from '../policy/trust-store.ts'
import type { GivenContextOptions, SecureContextOptions } from './context-options.ts'
import { defaults } from './defaults.ts'
import { tlsEngine } from './engine-choice.ts'
import { areBeyondDoubt } from './option-checks.ts'

/** Members of the runtime's context that its types do not declare. */
interface NativeContext {
  getCertificate?(): Buffer | null
  getIssuer?(): Buffer | null
}

/** Node's native context, which programs find in `context.context`. */
export class ContextHandle {
  readonly #owner: SecureContext
  /** Private, since keys and passphrases in a property would be printed with any object that holds the context. */
  #options: SecureContextOptions
  #ticketKeys: Buffer
  #runtime: runtime.SecureContext | undefined

  constructor(owner: SecureContext, options: SecureContextOptions) {
    this.#owner = owner
    // An invalid value is rejected with the other options, below.
    const { ticketKeys } = options
    const isGiven = ticketKeys !== undefined && ticketKeys !== null
    this.#options = isGiven ? options : { ...options, ticketKeys: Buffer.from(currentHost().random(48)) }
    const isLater = tlsEngine() === 'plainwire' && areBeyondDoubt(this)
    if (!isLater) this.#runtime = createRuntimeContext(this.options)
    this.#ticketKeys = copyOf(this.options.ticketKeys as NodeJS.ArrayBufferView)
  }

  get owner(): SecureContext {
    return this.#owner
  }

  /** The program's options, with defaults filled in. */
  get options(): SecureContextOptions {
    return this.#options
  }

  /** The runtime's context; one for all connections, so that its tickets stay valid. */
  get runtime(): runtime.SecureContext {
    this.#runtime ??= createRuntimeContext({ ...this.options, ticketKeys: this.#ticketKeys })
    return this.#runtime
  }

  /** The key bytes themselves, not a copy; they are never changed, and all connections share them. */
  get ticketKeys(): Uint8Array {
    return this.#ticketKeys
  }

  getTicketKeys(): Buffer<ArrayBuffer> {
    return Buffer.from(this.#ticketKeys)
  }

  /** Takes effect for new connections. */
  setTicketKeys(keys: NodeJS.ArrayBufferView): void {
    this.#ticketKeys = copyOf(keys)
    this.#runtime = undefined
  }

  /** Adds an authority to the named ones, or to the default ones. Tools that read the system's store use this. */
  addCACert(certificate: string | NodeJS.ArrayBufferView): void {
    const { ca } = this.options
    const trusted: unknown[] = ca ? [ca].flat() : getCACertificates()
    this.#options = { ...this.options, ca: [...trusted, certificate] }
    this.#runtime = undefined
  }

  /** DER of our own certificate; null where there is none. */
  getCertificate(): Buffer | null {
    const [own] = certificatesIn(this.options['cert'])
    // A certificate in a PKCS#12 file has been read by the runtime only.
    return own ? Buffer.from(own.raw) : (this.#native.getCertificate?.() ?? null)
  }

  /** DER of its issuer, if that is among the given certificates. */
  getIssuer(): Buffer | null {
    const [own, ...chain] = certificatesIn(this.options['cert'])
    const issuer = own && [...chain, ...certificatesIn(this.options['ca'])].find(one => own.checkIssued(one))
    return issuer ? Buffer.from(issuer.raw) : (this.#native.getIssuer?.() ?? null)
  }

  get #native(): NativeContext {
    return (this.runtime as { context?: NativeContext }).context ?? {}
  }
}

function createRuntimeContext(options: SecureContextOptions): runtime.SecureContext {
  try {
    return runtime.createSecureContext(options as runtime.SecureContextOptions)
  } catch (error) {
    forgetOpenSslErrors()
    throw error
  }
}

/** A rejected context leaves errors in OpenSSL's queue, which would make reading the next key fail (Node 20). */
function forgetOpenSslErrors(): void {
  try {
    createPrivateKey('')
  } catch {}
}

class TlsSecureContext {
  declare context: ContextHandle

  constructor(secureProtocol?: unknown, secureOptions?: unknown, minVersion?: unknown, maxVersion?: unknown) {
    initialize(this, { secureProtocol, secureOptions, minVersion, maxVersion })
  }
}

function initialize(context: TlsSecureContext, options: SecureContextOptions): void {
  const { secureProtocol, minVersion, maxVersion, secureOptions } = options
  if (secureProtocol) {
    if (minVersion !== undefined && minVersion !== null) throw versionConflict(minVersion, secureProtocol)
    if (maxVersion !== undefined && maxVersion !== null) throw versionConflict(maxVersion, secureProtocol)
  }
  if (secureOptions) validateInteger(secureOptions, 'secureOptions')
  validateCompression(options['certificateCompression'])
  Object.defineProperty(context, 'context', {
    value: new ContextHandle(context, withDefaults(options)),
    writable: true,
    enumerable: true,
    configurable: true,
  })
}

/** Fills in the defaults, which a program may have changed on the module. */
function withDefaults(options: SecureContextOptions): SecureContextOptions {
  const complete = { ...options }
  if (!options['secureProtocol']) {
    complete['minVersion'] ??= defaults.DEFAULT_MIN_VERSION
    complete['maxVersion'] ??= defaults.DEFAULT_MAX_VERSION
  }
  complete['ciphers'] ??= defaults.DEFAULT_CIPHERS
  complete['ecdhCurve'] ??= defaults.DEFAULT_ECDH_CURVE
  complete['ca'] ??= chosenDefaultCertificates()
  // An absent option gets the runtime's own default; one that is `undefined` would not.
  for (const [name, value] of Object.entries(complete)) if (value === undefined) delete complete[name]
  return complete
}

const versionConflict = (version: unknown, protocol: unknown) =>
  codedError(
    TypeError,
    'ERR_TLS_PROTOCOL_VERSION_CONFLICT',
    `TLS protocol version ${JSON.stringify(version)} conflicts with secureProtocol ${JSON.stringify(protocol)}`,
    versionConflict,
  )

function copyOf(view: NodeJS.ArrayBufferView): Buffer {
  return Buffer.from(Buffer.from(view.buffer as ArrayBuffer, view.byteOffset, view.byteLength))
}

const pemBlock = /-----BEGIN (?:X509 |TRUSTED )?CERTIFICATE-----[^-]+-----END (?:X509 |TRUSTED )?CERTIFICATE-----/g

function certificatesIn(given: unknown): X509Certificate[] {
  if (given === undefined || given === null) return []
  if (Array.isArray(given)) return given.flatMap(certificatesIn)
  const text = typeof given === 'string' ? given : copyOf(given as NodeJS.ArrayBufferView).toString('latin1')
  return (text.match(pemBlock) ?? []).map(block => new X509Certificate(block))
}

Object.defineProperty(TlsSecureContext, 'name', { value: 'SecureContext' })

export type SecureContext = TlsSecureContext

export interface SecureContextConstructor {
  new (secureProtocol?: unknown, secureOptions?: unknown, minVersion?: unknown, maxVersion?: unknown): SecureContext
  (secureProtocol?: unknown, secureOptions?: unknown, minVersion?: unknown, maxVersion?: unknown): SecureContext
  readonly prototype: SecureContext
}

/** Callable without `new`, as Node's is. */
export const SecureContext = callableClass(
  TlsSecureContext,
  (context, secureProtocol, secureOptions, minVersion, maxVersion) =>
    initialize(context, { secureProtocol, secureOptions, minVersion, maxVersion }),
) as unknown as SecureContextConstructor

export function createSecureContext(options?: object | null): SecureContext {
  const context = Object.create(SecureContext.prototype) as SecureContext
  initialize(context, (options ?? {}) as SecureContextOptions)
  return context
}

/** `require('tls')` itself, which is the object of our defaults. */
interface Replaceable {
  readonly createSecureContext?: typeof createSecureContext
}

/** Calls the module's current `createSecureContext`: tools that add authorities replace it. */
export function makeContext(options?: GivenContextOptions | null): SecureContext {
  const { createSecureContext: make = createSecureContext } = defaults as Replaceable
  return make(options)
}

/** The context of a value that SNICallback and others may give: a context, or its native handle. */
export function contextFrom(value: unknown): SecureContext | undefined {
  if (value instanceof SecureContext) return value
  return value instanceof ContextHandle ? value.owner : undefined
}
