// `url.domainToASCII` and `url.domainToUnicode`: host names as the host name setter of a URL with a special scheme takes
// them, up to the first slash or question mark; '' for what is no host.

import { missingArgs } from '../core/errors.ts'
import { UrlComponents } from './parser/components.ts'
import * as idna from './parser/idna.ts'
import { HOSTNAME, parsePart } from './parser/url-parser.ts'

export function domainToASCII(domain: string): string {
  if (arguments.length < 1) throw missingArgs('domain')
  return toHost(`${domain}`)
}

export function domainToUnicode(domain: string): string {
  if (arguments.length < 1) throw missingArgs('domain')
  return idna.domainToUnicode(toHost(`${domain}`))
}

function toHost(domain: string): string {
  const url = new UrlComponents()
  url.setScheme('ws')
  return parsePart(domain, url, HOSTNAME) ? (url.host as string) : ''
}
