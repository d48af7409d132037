// One form of a host, however it is spelt: small letters of ASCII, no dot at the end, no brackets, addresses in their shortest
// form. The name that a client asks for, whom its sessions and its pooled connections belong to, and what a certificate
// has to name are all this one. RFC 6066 section 3, RFC 5890 section 2.3.2.1, RFC 5952.

import { domainToASCII } from 'node:url'
import { formatIp, parseIp } from '../../core/ip.ts'

export function canonicalHost(host: string): string {
  if (plainName.test(host) && !host.endsWith('.')) return canonicalAddress(host) ?? host
  const inner = host.startsWith('[') && host.endsWith(']') ? host.slice(1, -1) : host
  const address = canonicalAddress(inner)
  if (address !== undefined) return address
  const name = asciiName(inner).replace(/[A-Z]/g, letter => letter.toLowerCase())
  const final = name.endsWith('.') ? name.slice(0, -1) : name
  // Digits of other scripts can spell an address.
  return canonicalAddress(final) ?? final
}

const plainName = /^[a-z0-9._-]+$/

/** With its zone, which says on which link it is. */
function canonicalAddress(text: string): string | undefined {
  const bytes = parseIp(text)
  if (bytes === undefined) return undefined
  const zone = text.indexOf('%')
  return zone === -1 ? formatIp(bytes) : formatIp(bytes) + text.slice(zone)
}

/** The URL standard's form takes apart more than names, and reads numbers as addresses: plain ones do not go through it. */
function asciiName(name: string): string {
  if (/^[ -~]*$/.test(name) || /[\s/?#@:\\%[\]<>^|]/.test(name)) return name
  return domainToASCII(name) || name
}
