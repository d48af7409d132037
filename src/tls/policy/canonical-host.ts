// The canonical form of a host: lower-case ASCII (A-labels), no final dot, no brackets, addresses in their shortest form. SNI,
// the key of saved sessions and pooled connections, and the name that a certificate is checked for all use this form.
// RFC 6066 section 3, RFC 5890 section 2.3.2.1, RFC 5952.

import { domainToASCII } from 'node:url'
import { formatIp, parseIp } from '../../core/ip.ts'

export function canonicalHost(host: string): string {
  if (plainName.test(host) && !host.endsWith('.')) return canonicalAddress(host) ?? host
  const inner = host.startsWith('[') && host.endsWith(']') ? host.slice(1, -1) : host
  const address = canonicalAddress(inner)
  if (address !== undefined) return address
  const name = asciiName(inner).replace(/[A-Z]/g, letter => letter.toLowerCase())
  const final = name.endsWith('.') ? name.slice(0, -1) : name
  // Digits of other scripts can form an address.
  return canonicalAddress(final) ?? final
}

const plainName = /^[a-z0-9._-]+$/

/** With its zone, which names the link. */
function canonicalAddress(text: string): string | undefined {
  const bytes = parseIp(text)
  if (bytes === undefined) return undefined
  const zone = text.indexOf('%')
  return zone === -1 ? formatIp(bytes) : formatIp(bytes) + text.slice(zone)
}

/** URL's parser accepts more than names, and reads numbers as addresses: plain ASCII names do not go through it. */
function asciiName(name: string): string {
  if (/^[ -~]*$/.test(name) || /[\s/?#@:\\%[\]<>^|]/.test(name)) return name
  return domainToASCII(name) || name
}
