// Normalizes the overloads of `http.request`.

import { invalidArgType } from '../../core/errors.ts'
import { URL, urlToHttpOptions } from '../../url/index.ts'
import type { IncomingMessage } from '../message/incoming-message.ts'
import type { HeaderValue } from '../message/outgoing-fields.ts'

export type ResponseListener = (response: IncomingMessage) => void

/** An agent, or any object with its `addRequest` method. */
export interface RequestAgent {
  addRequest(request: never, options: never): void
}

export interface RequestOptions {
  [option: string]: unknown
  agent?: RequestAgent | false | null | undefined
  _defaultAgent?: RequestAgent | undefined
  auth?: string | null | undefined
  createConnection?: ((options: object, done: (error: Error | null, socket?: never) => void) => unknown) | undefined
  defaultPort?: number | string | undefined
  headers?: Record<string, HeaderValue> | readonly unknown[] | undefined
  highWaterMark?: number | null | undefined
  host?: string | null | undefined
  hostname?: string | null | undefined
  httpValidation?: 'strict' | 'relaxed' | 'insecure' | undefined
  insecureHTTPParser?: boolean | undefined
  joinDuplicateHeaders?: boolean | undefined
  maxHeaderSize?: number | undefined
  method?: string | null | undefined
  path?: string | null | undefined
  port?: number | string | null | undefined
  protocol?: string | null | undefined
  setDefaultHeaders?: boolean | undefined
  setHost?: boolean | undefined
  signal?: AbortSignal | undefined
  socketPath?: string | undefined
  timeout?: number | undefined
  uniqueHeaders?: readonly string[] | undefined
}

export interface RequestArguments {
  readonly options: RequestOptions
  readonly listener: ResponseListener | undefined
}

/** (url, options, listener), (url, listener), (options, listener), and each without a listener. */
export function readArguments(first: unknown, second: unknown, third: unknown): RequestArguments {
  let url: object | null = null
  let options = second
  let listener = third
  if (typeof first === 'string') url = urlToHttpOptions(new URL(first) as never)
  else if (isUrl(first)) url = urlToHttpOptions(first as never)
  else {
    listener = second
    options = first
  }
  if (typeof options === 'function') {
    listener = options
    options = url ?? {}
    url = null
  }
  // Every request gets these two; added later, they would give each such object its own hidden class (Node 20).
  const complete: RequestOptions = Object.assign({ host: undefined, port: undefined }, url, options)
  Object.setPrototypeOf(complete, null)
  return { options: complete, listener: listener as ResponseListener | undefined }
}

function isUrl(value: unknown): value is URL {
  const url = value as { href?: unknown; protocol?: unknown; auth?: unknown; path?: unknown } | null | undefined
  return Boolean(url?.href && url.protocol && url.auth === undefined && url.path === undefined)
}

export function checkHost(host: unknown, name: string): string | null | undefined {
  if (host !== null && host !== undefined && typeof host !== 'string') {
    throw invalidArgType(`options.${name}`, ['string', 'undefined', 'null'], host)
  }
  return host
}

/** The host as written in a Host field: brackets around IPv6, no port. */
export function bracketed(host: string): string {
  const colon = host.indexOf(':')
  const isIpv6 = colon !== -1 && host.includes(':', colon + 1) && host[0] !== '['
  return isIpv6 ? `[${host}]` : host
}
