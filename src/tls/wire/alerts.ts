// Alerts: RFC 8446 section 6 and RFC 5246 section 7.2, with OpenSSL's words for those that come from a peer.

export type AlertDescription = number

export const CLOSE_NOTIFY = 0
export const UNEXPECTED_MESSAGE = 10
export const BAD_RECORD_MAC = 20
export const RECORD_OVERFLOW = 22
export const HANDSHAKE_FAILURE = 40
export const BAD_CERTIFICATE = 42
export const UNSUPPORTED_CERTIFICATE = 43
export const CERTIFICATE_REVOKED = 44
export const CERTIFICATE_EXPIRED = 45
export const CERTIFICATE_UNKNOWN = 46
export const ILLEGAL_PARAMETER = 47
export const UNKNOWN_CA = 48
export const ACCESS_DENIED = 49
export const DECODE_ERROR = 50
export const DECRYPT_ERROR = 51
export const PROTOCOL_VERSION = 70
export const INSUFFICIENT_SECURITY = 71
export const INTERNAL_ERROR = 80
export const INAPPROPRIATE_FALLBACK = 86
export const USER_CANCELED = 90
export const NO_RENEGOTIATION = 100
export const MISSING_EXTENSION = 109
export const UNSUPPORTED_EXTENSION = 110
export const UNRECOGNIZED_NAME = 112
export const BAD_CERTIFICATE_STATUS_RESPONSE = 113
export const UNKNOWN_PSK_IDENTITY = 115
export const CERTIFICATE_REQUIRED = 116
export const NO_APPLICATION_PROTOCOL = 120

export const ALERT_LEVEL_WARNING = 1
export const ALERT_LEVEL_FATAL = 2

/** RFC 8446's name. */
export function alertName(alert: AlertDescription): string {
  return alerts.get(alert)?.[0] ?? `alert ${alert}`
}

/** OpenSSL's reason when a peer sends the alert; its prefix is the protocol version that introduced the alert. */
export function alertReason(alert: AlertDescription): string {
  return alerts.get(alert)?.[1] ?? 'unknown alert type'
}

export interface Alert {
  readonly level: number
  readonly description: AlertDescription
}

/** undefined: not two bytes. The receiver rejects unknown levels. */
export function readAlert(bytes: Uint8Array): Alert | undefined {
  const [level, description] = bytes
  if (bytes.length !== 2 || level === undefined || description === undefined) return undefined
  return { level, description }
}

export function writeAlert(alert: Alert): Uint8Array {
  return Uint8Array.of(alert.level, alert.description)
}

const alerts: ReadonlyMap<number, readonly [name: string, reason: string]> = new Map([
  [CLOSE_NOTIFY, ['close_notify', 'close notify']],
  [UNEXPECTED_MESSAGE, ['unexpected_message', 'sslv3 alert unexpected message']],
  [BAD_RECORD_MAC, ['bad_record_mac', 'sslv3 alert bad record mac']],
  [21, ['decryption_failed_RESERVED', 'tlsv1 alert decryption failed']],
  [RECORD_OVERFLOW, ['record_overflow', 'tlsv1 alert record overflow']],
  [30, ['decompression_failure_RESERVED', 'sslv3 alert decompression failure']],
  [HANDSHAKE_FAILURE, ['handshake_failure', 'sslv3 alert handshake failure']],
  [41, ['no_certificate_RESERVED', 'sslv3 alert no certificate']],
  [BAD_CERTIFICATE, ['bad_certificate', 'sslv3 alert bad certificate']],
  [UNSUPPORTED_CERTIFICATE, ['unsupported_certificate', 'sslv3 alert unsupported certificate']],
  [CERTIFICATE_REVOKED, ['certificate_revoked', 'sslv3 alert certificate revoked']],
  [CERTIFICATE_EXPIRED, ['certificate_expired', 'sslv3 alert certificate expired']],
  [CERTIFICATE_UNKNOWN, ['certificate_unknown', 'sslv3 alert certificate unknown']],
  [ILLEGAL_PARAMETER, ['illegal_parameter', 'sslv3 alert illegal parameter']],
  [UNKNOWN_CA, ['unknown_ca', 'tlsv1 alert unknown ca']],
  [ACCESS_DENIED, ['access_denied', 'tlsv1 alert access denied']],
  [DECODE_ERROR, ['decode_error', 'tlsv1 alert decode error']],
  [DECRYPT_ERROR, ['decrypt_error', 'tlsv1 alert decrypt error']],
  [60, ['export_restriction_RESERVED', 'tlsv1 alert export restriction']],
  [PROTOCOL_VERSION, ['protocol_version', 'tlsv1 alert protocol version']],
  [INSUFFICIENT_SECURITY, ['insufficient_security', 'tlsv1 alert insufficient security']],
  [INTERNAL_ERROR, ['internal_error', 'tlsv1 alert internal error']],
  [INAPPROPRIATE_FALLBACK, ['inappropriate_fallback', 'tlsv1 alert inappropriate fallback']],
  [USER_CANCELED, ['user_canceled', 'tlsv1 alert user cancelled']],
  [NO_RENEGOTIATION, ['no_renegotiation', 'tlsv1 alert no renegotiation']],
  [MISSING_EXTENSION, ['missing_extension', 'tlsv13 alert missing extension']],
  [UNSUPPORTED_EXTENSION, ['unsupported_extension', 'tlsv1 unsupported extension']],
  [111, ['certificate_unobtainable_RESERVED', 'tlsv1 certificate unobtainable']],
  [UNRECOGNIZED_NAME, ['unrecognized_name', 'tlsv1 unrecognized name']],
  [BAD_CERTIFICATE_STATUS_RESPONSE, ['bad_certificate_status_response', 'tlsv1 bad certificate status response']],
  [114, ['bad_certificate_hash_value_RESERVED', 'tlsv1 bad certificate hash value']],
  [UNKNOWN_PSK_IDENTITY, ['unknown_psk_identity', 'tlsv1 alert unknown psk identity']],
  [CERTIFICATE_REQUIRED, ['certificate_required', 'tlsv13 alert certificate required']],
  [NO_APPLICATION_PROTOCOL, ['no_application_protocol', 'tlsv1 alert no application protocol']],
])
