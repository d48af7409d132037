// TLS errors as programs know them from Node: OpenSSL's reason as `reason`, `ERR_SSL_*` made of it as `code`, and a message in
// OpenSSL's form, `error:0A000102:SSL routines::unsupported protocol`.

import type { TlsError } from '../engine/engine-errors.ts'

export interface OpenSslError extends Error {
  library: string
  reason: string
  code: string
}

/** Node's error for an error of the engine. A peer's alert has the wording of the runtime's OpenSSL. */
export function engineError(error: TlsError): OpenSslError {
  if (error.by === 'local') return opensslError(error.reason)
  return opensslError(currentWords(error.reason), ALERT_REASONS + error.alert, `:SSL alert number ${error.alert}`)
}

/** @param tail - what follows the reason in the message */
export function opensslError(reason: string, number = numbers[reason] ?? 0, tail = ''): OpenSslError {
  const digits = (LIBRARY_SSL + number).toString(16).toUpperCase().padStart(8, '0')
  const error = new Error(`error:${digits}:SSL routines::${reason}${tail}`) as OpenSslError
  Error.captureStackTrace(error, opensslError)
  error.library = 'SSL routines'
  error.reason = reason
  error.code = `ERR_SSL_${reason.toUpperCase().replaceAll(' ', '_')}`
  return error
}

/** OpenSSL 3.2 removed the name of SSL 3 from the reasons of its alerts. */
const hasNewWords = /^3\.[01]\./.test(process.versions['openssl'] ?? '') === false

function currentWords(reason: string): string {
  return hasNewWords ? reason.replace(/^sslv3 alert /, 'ssl/tls alert ') : reason
}

const LIBRARY_SSL = 0x0a000000
const ALERT_REASONS = 1000

// include/openssl/sslerr.h: numbers of the reasons that the engine and the API give.
const numbers: Readonly<Record<string, number>> = {
  'no suitable key share': 101,
  'bad change cipher spec': 103,
  'bad extension': 110,
  'missing sigalgs extension': 112,
  'no suitable signature algorithm': 118,
  'bad signature': 123,
  'ccs received early': 133,
  'certificate verify failed': 134,
  'data length too long': 146,
  'digest check failed': 149,
  'excessive message size': 152,
  'https proxy request': 155,
  'http request': 156,
  'length mismatch': 159,
  'no protocols available': 191,
  'no shared cipher': 193,
  'no shared signature algorithms': 376,
  'packet length too long': 198,
  'peer did not return a certificate': 199,
  'no application protocol': 235,
  'unexpected message': 244,
  'unexpected record': 245,
  'unknown protocol': 252,
  'binder does not verify': 253,
  'unsupported protocol': 258,
  'wrong ssl version': 266,
  'wrong version number': 267,
  'decryption failed or bad record mac': 281,
  'record layer failure': 313,
  'no renegotiation': 339,
  'inappropriate fallback': 373,
  'wrong signature type': 370,
  'too many warn alerts': 409,
  'bad record type': 443,
}
