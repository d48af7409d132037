// What a TLSSocket tells of its connection, in Node's shapes. Source: Node's documentation, "Class: tls.TLSSocket".

import { X509Certificate } from 'node:crypto'
import { currentHost } from '../../host/current.ts'
import type { CipherInfo, EphemeralKeyInfo } from '../connection/backend.ts'
import { knownIssuers } from '../policy/context-trust.ts'
import type { Side } from '../policy/policy.ts'
import { ServerSide } from '../policy/server-policy.ts'
import { legacyCertificate, readCertificate } from './peer-certificate.ts'

export type { CipherInfo, EphemeralKeyInfo }

export function cipher({ layer }: Side): CipherInfo | undefined {
  const agreed = layer?.cipher
  return agreed && { name: agreed.name, standardName: agreed.standardName, version: agreed.version }
}

export function protocol(side: Side): string {
  // What OpenSSL says as long as nothing has been agreed on, whatever the limits are.
  return side.layer?.protocol ?? 'TLSv1.3'
}

/** Of clients only: a server's is null, as in Node. */
export function ephemeralKeyInfo(side: Side): EphemeralKeyInfo | object | null {
  return side instanceof ServerSide ? null : { ...side.layer?.ephemeralKey }
}

export function sharedSigalgs({ layer }: Side): string[] {
  return [...(layer?.sharedSignatureAlgorithms ?? [])]
}

export function isSessionReused({ layer }: Side): boolean {
  return layer?.isResumed ?? false
}

export function finished({ layer }: Side): Buffer<ArrayBuffer> | undefined {
  return copied(layer?.finished)
}

export function peerFinished({ layer }: Side): Buffer<ArrayBuffer> | undefined {
  return copied(layer?.peerFinished)
}

export function ticket(side: Side): Buffer<ArrayBuffer> | undefined {
  return copied(side.ticket)
}

export function exportKeyingMaterial(
  { layer }: Side,
  length: number,
  label: string,
  context: NodeJS.ArrayBufferView | undefined,
): Buffer<ArrayBuffer> {
  const bytes = context && new Uint8Array(context.buffer as ArrayBuffer, context.byteOffset, context.byteLength)
  return Buffer.from(layer?.exportKeyingMaterial(length, label, bytes) ?? [])
}

/** @param isDetailed - with the issuers, each the next one's `issuerCertificate` */
export function peerCertificate({ layer, context }: Side, isDetailed: boolean): object {
  const chain = layer?.peerChain ?? []
  if (chain.length === 0) return {}
  if (!isDetailed) return legacyCertificate(chain, false)
  return legacyCertificate(chain, true, knownIssuers(context.context.options), currentHost().clock.now())
}

export function certificate({ layer }: Side): object {
  const own = layer?.ownCertificate
  return own === undefined ? {} : legacyCertificate([own], false)
}

export function peerX509Certificate({ layer }: Side): X509Certificate | undefined {
  return layer && withIssuer(layer.peerChain, 0)
}

export function x509Certificate({ layer }: Side): X509Certificate | undefined {
  const own = layer?.ownCertificate
  return own && new X509Certificate(own)
}

/** The runtime's object, whose `issuerCertificate` is made when somebody looks. */
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
