// tls.SecureContext: keys, certificates, trust and limits of connections, checked when it is made. What is not right beyond doubt
// (option-checks.ts) the runtime checks, by making its own; this one adds our defaults, ticket keys that may change while it is
// in use, and what Node shows of it.
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

/** What the runtime's context may tell beyond its types. */
interface NativeContext {
  getCertificate?(): Buffer | null
  getIssuer?(): Buffer | null
}

/** What Node calls the native context: programs meet it in `context.context`. */
export class ContextHandle {
  readonly #owner: SecureContext
  /** Keys and passphrases among them: no property, which would be printed with whatever holds the context. */
  #options: SecureContextOptions
  #ticketKeys: Buffer
  #runtime: runtime.SecureContext | undefined

  constructor(owner: SecureContext, options: SecureContextOptions) {
    this.#owner = owner
    // One that was given wrongly is refused with the rest, below.
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

  /** As they were given, with defaults filled in. */
  get options(): SecureContextOptions {
    return this.#options
  }

  /** The runtime's context; one for all connections, so that its tickets stay good. */
  get runtime(): runtime.SecureContext {
    this.#runtime ??= createRuntimeContext({ ...this.options, ticketKeys: this.#ticketKeys })
    return this.#runtime
  }

  /** The very bytes, which stay as they are: one memory for all connections. */
  get ticketKeys(): Uint8Array {
    return this.#ticketKeys
  }

  getTicketKeys(): Buffer<ArrayBuffer> {
    return Buffer.from(this.#ticketKeys)
  }

  /** For connections from now on. */
  setTicketKeys(keys: NodeJS.ArrayBufferView): void {
    this.#ticketKeys = copyOf(keys)
    this.#runtime = undefined
  }

  /** One more authority, besides those that were named, or the default ones. Tools that know the system's use this. */
  addCACert(certificate: string | NodeJS.ArrayBufferView): void {
    const { ca } = this.options
    const trusted: unknown[] = ca ? [ca].flat() : getCACertificates()
    this.#options = { ...this.options, ca: [...trusted, certificate] }
    this.#runtime = undefined
  }

  /** DER of our own certificate; null where there is none. */
  getCertificate(): Buffer | null {
    const [own] = certificatesIn(this.options['cert'])
    // What stands in PKCS#12 only the runtime has read.
    return own ? Buffer.from(own.raw) : (this.#native.getCertificate?.() ?? null)
  }

  /** DER of who issued it, if that is among what we were given. */
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

/** A context that is refused leaves OpenSSL's errors behind, and the next key that is read would fail of them (Node 20). */
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

/** Those that a program may have changed on the module. */
function withDefaults(options: SecureContextOptions): SecureContextOptions {
  const complete = { ...options }
  if (!options['secureProtocol']) {
    complete['minVersion'] ??= defaults.DEFAULT_MIN_VERSION
    complete['maxVersion'] ??= defaults.DEFAULT_MAX_VERSION
  }
  complete['ciphers'] ??= defaults.DEFAULT_CIPHERS
  complete['ecdhCurve'] ??= defaults.DEFAULT_ECDH_CURVE
  complete['ca'] ??= chosenDefaultCertificates()
  // Nothing was said: the runtime's own default, which an `undefined` would not get.
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

/** As the module has it now: tools that add authorities put their own function there. */
export function makeContext(options?: GivenContextOptions | null): SecureContext {
  const { createSecureContext: make = createSecureContext } = defaults as Replaceable
  return make(options)
}

/** What SNICallback and others may give: a context, or what lies beneath one. */
export function contextFrom(value: unknown): SecureContext | undefined {
  if (value instanceof SecureContext) return value
  return value instanceof ContextHandle ? value.owner : undefined
}
