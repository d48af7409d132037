// Rewrites an http request that is sent through a proxy: the target takes absolute form, and two fields for the proxy are
// added. RFC 9112 section 3.2.2. A request whose Host differs from its authority is rejected, since the proxy and the
// server could choose differently between the two.

import { invalidArgValue } from '../../core/errors.ts'
import { validatePort } from '../../core/validate.ts'
import { URL } from '../../url/index.ts'
import type { HeaderValue } from '../message/outgoing-fields.ts'
import { type Agent, kProxyConfig } from './agent.ts'
import type { PendingRequest } from './pending-request.ts'
import { shouldUseProxy } from './proxy.ts'
import type { RequestOptions } from './request-options.ts'

interface ProxiedRequest extends PendingRequest {
  readonly agent: Agent | undefined
  path: string
}

export interface Authority {
  readonly host: string
  readonly port: string | number
}

/** @returns the list of fields to send in place of `headerList`, if that is given */
export function rewriteForProxy(
  request: ProxiedRequest,
  options: RequestOptions,
  authority: Authority,
  givenHost: HeaderValue | undefined,
  headerList: readonly unknown[] | undefined,
): readonly unknown[] | undefined {
  const { agent } = request
  const proxy = agent?.[kProxyConfig]
  if (!agent || !proxy || request._header) return headerList
  if ((options.protocol || agent.protocol) !== 'http:' || !shouldUseProxy(proxy, options)) return headerList
  const isRewritten = request.method !== 'CONNECT' && !(request.method === 'OPTIONS' && request.path === '*')
  let target: URL | undefined
  if (isRewritten) {
    const base = baseOf(authority)
    checkHosts(base, givenHost, headerList)
    target = targetOf(String(request.path), base)
    if (headerList === undefined && request.hasHeader('host') && request.getHeader('host') !== base.host) {
      request.setHeader('Host', base.host)
    }
  }
  const fields: ProxyField[] = proxy.auth ? [['proxy-authorization', proxy.auth]] : []
  fields.push(['proxy-connection', request.shouldKeepAlive ? 'keep-alive' : 'close'])
  if (target !== undefined) request.path = target.href
  if (headerList !== undefined) return withFields(headerList, fields)
  for (const [name, value] of fields) request.setHeader(name, value)
  return undefined
}

type ProxyField = readonly [name: string, value: string]

/** A list of headers, flat or of pairs, in which `fields` replace those of the same names. */
function withFields(headers: readonly unknown[], fields: readonly ProxyField[]): unknown[] {
  const isReplaced = (name: unknown) => fields.some(([own]) => own === String(name).toLowerCase())
  if (Array.isArray(headers[0])) {
    return [...(headers as readonly unknown[][]).filter(([name]) => !isReplaced(name)), ...fields]
  }
  const kept = headers.filter((_, index) => !isReplaced(headers[index - (index % 2)]))
  return [...kept, ...fields.flat()]
}

function baseOf({ host, port }: Authority): URL {
  validatePort(port, 'options.port', true)
  const base = new URL(`http://${host}`)
  base.port = String(port)
  return base
}

function checkHosts(base: URL, givenHost: HeaderValue | undefined, headerList: readonly unknown[] | undefined): void {
  const host = headerList === undefined ? givenHost : hostOf(headerList)
  if (host === undefined) return
  const isSame = headerList === undefined ? isAuthority(String(host), base.host) : host === base.host
  if (!isSame) {
    throw invalidArgValue('Host in options.headers', host, `must match the request authority (${base.host})`)
  }
}

function isAuthority(text: string, host: string): boolean {
  try {
    const url = new URL(`http://${text}`)
    return url.host === host && !url.username && !url.password && url.pathname === '/' && !url.search && !url.hash
  } catch {
    return false
  }
}

/** The Host of a list of fields, which may contain only one. */
function hostOf(headers: readonly unknown[]): string | undefined {
  const isPairs = Array.isArray(headers[0])
  let host: string | undefined
  for (let i = 0; i < headers.length; i += isPairs ? 1 : 2) {
    const pair = isPairs ? headers[i] : [headers[i], headers[i + 1]]
    if (!Array.isArray(pair)) {
      const reason = 'must be an array when headers is passed as an array of pairs'
      throw invalidArgValue(`options.headers[${i}]`, typeof pair, reason)
    }
    if (String(pair[0]).toLowerCase() !== 'host') continue
    if (host !== undefined) {
      throw invalidArgValue('options.headers', '(redacted)', 'must not contain duplicate Host headers')
    }
    host = String(pair[1])
  }
  return host
}

function targetOf(path: string, base: URL): URL {
  if (!URL.canParse(path)) {
    if (!path.startsWith('/')) throw invalidArgValue('options.path', path, 'must be in absolute-form or start with /')
    return new URL(base.origin + path)
  }
  const url = new URL(path)
  if (url.username || url.password) {
    url.username = ''
    url.password = ''
    throw invalidArgValue('options.path', url.href, 'must not contain userinfo, use options.auth instead')
  }
  if (url.protocol !== 'http:') {
    throw invalidArgValue('options.path', url.protocol, 'must use http: scheme when specified as an absolute URL')
  }
  if (url.host !== base.host) {
    throw invalidArgValue('options.path', url, `must match the request authority (${base.host})`)
  }
  return url
}
