// What a secure context is made of, as programs give it: checked where it is used, so that what is wrong is refused in
// Node's words. Source: Node's documentation, `tls.createSecureContext()`.

/** Of connect(), servers and sockets too, which make contexts of their options. */
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

/** Whatever else there is is passed over. */
export interface SecureContextOptions extends GivenContextOptions {
  [option: string]: unknown
}

/** A context as those below it see it: one object for its life, whose options may gain authorities. */
export interface ContextSource {
  readonly options: SecureContextOptions
}
