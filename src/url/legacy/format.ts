// `url.format(URL, options)`: the serialization of a URL without some of its parts, or with its host in Unicode.

import { validateObject } from '../../core/validate.ts'
import { UrlComponents } from '../parser/components.ts'
import { domainToUnicode } from '../parser/idna.ts'
import { serialize } from '../parser/serialize.ts'
import { parseUrl } from '../parser/url-parser.ts'

interface FormatOptions {
  /** The user name and password. Default: true. */
  auth?: boolean | undefined
  /** Default: true. */
  fragment?: boolean | undefined
  /** The query. Default: true. */
  search?: boolean | undefined
  /** The host in Unicode, not Punycode: for display, never to parse again. Default: false. */
  unicode?: boolean | undefined
}

export function formatUrl(url: { readonly href: string }, options: FormatOptions | undefined): string {
  if (options) validateObject(options, 'options')
  const { auth, fragment, search, unicode } = options || {}
  const record = parseUrl(url.href, null)
  if (record === undefined) return url.href
  const parts = UrlComponents.of(record)
  if (isOff(auth)) {
    parts.username = ''
    parts.password = ''
  }
  if (isOff(fragment)) parts.fragment = null
  if (isOff(search)) parts.query = null
  if (unicode && parts.host !== null) parts.host = domainToUnicode(parts.host)
  return serialize(parts).href
}

/** Null and undefined leave the default. */
function isOff(option: boolean | null | undefined): boolean {
  return option !== undefined && option !== null && !option
}
