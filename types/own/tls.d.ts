// `node:tls`.

import type { Buffer, BytesView, GivenBuffer } from './buffer.js'
import {
  Server as NetServer,
  type ServerEventMap as NetServerEventMap,
  type ServerOpts,
  Socket,
  type SocketConstructorOpts,
  type SocketEventMap,
  type TcpSocketConnectOpts,
} from './net.js'
import type { X509Certificate } from './runtime.js'
import type { Duplex } from './stream.js'

export type SecureVersion = 'TLSv1.3' | 'TLSv1.2' | 'TLSv1.1' | 'TLSv1'
export type CertificateCompressionAlgorithm = 'zlib' | 'brotli' | 'zstd'

type Pem = string | GivenBuffer
type Bytes = BytesView

/** A name, as a certificate has it. */
export interface Certificate {
  [attribute: string]: string | string[] | undefined
  C?: string | string[]
  ST?: string | string[]
  L?: string | string[]
  O?: string | string[]
  OU?: string | string[]
  CN?: string | string[]
}

export interface PeerCertificate {
  subject: Certificate
  issuer: Certificate
  subjectaltname?: string
  infoAccess?: { [method: string]: string[] | undefined }
  ca: boolean
  raw: Buffer
  valid_from: string
  valid_to: string
  serialNumber: string
  fingerprint: string
  fingerprint256: string
  fingerprint512: string
  ext_key_usage?: string[]
  /** Of RSA keys, as are `modulus` and `exponent`. */
  bits?: number
  modulus?: string
  exponent?: string
  pubkey?: Buffer
  /** Of elliptic-curve keys. */
  asn1Curve?: string
  nistCurve?: string
}

export interface DetailedPeerCertificate extends PeerCertificate {
  /** Itself, where it is signed by its own key. */
  issuerCertificate: DetailedPeerCertificate
}

export interface CipherNameAndProtocol {
  name: string
  version: string
  standardName: string
}

export interface EphemeralKeyInfo {
  type: string
  name?: string | undefined
  size: number
}

export interface KeyObject {
  pem: Pem
  passphrase?: string | undefined
}

export interface PxfObject {
  buf: Pem
  passphrase?: string | undefined
}

export interface PSKCallbackNegotation {
  psk: Bytes
  identity: string
}

export interface SecureContextOptions {
  ALPNCallback?: AlpnChoice | undefined
  allowPartialTrustChain?: boolean | undefined
  /** Certificates that chains may end at, in place of the default ones. */
  ca?: Pem | Pem[] | undefined
  cert?: Pem | Pem[] | undefined
  /** How certificates may be compressed (RFC 8879), the preferred way first. */
  certificateCompression?: readonly CertificateCompressionAlgorithm[] | undefined
  ciphers?: string | undefined
  clientCertEngine?: string | undefined
  crl?: Pem | Pem[] | undefined
  dhparam?: Pem | undefined
  ecdhCurve?: string | undefined
  honorCipherOrder?: boolean | undefined
  key?: Pem | (Pem | KeyObject)[] | undefined
  maxVersion?: SecureVersion | undefined
  minVersion?: SecureVersion | undefined
  passphrase?: string | undefined
  pfx?: Pem | (Pem | PxfObject)[] | undefined
  privateKeyEngine?: string | undefined
  privateKeyIdentifier?: string | undefined
  secureOptions?: number | undefined
  /** @deprecated `minVersion` and `maxVersion` */
  secureProtocol?: string | undefined
  sessionIdContext?: string | undefined
  /** Seconds. */
  sessionTimeout?: number | undefined
  sigalgs?: string | undefined
  /** 48 bytes, which servers that share tickets share. */
  ticketKeys?: GivenBuffer | undefined
}

/** What `createSecureContext()` makes. */
export interface SecureContext {
  context: any
}

type SniDone = (error: Error | null, context?: SecureContext) => void
type AlpnChoice = (offer: { servername: string; protocols: string[] }) => string | undefined
type AlpnProtocols = readonly string[] | BytesView

export interface CommonConnectionOptions {
  secureContext?: SecureContext | undefined
  enableTrace?: boolean | undefined
  requestCert?: boolean | undefined
  ALPNProtocols?: AlpnProtocols | undefined
  SNICallback?: ((servername: string, callback: SniDone) => void) | undefined
  /** Default true. */
  rejectUnauthorized?: boolean | undefined
  requestOCSP?: boolean | undefined
}

export interface TLSSocketOptions extends SecureContextOptions, CommonConnectionOptions {
  isServer?: boolean | undefined
  server?: NetServer<any> | undefined
  session?: GivenBuffer | undefined
}

