// The options of a secure context as programs give them: they are checked where they are used, so that invalid ones are rejected
// with Node's errors. Source: Node's documentation, `tls.createSecureContext()`.

/** Also options of connect(), servers and sockets, which make contexts from their options. */
export interface GivenContextOptions {
  allowPartialTrustChain?: unknown
  ca?: unknown
  cert?: unknown
  certificateCompression?: unknown
  ciphers?: unknown
  clientCertEngine?: unknown
  crl?: unknown
  dhparam?: unknown
  ecdhCurve?: unknown
  honorCipherOrder?: unknown
  key?: unknown
  maxVersion?: unknown
  minVersion?: unknown
  passphrase?: unknown
  pfx?: unknown
  privateKeyEngine?: unknown
  privateKeyIdentifier?: unknown
  secureOptions?: unknown
  secureProtocol?: unknown
  sessionIdContext?: unknown
  /** Seconds. */
  sessionTimeout?: number | undefined
  sigalgs?: unknown
  ticketKeys?: unknown
}

/** Unknown options are ignored. */
export interface SecureContextOptions extends GivenContextOptions {
  [option: string]: unknown
}

/** A context as the layers below see it: one object for its lifetime, to whose options authorities may be added. */
export interface ContextSource {
  readonly options: SecureContextOptions
}
