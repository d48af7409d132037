// URL serializing: the URL standard, section 4.5.

import type { UrlComponents } from './components.ts'
import { ABSENT, UrlRecord } from './record.ts'
import { NO_PORT } from './schemes.ts'

/** The href and its offsets. */
export function serialize(url: UrlComponents): UrlRecord {
  let href = `${url.scheme}:`
  const protocolEnd = href.length
  let usernameEnd = protocolEnd
  let hostStart = protocolEnd
  let hostEnd = protocolEnd
  if (url.host !== null) {
    href += '//'
    usernameEnd = href.length
    hostStart = usernameEnd
    if (url.username !== '' || url.password !== '') {
      href += url.username
      usernameEnd = href.length
      if (url.password !== '') href += `:${url.password}`
      hostStart = href.length
      href += '@'
    }
    href += url.host
    hostEnd = href.length
    if (url.port !== NO_PORT) href += `:${url.port}`
  } else if (!url.hasOpaquePath && url.path.startsWith('//')) {
    // A path that begins with an empty segment would be read as a host.
    href += '/.'
  }
  const pathnameStart = href.length
  href += url.path
  let searchStart = ABSENT
  if (url.query !== null) {
    searchStart = href.length
    href += `?${url.query}`
  }
  let hashStart = ABSENT
  if (url.fragment !== null) {
    hashStart = href.length
    href += `#${url.fragment}`
  }
  return new UrlRecord(
    href,
    url.schemeType,
    protocolEnd,
    usernameEnd,
    hostStart,
    hostEnd,
    url.port,
    pathnameStart,
    searchStart,
    hashStart,
  )
}
