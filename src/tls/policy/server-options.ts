// What a server's policy goes by, and the functions of programs that it calls.

import type { EventEmitter } from 'node:events'
import type { SecureContext } from '../api/secure-context.ts'

export type SniDone = (error: Error | null, context?: SecureContext | undefined) => void
export type SniCallback = (servername: string, done: SniDone) => void
export type AlpnCallback = (offer: { servername: string; protocols: string[] }) => string | undefined
/** Null or undefined: the client is not known. */
export type PskServerAnswer = NodeJS.ArrayBufferView | { psk: NodeJS.ArrayBufferView } | null | undefined

export interface ServerPolicyOptions {
  readonly context: SecureContext
  /** Who hears 'resumeSession', 'newSession', 'OCSPRequest'; and has contexts by name. */
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
