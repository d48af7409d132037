// `url.domainToASCII` and `url.domainToUnicode`: host names as the host name setter of a URL with a special scheme takes
// them, up to the first slash or question mark; '' for what is no host.

import { missingArgs } from '../core/errors.ts'
import * as idna from './idna.ts'
import { hostnameOf, type UrlRecord } from './record.ts'
import { parseUrl } from './parser.ts'
import { withHostname } from './setters.ts'

export function domainToASCII(domain: string): string {
  if (arguments.length < 1) throw missingArgs('domain')
  return toHostname(`${domain}`)
}

export function domainToUnicode(domain: string): string {
  if (arguments.length < 1) throw missingArgs('domain')
  return idna.domainToUnicode(toHostname(`${domain}`))
}

function toHostname(domain: string): string {
  if (domain === '') return ''
  // A host that no record gets from its setter tells that the setter refused the value.
  const before = (untouched ??= parseUrl('ws://x', null) as UrlRecord)
  const after = withHostname(before, domain)
  return after === before ? '' : hostnameOf(after)
}

let untouched: UrlRecord | undefined
