// Certificates for tests, made on the spot: an authority, servers and clients of it, and others that must not pass.

interface Made {
  readonly name: string
  readonly key: string
  readonly cert: string
}

interface MakeOptions {
  name: string
  altNames?: string[]
  isAuthority?: boolean
  issuer?: Made
  notBefore?: Date
  notAfter?: Date
  keyType?: 'ec' | 'rsa'
}

// A program of examples/ makes its own in the same way.
const { makeCertificate } = (await import(new URL('../../../examples/certificate.mjs', import.meta.url).href)) as {
  makeCertificate: (options: MakeOptions) => Made
}

export { type Made, makeCertificate }

const day = 86_400_000

export const authority = makeCertificate({ name: 'Test authority', isAuthority: true })
export const otherAuthority = makeCertificate({ name: 'Another authority', isAuthority: true })
export const localhost = makeCertificate({
  name: 'localhost',
  altNames: ['DNS:localhost', 'IP:127.0.0.1'],
  issuer: authority,
})
export const client = makeCertificate({ name: 'A client', issuer: authority })

/** Each is wrong in one way, for a client that trusts `authority` and wants `localhost`. */
export const wrongCertificates: Readonly<Record<string, Made & { readonly code: string }>> = {
  'another name': {
    ...makeCertificate({ name: 'other.example', altNames: ['DNS:other.example'], issuer: authority }),
    code: 'ERR_TLS_CERT_ALTNAME_INVALID',
  },
  expired: {
    ...makeCertificate({
      name: 'localhost',
      altNames: ['DNS:localhost', 'IP:127.0.0.1'],
      issuer: authority,
      notBefore: new Date(Date.now() - 3 * day),
      notAfter: new Date(Date.now() - 2 * day),
    }),
    code: 'CERT_HAS_EXPIRED',
  },
  'not valid yet': {
    ...makeCertificate({
      name: 'localhost',
      altNames: ['DNS:localhost', 'IP:127.0.0.1'],
      issuer: authority,
      notBefore: new Date(Date.now() + 2 * day),
      notAfter: new Date(Date.now() + 3 * day),
    }),
    code: 'CERT_NOT_YET_VALID',
  },
  'of an unknown authority': {
    ...makeCertificate({ name: 'localhost', altNames: ['DNS:localhost', 'IP:127.0.0.1'], issuer: otherAuthority }),
    code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  },
  'self-signed': {
    ...makeCertificate({ name: 'localhost', altNames: ['DNS:localhost', 'IP:127.0.0.1'] }),
    code: 'DEPTH_ZERO_SELF_SIGNED_CERT',
  },
}
