// tls.checkServerIdentity: whether a certificate names a host. RFC 9525, in the form and with the messages of Node's
// documentation, `tls.checkServerIdentity()`. Names are compared as ASCII in lower case, label by label; addresses as bytes.

import { type CodedError, codedError } from '../../core/errors.ts'
import { formatIp, ipVersion, parseIp } from '../../core/ip.ts'
import { internCertificate } from '../x509/certificate.ts'
import { isCertificateFor } from '../x509/path/host-identity.ts'
import { canonicalHost } from './canonical-host.ts'

/** The part of a certificate that is used here. */
export interface IdentityCertificate {
  readonly subject?: { readonly CN?: string | readonly string[] } | undefined
  readonly subjectaltname?: string | undefined
}

export interface IdentityError extends CodedError {
  reason: string
  host: string
  cert: IdentityCertificate
}

/** @returns undefined: the certificate names this host */
export function checkServerIdentity(hostname: string, certificate: IdentityCertificate): IdentityError | undefined {
  // For the messages.
  const host = withoutFinalDot(String(hostname))
  const canonical = canonicalHost(String(hostname))
  const { dnsNames, addresses } = readAltNames(certificate.subjectaltname)
  const commonNames = [certificate.subject?.CN ?? []].flat()
  if (ipVersion(canonical) !== 0) {
    if (addresses.includes(canonicalIp(canonical))) return undefined
    return mismatch(`IP: ${host} is not in the cert's list: ${addresses.join(', ')}`, host, certificate)
  }
  if (dnsNames.length === 0 && commonNames.length === 0) {
    return mismatch('Cert does not contain a DNS name', host, certificate)
  }
  const labels = canonical.split('.')
  if (dnsNames.length > 0) {
    if (dnsNames.some(name => matches(labels, name))) return undefined
    const reason = `Host: ${host}. is not in the cert's altnames: ${certificate.subjectaltname}`
    return mismatch(reason, host, certificate)
  }
  // The common name counts only if subjectAltName names no host.
  if (commonNames.some(name => matches(labels, name))) return undefined
  return mismatch(`Host: ${host}. is not cert's CN: ${certificate.subject?.CN}`, host, certificate)
}

/** The same decision, by the names in the certificate's DER rather than by its text form. */
export function isNamed(hostname: string, der: Uint8Array): boolean {
  const name = canonicalHost(String(hostname))
  const bytes = parseIp(name)
  if (bytes) return isCertificateFor(internCertificate(der), { kind: 'address', bytes })
  return isCertificateFor(internCertificate(der), { kind: 'name', name })
}

/** The error where the text form names the host and the DER values do not. */
export function unnamed(hostname: string, certificate: IdentityCertificate): IdentityError {
  const host = withoutFinalDot(String(hostname))
  return mismatch(`Host: ${host}. is not among the names of the cert`, host, certificate)
}

function mismatch(reason: string, host: string, certificate: IdentityCertificate): IdentityError {
  const message = `Hostname/IP does not match certificate's altnames: ${reason}`
  const error = codedError(Error, 'ERR_TLS_CERT_ALTNAME_INVALID', message, mismatch)
  return Object.assign(error, { reason, host, cert: certificate })
}

interface AltNames {
  readonly dnsNames: readonly string[]
  /** In canonical form; empty for an invalid address. */
  readonly addresses: readonly string[]
}

/** Parses the runtime's text form: `DNS:a, IP Address:1.2.3.4`; a name that could be mistaken for several is a JSON string. */
function readAltNames(text: string | undefined): AltNames {
  const dnsNames: string[] = []
  const addresses: string[] = []
  for (const entry of text ? splitAltNames(text) : []) {
    if (entry.startsWith('DNS:')) dnsNames.push(entry.slice(4))
    else if (entry.startsWith('IP Address:')) addresses.push(canonicalIp(entry.slice(11)))
  }
  return { dnsNames, addresses }
}

const jsonString = /"(?:[^"\\]|\\.)*"/y

function splitAltNames(text: string): string[] {
  if (!text.includes('"')) return text.split(', ')
  const entries: string[] = []
  let entry = ''
  for (let at = 0; at < text.length; ) {
    if (text.startsWith(', ', at)) {
      entries.push(entry)
      entry = ''
      at += 2
    } else if (text[at] === '"') {
      jsonString.lastIndex = at
      const [quoted] = jsonString.exec(text) ?? []
      if (quoted === undefined) throw invalidAltNames()
      entry += unquoted(quoted)
      at += quoted.length
    } else {
      entry += text[at]
      at++
    }
  }
  return [...entries, entry]
}

function unquoted(text: string): string {
  try {
    return JSON.parse(text) as string
  } catch {
    throw invalidAltNames()
  }
}

const invalidAltNames = () =>
  codedError(SyntaxError, 'ERR_TLS_CERT_ALTNAME_FORMAT', 'Invalid subject alternative name string', invalidAltNames)

/** @param pattern - a name of the certificate: its first label may have one `*` in it. RFC 9525 section 6.3 */
function matches(host: readonly string[], pattern: string): boolean {
  if (!pattern) return false
  const labels = splitName(withoutFinalDot(pattern))
  if (labels.length !== host.length || labels.includes('')) return false
  // Control characters, blanks and U-labels never match.
  if (labels.some(label => /[^!-\x7f]/u.test(label))) return false
  if (labels.some((label, index) => index > 0 && label !== host[index])) return false
  return matchesLabel(host[0] as string, labels[0] as string, labels.length)
}

function matchesLabel(host: string, pattern: string, labelCount: number): boolean {
  const [prefix = '', suffix, more] = pattern.split('*', 3)
  // RFC 9525 section 6.3: no wildcard within an A-label.
  if (suffix === undefined || pattern.includes('xn--')) return host === pattern
  // More than one wildcard, and one for a whole top-level domain, match nothing.
  if (more !== undefined || labelCount <= 2) return false
  return prefix.length + suffix.length <= host.length && host.startsWith(prefix) && host.endsWith(suffix)
}

/** Lower case, ASCII only: the case of other letters depends on the language. */
function splitName(name: string): string[] {
  return name.replace(/[A-Z]/g, letter => letter.toLowerCase()).split('.')
}

function withoutFinalDot(name: string): string {
  return name.endsWith('.') ? name.slice(0, -1) : name
}

function canonicalIp(text: string): string {
  const bytes = parseIp(text)
  return bytes ? formatIp(bytes) : ''
}
