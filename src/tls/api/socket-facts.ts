// A TLSSocket's information about its connection, in Node's shapes. Source: Node's documentation, "Class: tls.TLSSocket".

import { X509Certificate } from 'node:crypto'
import type { CipherInfo, EphemeralKeyInfo } from '../connection/backend.ts'
import { knownIssuers } from '../policy/context-trust.ts'
import type { Policy } from '../policy/policy.ts'
import { ServerPolicy } from '../policy/server-policy.ts'
import { legacyCertificate, readCertificate } from './peer-certificate.ts'

export type { CipherInfo, EphemeralKeyInfo }

export function cipher({ backend }: Policy): CipherInfo | undefined {
  const agreed = backend?.cipher
  return agreed && { name: agreed.name, standardName: agreed.standardName, version: agreed.version }
}

export function protocol(policy: Policy): string {
  // OpenSSL's answer before a version is negotiated, whatever the limits are.
  return policy.backend?.protocol ?? 'TLSv1.3'
}

/** For clients only: null for a server, as in Node. */
export function ephemeralKeyInfo(policy: Policy): EphemeralKeyInfo | object | null {
  return policy instanceof ServerPolicy ? null : { ...policy.backend?.ephemeralKey }
}

export function sharedSigalgs({ backend }: Policy): string[] {
  return [...(backend?.sharedSignatureAlgorithms ?? [])]
}

export function isSessionReused({ backend }: Policy): boolean {
  return backend?.isResumed ?? false
}

export function finished({ backend }: Policy): Buffer<ArrayBuffer> | undefined {
  return copied(backend?.finished)
}

export function peerFinished({ backend }: Policy): Buffer<ArrayBuffer> | undefined {
  return copied(backend?.peerFinished)
}

export function ticket(policy: Policy): Buffer<ArrayBuffer> | undefined {
  return copied(policy.ticket)
}

export function exportKeyingMaterial(
  { backend }: Policy,
  length: number,
  label: string,
  context: NodeJS.ArrayBufferView | undefined,
): Buffer<ArrayBuffer> {
  const bytes = context && new Uint8Array(context.buffer as ArrayBuffer, context.byteOffset, context.byteLength)
  return Buffer.from(backend?.exportKeyingMaterial(length, label, bytes) ?? [])
}

/** @param isDetailed - with the issuers, each the next one's `issuerCertificate` */
export function peerCertificate({ backend, context, host }: Policy, isDetailed: boolean): object {
  const chain = backend?.peerChain ?? []
  if (chain.length === 0) return {}
  if (!isDetailed) return legacyCertificate(chain, false)
  return legacyCertificate(chain, true, knownIssuers(context.context.options), host.clock.now())
}

export function certificate({ backend }: Policy): object {
  const own = backend?.ownCertificate
  return own === undefined ? {} : legacyCertificate([own], false)
}

export function peerX509Certificate({ backend }: Policy): X509Certificate | undefined {
  return backend && withIssuer(backend.peerChain, 0)
}

export function x509Certificate({ backend }: Policy): X509Certificate | undefined {
  const own = backend?.ownCertificate
  return own && new X509Certificate(own)
}

/** The runtime's object, whose `issuerCertificate` is made on first access. */
function withIssuer(chain: readonly Uint8Array[], index: number): X509Certificate | undefined {
  const der = chain[index]
  const certificate = der && readCertificate(der)
  if (certificate === undefined) return undefined
  Object.defineProperty(certificate, 'issuerCertificate', {
    get: () => withIssuer(chain, index + 1),
    configurable: true,
  })
  return certificate
}

function copied(bytes: Uint8Array | undefined): Buffer<ArrayBuffer> | undefined {
  return bytes && Buffer.from(bytes)
}
