// The options of a server's policy, and the program's callbacks.

import type { EventEmitter } from 'node:events'
import type { SecureContext } from '../api/secure-context.ts'

export type SniDone = (error: Error | null, context?: SecureContext | undefined) => void
export type SniCallback = (servername: string, done: SniDone) => void
export type AlpnCallback = (offer: { servername: string; protocols: string[] }) => string | undefined
/** Null or undefined: the identity is unknown. */
export type PskServerAnswer = NodeJS.ArrayBufferView | { psk: NodeJS.ArrayBufferView } | null | undefined

export interface ServerPolicyOptions {
  readonly context: SecureContext
  /** The emitter of 'resumeSession', 'newSession' and 'OCSPRequest'; it holds the contexts by name. */
  readonly server: (EventEmitter & { readonly _contexts?: readonly (readonly [RegExp, SecureContext])[] }) | undefined
  readonly requestCert: boolean
  readonly rejectUnauthorized: boolean
  /** In wire form. */
  readonly ALPNProtocols: Uint8Array | undefined
  readonly ALPNCallback: AlpnCallback | undefined
  readonly SNICallback: SniCallback | undefined
  /** Called with the socket, as Node declares it. */
  readonly pskCallback: ((socket: never, identity: string) => PskServerAnswer) | undefined
  readonly pskIdentityHint: string | undefined
}
