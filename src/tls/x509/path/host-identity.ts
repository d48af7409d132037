// Whether a certificate is for a host, decided on the values in its DER: RFC 9525. The text that Node's API shows of a
// certificate is made for reading; names in it can be made to look like others (CVE-2021-44531 to -44533), so that what
// `checkServerIdentity` finds in it is held against this.

import type { Certificate } from '../certificate.ts'
import { attributesOf, readText } from '../names.ts'
import { oids } from '../oids.ts'

/** The host that is asked for, in its one form. */
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

/** Where the certificate names no host in the place that is for it: the place of twenty years ago. */
function commonNames(certificate: Certificate): string[] {
  return attributesOf(certificate.subject, oids.commonName).flatMap(({ tag, value }) => readText(tag, value) ?? [])
}

/** @param pattern - a name of the certificate: one `*` in its first label stands for any characters but a dot */
export function matchesName(host: string, pattern: string): boolean {
  // Letters, digits and signs of ASCII alone: with anything else in it a name is for no host, NUL above all.
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
