// The errors of a TLS connection: which side caused it, the alert, and OpenSSL's reason string, from which the API
// above makes Node's `ERR_SSL_*`.

import {
  type AlertDescription,
  alertName,
  alertReason,
  HANDSHAKE_FAILURE,
  INTERNAL_ERROR,
  MISSING_EXTENSION,
  PROTOCOL_VERSION,
} from '../wire/alerts.ts'
import { WireError } from '../wire/bytes.ts'

export class TlsError extends Error {
  /** `peer`: it sent a fatal alert. `local`: we rejected its message, or could not continue. */
  readonly by: 'local' | 'peer'
  readonly alert: AlertDescription
  /** OpenSSL's reason string, such as `no shared cipher`: `ERR_SSL_NO_SHARED_CIPHER` is made of it. */
  readonly reason: string
  /** The peer does not speak TLS at all: no alert is sent, as with OpenSSL. */
  readonly isSilent: boolean

  constructor(by: 'local' | 'peer', alert: AlertDescription, reason: string, detail?: string, isSilent = false) {
    super(detail === undefined ? reason : `${reason}: ${detail}`)
    this.isSilent = isSilent
    this.by = by
    this.alert = alert
    this.reason = reason
  }

  override get name(): string {
    return 'TlsError'
  }

  /** RFC 8446's name of the alert: `handshake_failure`. */
  get alertName(): string {
    return alertName(this.alert)
  }
}

/** The peer's message is malformed or not allowed. */
export function refusal(alert: AlertDescription, reason: string, detail?: string): TlsError {
  return new TlsError('local', alert, reason, detail)
}

/** The peer's first bytes are not TLS. */
export function noTls(reason: string): TlsError {
  return new TlsError('local', PROTOCOL_VERSION, reason, undefined, true)
}

export function alertReceived(alert: AlertDescription): TlsError {
  return new TlsError('peer', alert, alertReason(alert))
}

export function missingExtension(reason = 'missing extension'): Error {
  return refusal(MISSING_EXTENSION, reason)
}

export function noSharedCipher(): Error {
  return refusal(HANDSHAKE_FAILURE, 'no shared cipher')
}

/** Turns anything that was thrown while the engine was working into a TlsError. */
export function asTlsError(error: unknown): TlsError {
  if (error instanceof TlsError) return error
  if (error instanceof WireError) return refusal(error.alert, error.reason)
  // A bug of ours or a callback that threw: the peer gets `internal_error` only, the owner gets the whole error.
  const failure = refusal(INTERNAL_ERROR, 'internal error', error instanceof Error ? error.message : undefined)
  failure.cause = error
  return failure
}
