// Relative resolution of the legacy API: `url.resolve`. RFC 3986 section 5.2 is the idea; the cases are Node's.

import type { UrlFields } from './legacy-fields.ts'
import { hasSlashes, isScript } from './legacy-schemes.ts'

/** @param result - a copy of the base; becomes the resolved URL, but for its href */
export function resolveInto(result: UrlFields, relative: UrlFields): void {
  result.hash = relative.hash
  if (relative.href === '') return
  if (relative.slashes && !relative.protocol) takeNetworkPath(result, relative)
  else if (relative.protocol && relative.protocol !== result.protocol) takeOtherProtocol(result, relative)
  else takeRelativePath(result, relative)
}

/** `//host/path`: all but the protocol. */
function takeNetworkPath(result: UrlFields, relative: UrlFields): void {
  const { protocol } = result
  Object.assign(result, relative, { protocol })
  if (hasSlashes(protocol) && result.hostname && !result.pathname) {
    result.pathname = '/'
    result.path = '/'
  }
}

function takeOtherProtocol(result: UrlFields, relative: UrlFields): void {
  if (!hasSlashes(relative.protocol)) {
    Object.assign(result, relative)
    return
  }
  result.protocol = relative.protocol
  let { host, hostname, pathname } = relative
  const mayLackHost = relative.protocol === 'file' || relative.protocol === 'file:' || isScript(relative.protocol)
  if (!host && !mayLackHost) {
    // It must have a host: the first segment that is not empty.
    const segments = (pathname ?? '').split('/')
    const at = segments.findIndex(segment => segment !== '')
    host = (at < 0 ? '' : segments[at]) as string
    hostname ||= ''
    const behind = at < 0 ? [] : segments.slice(at + 1)
    if (behind[0] !== '') behind.unshift('')
    if (behind.length < 2) behind.unshift('')
    pathname = behind.join('/')
  }
  result.pathname = pathname
  result.search = relative.search
  result.query = relative.query
  result.host = host || ''
  result.auth = relative.auth
  result.hostname = hostname || host
  result.port = relative.port
  if (result.pathname || result.search) result.path = (result.pathname || '') + (result.search || '')
  result.slashes ||= relative.slashes
}

function takeRelativePath(result: UrlFields, relative: UrlFields): void {
  const isRootless = Boolean(result.protocol && !hasSlashes(result.protocol))
  const isSourceAbsolute = Boolean(result.pathname?.startsWith('/'))
  const isRelativeAbsolute = Boolean(relative.host || relative.pathname?.startsWith('/'))
  const isRooted = isRelativeAbsolute || isSourceAbsolute || Boolean(result.host && relative.pathname)
  const source = result.pathname?.split('/') ?? []
  const path = relative.pathname?.split('/') ?? []
  let mustEndAbsolute = isRooted
  let { host, hostname, port } = relative
  if (isRootless) {
    // `a:b/c`: the host takes part in the resolution as the path's first segment.
    prependHost(source, result.host)
    result.hostname = ''
    result.port = null
    result.host = ''
    if (relative.protocol) {
      prependHost(path, host)
      hostname = null
      port = null
      host = null
      result.auth = null
    }
    mustEndAbsolute &&= path[0] === '' || source[0] === ''
  }

  let segments = source
  if (isRelativeAbsolute) {
    if (host || host === '') {
      if (result.host !== host) result.auth = null
      result.host = host
      result.port = port
    }
    if (hostname || hostname === '') {
      if (result.hostname !== hostname) result.auth = null
      result.hostname = hostname
    }
    segments = path
    takeQuery(result, relative)
  } else if (path.length > 0) {
    segments = source.slice(0, -1).concat(path)
    takeQuery(result, relative)
  } else if (relative.search !== null && relative.search !== undefined) {
    if (isRootless) hostFromSegment(result, source.shift())
    takeQuery(result, relative)
    setPath(result)
    return
  }

  if (segments.length === 0) {
    result.pathname = null
    result.path = result.search ? `/${result.search}` : null
    return
  }
  segments = withoutDots(segments, Boolean(result.host || host), isRooted, mustEndAbsolute)
  const isAbsolute = segments[0] === '' || Boolean(segments[0]?.startsWith('/'))
  if (isRootless) hostFromSegment(result, isAbsolute ? '' : (segments.shift() ?? ''))
  mustEndAbsolute ||= Boolean(result.host && segments.length > 0)
  if (mustEndAbsolute && !isAbsolute) segments.unshift('')
  if (segments.length > 0) result.pathname = segments.join('/')
  else {
    result.pathname = null
    result.path = null
  }
  setPath(result)
  result.auth = relative.auth || result.auth
  result.slashes ||= relative.slashes
}

/** `.` and `..` resolved; what goes above the root is kept where the path has no root. */
function withoutDots(segments: string[], hasHost: boolean, isRooted: boolean, mustEndAbsolute: boolean): string[] {
  const last = segments.at(-1)
  const endsInDots = (hasHost || segments.length > 1) && (last === '.' || last === '..')
  const kept: string[] = []
  let up = 0
  for (let i = segments.length - 1; i >= 0; i--) {
    const segment = segments[i] as string
    if (segment === '.') continue
    if (segment === '..') up++
    else if (up > 0) up--
    else kept.push(segment)
  }
  if (!isRooted && !mustEndAbsolute) for (; up > 0; up--) kept.push('..')
  kept.reverse()
  if (mustEndAbsolute && kept[0] !== '' && !kept[0]?.startsWith('/')) kept.unshift('')
  if ((endsInDots || last === '') && !kept.join('/').endsWith('/')) kept.push('')
  return kept
}

function prependHost(segments: string[], host: string | null): void {
  if (!host) return
  if (segments[0] === '') segments[0] = host
  else segments.unshift(host)
}

/** The host that took part in the resolution goes back; `mailto:` brings its user with it. */
function hostFromSegment(result: UrlFields, segment: string | undefined): void {
  const parts = segment && segment.indexOf('@') > 0 ? segment.split('@') : undefined
  if (parts !== undefined) result.auth = parts[0] as string
  result.host = parts === undefined ? (segment as string) : (parts[1] as string)
  result.hostname = result.host
}

function takeQuery(result: UrlFields, relative: UrlFields): void {
  result.search = relative.search
  result.query = relative.query
}

function setPath(result: UrlFields): void {
  if (result.pathname !== null || result.search !== null) result.path = (result.pathname || '') + (result.search || '')
}