export interface ConnectionOptions extends SecureContextOptions, CommonConnectionOptions {
  host?: string | undefined
  port?: number | undefined
  /** Of a UNIX socket. */
  path?: string | undefined
  /** A connection that there is already. */
  socket?: Duplex | undefined
  allowHalfOpen?: boolean | undefined
  checkServerIdentity?: typeof checkServerIdentity | undefined
  servername?: string | undefined
  session?: GivenBuffer | undefined
  /** Bits. */
  minDHSize?: number | undefined
  lookup?: TcpSocketConnectOpts['lookup']
  /** Milliseconds. */
  timeout?: number | undefined
  pskCallback?: ((hint: string | null) => PSKCallbackNegotation | null) | undefined
  localAddress?: string | undefined
  localPort?: number | undefined
  family?: number | undefined
  hints?: number | undefined
  autoSelectFamily?: boolean | undefined
  autoSelectFamilyAttemptTimeout?: number | undefined
  onread?: SocketConstructorOpts['onread']
  highWaterMark?: number | undefined
}

export interface TlsOptions extends SecureContextOptions, CommonConnectionOptions, ServerOpts {
  /** Milliseconds. */
  handshakeTimeout?: number | undefined
  pskCallback?: ((socket: TLSSocket, identity: string) => Bytes | null) | undefined
  pskIdentityHint?: string | undefined
}

export interface TLSSocketEventMap extends SocketEventMap {
  OCSPResponse: [response: Buffer]
  keylog: [line: Buffer]
  secure: []
  secureConnect: []
  session: [session: Buffer]
}

export class TLSSocket extends Socket<TLSSocketEventMap> {
  constructor(socket: Duplex, options?: TLSSocketOptions)

  readonly alpnProtocol: string | false | null
  authorizationError: Error
  authorized: boolean
  encrypted: true
  servername: string | false | null
  disableRenegotiation(): void
  enableTrace(): void
  exportKeyingMaterial(length: number, label: string, context: GivenBuffer): Buffer
  getCertificate(): PeerCertificate | object | null
  getCipher(): CipherNameAndProtocol
  getEphemeralKeyInfo(): EphemeralKeyInfo | object | null
  getFinished(): Buffer | undefined
  getPeerCertificate(detailed: true): DetailedPeerCertificate
  getPeerCertificate(detailed?: false): PeerCertificate
  getPeerCertificate(detailed?: boolean): PeerCertificate | DetailedPeerCertificate
  getPeerFinished(): Buffer | undefined
  getPeerX509Certificate(): X509Certificate | undefined
  getProtocol(): string | null
  getSession(): Buffer | undefined
  getSharedSigalgs(): string[]
  getTLSTicket(): Buffer | undefined
  getX509Certificate(): X509Certificate | undefined
  isSessionReused(): boolean
  renegotiate(
    options: { rejectUnauthorized?: boolean | undefined; requestCert?: boolean | undefined },
    callback: (error: Error | null) => void,
  ): undefined | boolean
  setKeyCert(context: SecureContextOptions | SecureContext): void
  setMaxSendFragment(size: number): boolean
}

export interface ServerEventMap extends Omit<NetServerEventMap, 'connection'> {
  connection: [socket: Socket]
  OCSPRequest: [
    certificate: Buffer,
    issuer: Buffer,
    callback: (error: Error | null, response: GivenBuffer | null) => void,
  ]
  keylog: [line: Buffer, socket: TLSSocket]
  newSession: [sessionId: Buffer, sessionData: Buffer, callback: () => void]
  resumeSession: [sessionId: Buffer, callback: (error: Error | null, sessionData?: GivenBuffer | null) => void]
  secureConnection: [socket: TLSSocket]
  tlsClientError: [error: Error, socket: TLSSocket]
}

export class Server<Events = ServerEventMap> extends NetServer<Events> {
  constructor(secureConnectionListener?: (socket: TLSSocket) => void)
  constructor(options: TlsOptions, secureConnectionListener?: (socket: TLSSocket) => void)

  addContext(hostname: string, context: SecureContextOptions | SecureContext): void
  getTicketKeys(): Buffer
  setSecureContext(options: SecureContextOptions): void
  setTicketKeys(keys: GivenBuffer): void
}

export function createServer(secureConnectionListener?: (socket: TLSSocket) => void): Server
export function createServer(options: TlsOptions, secureConnectionListener?: (socket: TLSSocket) => void): Server
export function connect(options: ConnectionOptions, secureConnectListener?: () => void): TLSSocket
export function connect(
  port: number,
  host?: string,
  options?: ConnectionOptions,
  secureConnectListener?: () => void,
): TLSSocket
export function connect(port: number, options?: ConnectionOptions, secureConnectListener?: () => void): TLSSocket
export function createSecureContext(options?: SecureContextOptions): SecureContext
export function checkServerIdentity(hostname: string, certificate: PeerCertificate): Error | undefined
export function getCACertificates(type?: 'default' | 'system' | 'bundled' | 'extra'): string[]
export function getCertificateCompressionAlgorithms(): CertificateCompressionAlgorithm[]
export function getCiphers(): string[]
export function setDefaultCACertificates(certificates: readonly (string | BytesView)[]): void

export const CLIENT_RENEG_LIMIT: number
export const CLIENT_RENEG_WINDOW: number
export let DEFAULT_CIPHERS: string
export let DEFAULT_ECDH_CURVE: string
export let DEFAULT_MAX_VERSION: SecureVersion
export let DEFAULT_MIN_VERSION: SecureVersion
export const rootCertificates: readonly string[]
