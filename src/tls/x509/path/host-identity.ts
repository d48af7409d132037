// Whether a certificate names a host, decided by the values in its DER: RFC 9525. The text that Node's API gives for a
// certificate is meant for people; names in it can be made to look like others (CVE-2021-44531 to -44533), so the result of
// `checkServerIdentity`, which reads that text, is checked against this.

import type { Certificate } from '../certificate.ts'
import { attributesOf, readText } from '../names.ts'
import { oids } from '../oids.ts'

/** The requested host, in canonical form. */
export type CanonicalHost =
  /** Labels of ASCII in lower case, without a dot at the end. */
  | { readonly kind: 'name'; readonly name: string }
  /** 4 or 16 bytes. */
  | { readonly kind: 'address'; readonly bytes: Uint8Array }

export function isCertificateFor(certificate: Certificate, host: CanonicalHost): boolean {
  const { altNames } = certificate
  if (host.kind === 'address') {
    return altNames.some(name => name.kind === 'ip' && Buffer.compare(name.bytes, host.bytes) === 0)
  }
  const dnsNames = altNames.flatMap(name => (name.kind === 'dns' ? [name.text] : []))
  return (dnsNames.length > 0 ? dnsNames : commonNames(certificate)).some(pattern => matchesName(host.name, pattern))
}

/** The common names: used only where subjectAltName names no host. The form was deprecated by RFC 2818. */
function commonNames(certificate: Certificate): string[] {
  return attributesOf(certificate.subject, oids.commonName).flatMap(({ tag, value }) => readText(tag, value) ?? [])
}

/** @param pattern - a name of the certificate: one `*` in its first label stands for any characters but a dot */
export function matchesName(host: string, pattern: string): boolean {
  // Printable ASCII only: a name with anything else in it, above all NUL, matches no host.
  if (!/^[!-~]+$/.test(pattern)) return false
  const wanted = (pattern.endsWith('.') ? pattern.slice(0, -1) : pattern).toLowerCase().split('.')
  const given = host.split('.')
  if (given.length !== wanted.length || given.includes('') || wanted.includes('')) return false
  if (wanted.some((label, index) => index > 0 && label !== given[index])) return false
  const [first = ''] = wanted
  const [label = ''] = given
  const [start = '', end, more] = first.split('*')
  if (end === undefined || first.includes('xn--')) return label === first
  if (more !== undefined || wanted.length < 3) return false
  return label.length >= start.length + end.length && label.startsWith(start) && label.endsWith(end)
}
