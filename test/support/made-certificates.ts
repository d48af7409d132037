// The certificates of examples/certificate.mjs, with types.

import type { KeyObject } from 'node:crypto'

export interface MadeCertificate {
  readonly name: string
  readonly privateKey: KeyObject
  readonly keyId: Buffer
  readonly key: string
  readonly cert: string
}

interface CertificateOptions {
  readonly name: string
  readonly altNames?: readonly string[]
  readonly isAuthority?: boolean
  readonly issuer?: MadeCertificate
}

const { makeCertificate: make } = await import(new URL('../../../examples/certificate.mjs', import.meta.url).href)

export const makeCertificate: (options: CertificateOptions) => MadeCertificate = make
