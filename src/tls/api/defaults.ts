// What programs may change on the module: read anew for each context and connection. The command line's words come in by way
// of the runtime. Source: Node's documentation, `tls.DEFAULT_CIPHERS` and kin.

import * as runtime from 'node:tls'
import type { checkServerIdentity } from '../policy/identity.ts'

export interface TlsDefaults {
  /** A function of the module that programs replace; `createSecureContext` is another (secure-context.ts). */
  checkServerIdentity?: typeof checkServerIdentity
  /** How often a client may renegotiate, */
  CLIENT_RENEG_LIMIT: number
  /** and in how many seconds. */
  CLIENT_RENEG_WINDOW: number
  DEFAULT_CIPHERS: string
  DEFAULT_ECDH_CURVE: string
  DEFAULT_MIN_VERSION: runtime.SecureVersion
  DEFAULT_MAX_VERSION: runtime.SecureVersion
}

export const defaults: TlsDefaults = {
  CLIENT_RENEG_LIMIT: 3,
  CLIENT_RENEG_WINDOW: 600,
  DEFAULT_CIPHERS: runtime.DEFAULT_CIPHERS,
  DEFAULT_ECDH_CURVE: runtime.DEFAULT_ECDH_CURVE,
  DEFAULT_MIN_VERSION: runtime.DEFAULT_MIN_VERSION,
  DEFAULT_MAX_VERSION: runtime.DEFAULT_MAX_VERSION,
}

/** Of what newer Nodes lack. */
export const runtimeHas = {
  createSecurePair: 'createSecurePair' in runtime,
  setOptions: 'setOptions' in runtime.Server.prototype,
}
