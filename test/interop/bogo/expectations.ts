// What the runner expects the shim to have seen once a handshake is done.

import type { TlsEngine } from '../../../src/tls/engine/types.ts'
import { sameBytes } from '../../../src/tls/wire/bytes.ts'
import { readChain } from './engine-config.ts'
import type { Flags } from './flags.ts'

/** What the shim noted while the handshake went on. */
export interface Observed {
  /** Client: a session came; server: one was given by id. */
  readonly gotSession: boolean
  readonly hadRetry: boolean
}

/** The first thing that is not as expected, in words. */
export function unmetExpectation(
  engine: TlsEngine,
  flags: Flags,
  isResume: boolean,
  observed: Observed,
): string | undefined {
  const { info } = engine
  const checks: [name: string, actual: unknown, expected: unknown][] = [
    ['resumed', info.isResumed, isResume && !flags['expect-session-miss']],
    ['version', info.version, flags['expect-version']],
    ['suite', info.cipherSuite?.id, flags['expect-cipher']],
    ['group', info.group?.id, flags['expect-curve-id']],
    ["peer's scheme", info.peerSignatureScheme?.id, flags['expect-peer-signature-algorithm']],
    ['server name', info.serverName, flags['expect-server-name']],
    ['extended master secret', info.hasExtendedMasterSecret, flags['expect-extended-master-secret']],
    ['secure renegotiation', info.hasSecureRenegotiation, flags['expect-secure-renegotiation']],
    ['retry', observed.hadRetry, flags['expect-hrr'] ?? (flags['expect-no-hrr'] ? false : undefined)],
    ['protocol', text(info.alpn), (flags.server ? flags['select-alpn'] : flags['expect-alpn']) ?? ''],
    ['staple', info.ocspResponse && hex(info.ocspResponse), flags['expect-ocsp-response']?.toString('hex')],
  ]
  if (flags['expect-no-secure-renegotiation']) checks.push(['secure renegotiation', info.hasSecureRenegotiation, false])
  if (!flags.server && info.version === 0x0303) {
    const isNew = !flags['expect-no-session'] && (!info.isResumed || flags['expect-ticket-renewal'] === true)
    checks.push(['new session', observed.gotSession, isNew])
  }
  if (flags.server && !isResume) {
    if (flags['expect-session-id']) checks.push(['session kept', observed.gotSession, true])
    if (flags['expect-no-session-id']) checks.push(['session kept', observed.gotSession, false])
  }
  // A session of ours keeps neither the staple nor how it was agreed, as OpenSSL's of TLS 1.2: nothing to compare then.
  const isForgotten = (actual: unknown): boolean => info.isResumed && actual === undefined
  const wrong = checks.find(([, actual, expected]) => {
    return expected !== undefined && actual !== expected && !isForgotten(actual)
  })
  if (wrong) return `${wrong[0]}: ${String(wrong[1])}, expected ${String(wrong[2])}`
  return unmetCertificate(engine, flags)
}

function unmetCertificate({ info }: TlsEngine, flags: Flags): string | undefined {
  const chain = info.peerCertificates
  const file = flags['expect-peer-cert-file']
  if (file !== undefined) {
    const expected = readChain(file)
    const isSame = chain.length === expected.length && chain.every((one, i) => sameBytes(one, expected[i] ?? one))
    if (!isSame) return `a chain of ${chain.length}, expected another of ${expected.length}`
  }
  const none = flags['expect-no-peer-cert'] === true || flags.psk !== undefined
  if (none) return chain.length > 0 ? 'an unexpected certificate' : undefined
  const wants = !flags.server || flags['require-any-client-certificate']
  return wants && chain.length === 0 ? 'no certificate' : undefined
}

function text(bytes: Uint8Array | undefined): string {
  return Buffer.from(bytes ?? []).toString('latin1')
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}
