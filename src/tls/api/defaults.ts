// The defaults that programs may change on the module: read anew for each context and connection. Command-line options are
// taken over from the runtime's module. Source: Node's documentation, `tls.DEFAULT_CIPHERS` and kin.

import * as runtime from 'node:tls'
import type { checkServerIdentity } from '../policy/identity.ts'

export interface TlsDefaults {
  /** A function of the module that programs replace; `createSecureContext` is another (secure-context.ts). */
  checkServerIdentity?: typeof checkServerIdentity
  /** How often a client may renegotiate within the window. */
  CLIENT_RENEG_LIMIT: number
  /** The window in seconds. */
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

/** Which of the members that newer Nodes removed the runtime has. */
export const runtimeHas = {
  createSecurePair: 'createSecurePair' in runtime,
  setOptions: 'setOptions' in runtime.Server.prototype,
}
