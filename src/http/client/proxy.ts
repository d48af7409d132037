// HTTP_PROXY, HTTPS_PROXY and NO_PROXY: which requests use a proxy, and how to connect to it. Source: Node's
// documentation, "Built-in Proxy Support".

import { ipVersion } from '../../core/ip.ts'
import { connect, type Socket } from '../../net/internal.ts'
import { URL } from '../../url/index.ts'
import { invalidProxyConfig } from '../errors.ts'
import type { RequestOptions } from './request-options.ts'

export interface ProxyAddress {
  readonly host: string
  readonly port: number
}

/** Opens a TLS connection to a proxy. The https module provides it, since http does not import tls. */
export type SecureConnect = (address: ProxyAddress, callback: (() => void) | undefined) => Socket

let secureConnect: SecureConnect | undefined

export function setSecureConnect(connect: SecureConnect): void {
  secureConnect = connect
}

export class ProxyConfig {
  /** Without user name and password, because error messages contain it. */
  readonly href: string
  readonly protocol: string
  /** The Proxy-Authorization field. */
  readonly auth: string | undefined
  readonly bypassList: readonly string[]
  readonly proxyConnectionOptions: ProxyAddress

  constructor(proxyUrl: string, noProxy: string | undefined) {
    const url = parseProxy(proxyUrl)
    const { hostname, port, protocol, username, password } = url
    this.protocol = protocol
    this.auth = undefined
    if (username || password) {
      const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`
      this.auth = `Basic ${Buffer.from(credentials).toString('base64')}`
      url.username = ''
      url.password = ''
    }
    this.href = this.auth === undefined ? proxyUrl : url.href
    this.bypassList = noProxy ? noProxy.split(',').map(entry => entry.trim().toLowerCase()) : []
    this.proxyConnectionOptions = {
      host: hostname.startsWith('[') ? hostname.slice(1, -1) : hostname,
      port: port ? Number(port) : protocol === 'https:' ? 443 : 80,
    }
  }

  shouldUseProxy(hostname: string, port: unknown): boolean {
    const host = hostname.toLowerCase()
    const authority = port ? `${host}:${port}` : host
    return !this.bypassList.some(entry => isBypassed(entry, host, authority))
  }

  connect(callback: (() => void) | undefined): Socket {
    const address = { ...this.proxyConnectionOptions }
    if (this.protocol !== 'https:') return callback ? connect(address, callback) : connect(address)
    if (secureConnect === undefined) throw invalidProxyConfig('A proxy over https needs the https module')
    return secureConnect(address, callback)
  }
}

/** Matches one entry of NO_PROXY: a host with or without port, a domain suffix, or a range of IPv4 addresses. */
function isBypassed(entry: string, host: string, authority: string): boolean {
  if (entry === '*' || entry === host || entry === authority) return true
  if (entry.startsWith('.')) return host === entry.slice(1) || host.endsWith(entry)
  if (entry.startsWith('*.')) return host.endsWith(entry.slice(1))
  if (!entry.includes('-') || ipVersion(host) !== 4) return false
  const [first = '', last = ''] = entry.split('-').map(part => part.trim())
  if (ipVersion(first) !== 4 || ipVersion(last) !== 4) return false
  const address = numberOf(host)
  return address >= numberOf(first) && address <= numberOf(last)
}

function numberOf(ip: string): number {
  return ip.split('.').reduce((sum, part) => sum * 256 + Number(part), 0)
}

function parseProxy(proxyUrl: string): URL {
  try {
    return new URL(proxyUrl)
  } catch {
    throw invalidProxyConfig(`Invalid proxy URL: ${proxyUrl}`)
  }
}

/** The proxy that an environment specifies for a protocol; lower-case variables take precedence. */
export function proxyUrlFrom(env: NodeJS.Dict<string>, protocol: string): string | null {
  const url = protocol === 'https:' ? env['https_proxy'] || env['HTTPS_PROXY'] : env['http_proxy'] || env['HTTP_PROXY']
  if (!url) return null
  if (/[\r\n]/.test(url)) throw invalidProxyConfig(`Invalid proxy URL: ${url}`)
  return url
}

export function proxyConfigFrom(env: NodeJS.Dict<string>, protocol: string): ProxyConfig | null {
  if (protocol !== 'http:' && protocol !== 'https:') return null
  const url = proxyUrlFrom(env, protocol)
  // Proxies of other protocols are ignored; other software may use them.
  if (url === null || !/^https?:\/\//.test(url)) return null
  return new ProxyConfig(url, env['no_proxy'] || env['NO_PROXY'])
}

export function shouldUseProxy(config: ProxyConfig | null | undefined, options: RequestOptions): boolean {
  if (!config || options.socketPath) return false
  return config.shouldUseProxy(String(options.host || 'localhost'), options.port)
}
