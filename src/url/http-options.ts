// A URL as the options that `http.request` takes. Node's documentation, `url.urlToHttpOptions`.

import { invalidArgType } from '../core/errors.ts'

interface HttpOptions {
  [name: string]: unknown
  protocol: string
  hostname: string
  hash: string
  search: string
  pathname: string
  /** pathname and search: what stands in the request line. */
  path: string
  href: string
  /** Absent for the scheme's own port. */
  port?: number
  /** `user:password`, percent-decoded. */
  auth?: string
}

/** Null prototype: nothing that was put on Object.prototype becomes an option. */
export function urlToHttpOptions(url: URL): HttpOptions {
  if (url === null || typeof url !== 'object') throw invalidArgType('url', 'object', url)
  const { hostname, pathname, port, username, password, search } = url
  const options: HttpOptions = Object.assign(Object.create(null), {
    // What a program has put on the URL object itself goes along.
    ...url,
    protocol: url.protocol,
    hostname: hostname?.startsWith('[') ? hostname.slice(1, -1) : hostname,
    hash: url.hash,
    search,
    pathname,
    path: `${pathname || ''}${search || ''}`,
    href: url.href,
  })
  if (port !== '') options.port = Number(port)
  if (username || password) options.auth = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`
  return options
}
