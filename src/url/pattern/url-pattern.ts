// URLPattern: eight patterns, one for each component of a URL. Argument checks and errors are those of Node's class.
// URL Pattern standard, section 1 "URLPattern class".

import { type CodedError, codedError } from '../../core/errors.ts'
import { isUrl } from '../is-url.ts'
import {
  fragmentOf,
  hostOf,
  passwordOf,
  pathnameOf,
  protocolOf,
  queryOf,
  type UrlRecord,
  usernameOf,
} from '../parser/record.ts'
import { defaultPorts, NO_PORT, schemeTypeOf } from '../parser/schemes.ts'
import { parseUrl } from '../parser/url-parser.ts'
import { toUSVString } from '../usv-string.ts'
import {
  canonicalizeCredential,
  canonicalizeDomain,
  canonicalizeHash,
  canonicalizeHostname,
  canonicalizeIpv6,
  canonicalizeOpaquePathname,
  canonicalizePathname,
  canonicalizePort,
  canonicalizeProtocol,
  canonicalizeSearch,
} from './canonicalize.ts'
import { Component } from './component.ts'
import { isSpecialScheme, matchesSpecialScheme, parseConstructorString } from './constructor-string.ts'
import { type ComponentName, type ComponentTexts, componentNames, type PatternInit, processInit } from './init.ts'
import { PatternError } from './pattern-errors.ts'

interface ComponentResult {
  /** What was matched. */
  input: string
  groups: Record<string, string | undefined>
}

type Input = string | PatternInit

interface Result extends Record<ComponentName, ComponentResult> {
  /** The arguments. */
  inputs: Input[]
}

interface Options {
  /** For pathname, search and hash. Default: false. */
  ignoreCase?: boolean
}

/** As a base: the types of Node let it pass, though Node itself takes text alone. */
interface UrlObject {
  readonly href: string
  readonly protocol: string
}

/** Throws for any `this` but a pattern. Set in the class, which alone can reach its fields. */
let componentsOf: (value: unknown) => Readonly<Record<ComponentName, Component>>

class Pattern {
  readonly #components: Readonly<Record<ComponentName, Component>>

  constructor(input?: Input, baseURL?: string | UrlObject | Options, options?: Options) {
    const init = readInput(input, 'Input must be an object or a string')
    const [base, rest] = readBaseAndOptions(baseURL, options, arguments.length)
    const ignoreCase = readIgnoreCase(rest)
    this.#components = attempt('construct', 'ERR_INVALID_URL_PATTERN', () => compile(init, base, ignoreCase))
  }

  get protocol(): string {
    return componentsOf(this).protocol.patternString
  }

  get username(): string {
    return componentsOf(this).username.patternString
  }

  get password(): string {
    return componentsOf(this).password.patternString
  }

  get hostname(): string {
    return componentsOf(this).hostname.patternString
  }

  get port(): string {
    return componentsOf(this).port.patternString
  }

  get pathname(): string {
    return componentsOf(this).pathname.patternString
  }

  get search(): string {
    return componentsOf(this).search.patternString
  }

  get hash(): string {
    return componentsOf(this).hash.patternString
  }

  /** Whether any component has a regular expression in parentheses. */
  get hasRegExpGroups(): boolean {
    const components = componentsOf(this)
    return componentNames.some(name => components[name].hasRegExpGroups)
  }

  /** What each component matched, or null. */
  exec(input?: Input, baseURL?: string | UrlObject): Result | null {
    const components = componentsOf(this)
    const [url, inputs] = readMatch('exec', input, baseURL)
    if (url === null) return null
    const results: Partial<Record<ComponentName, ComponentResult>> = {}
    for (const name of componentNames) {
      const text = url[name] ?? ''
      const groups = components[name].match(text)
      if (groups === undefined) return null
      results[name] = { groups, input: text }
    }
    // In Node's order, which is that of the alphabet.
    return Object.assign(Object.create(null), {
      hash: results.hash,
      hostname: results.hostname,
      inputs,
      password: results.password,
      pathname: results.pathname,
      port: results.port,
      protocol: results.protocol,
      search: results.search,
      username: results.username,
    })
  }

  test(input?: Input, baseURL?: string | UrlObject): boolean {
    const components = componentsOf(this)
    const [url] = readMatch('test', input, baseURL)
    return url !== null && componentNames.every(name => components[name].matches(url[name] ?? ''))
  }

  static {
    componentsOf = value => {
      if (typeof value !== 'object' || value === null || !(#components in value))
        throw new TypeError('Illegal invocation')
      return value.#components
    }
  }

  declare readonly [Symbol.toStringTag]: string
}

/** The class, callable only with `new`, and with Node's error otherwise. */
export const URLPattern: typeof Pattern = new Proxy(Pattern, {
  apply() {
    throw codedError(TypeError, 'ERR_CONSTRUCT_CALL_REQUIRED', 'Cannot call constructor without `new`')
  },
})

Object.defineProperties(Pattern, { name: { value: 'URLPattern' }, length: { value: 0 } })
for (const name of [...componentNames, 'hasRegExpGroups', 'exec', 'test']) {
  Object.defineProperty(Pattern.prototype, name, { enumerable: true })
}
Object.defineProperty(Pattern.prototype, 'constructor', { value: URLPattern })
Object.defineProperty(Pattern.prototype, Symbol.toStringTag, { configurable: true, value: 'URLPattern' })

/** Create: from the texts to the eight components. */
function compile(input: Input, base: string | undefined, ignoreCase: boolean): Record<ComponentName, Component> {
  let init = input
  if (typeof init === 'string') {
    init = parseConstructorString(init)
    if (base !== undefined) init.baseURL = base
    else if (init.protocol === undefined) throw new PatternError('No protocol and no base URL')
  } else if (base !== undefined) throw new PatternError('Two base URLs')
  const texts = processInit(init, true, {})
  for (const name of componentNames) texts[name] ??= '*'
  const complete = texts as Required<ComponentTexts>
  const defaultPort = defaultPorts[schemeTypeOf(complete.protocol)]
  if (isSpecialScheme(complete.protocol) && complete.port === `${defaultPort}`) complete.port = ''

  const plain = { delimiter: '', prefix: '', ignoreCase: false }
  const protocol = new Component(complete.protocol, canonicalizeProtocol, plain)
  const isSpecial = matchesSpecialScheme(protocol)
  let encodeHost = isSpecial ? canonicalizeDomain : canonicalizeHostname
  if (/^(\[|\{\[|\\\[)/.test(complete.hostname) && complete.hostname.length > 1) encodeHost = canonicalizeIpv6
  const caseOptions = { ...plain, ignoreCase }
  return {
    protocol,
    username: new Component(complete.username, canonicalizeCredential, plain),
    password: new Component(complete.password, canonicalizeCredential, plain),
    hostname: new Component(complete.hostname, encodeHost, { ...plain, delimiter: '.' }),
    port: new Component(complete.port, text => canonicalizePort(text), plain),
    pathname: isSpecial
      ? new Component(complete.pathname, canonicalizePathname, { delimiter: '/', prefix: '/', ignoreCase })
      : new Component(complete.pathname, canonicalizeOpaquePathname, caseOptions),
    search: new Component(complete.search, canonicalizeSearch, caseOptions),
    hash: new Component(complete.hash, canonicalizeHash, caseOptions),
  }
}

/** The components of the URL to match, or null where there is none; and the arguments as the result shows them. */
function readMatch(
  operation: string,
  input: Input | undefined,
  baseUrl: string | UrlObject | undefined,
): [ComponentTexts | null, Input[]] {
  const read = readInput(input, 'URLPattern input needs to be a string or an object')
  const baseURL = isUrl(baseUrl) ? baseUrl.href : baseUrl
  if (baseURL !== undefined && typeof baseURL !== 'string') throw argumentError('baseURL must be a string')
  const inputs: Input[] = input === undefined ? [{}] : [input]
  if (typeof read !== 'string') {
    if (baseURL !== undefined) throw operationError(operation, 'ERR_OPERATION_FAILED')
    try {
      return [processInit(read, false, emptyTexts), inputs]
    } catch (error) {
      if (error instanceof PatternError) return [null, inputs]
      throw error
    }
  }
  let base: UrlRecord | undefined
  if (baseURL !== undefined) {
    base = parseUrl(baseURL, null)
    if (base === undefined) return [null, inputs]
    inputs.push(baseURL)
  }
  const record = parseUrl(read, base ?? null)
  return [record === undefined ? null : textsOf(record), inputs]
}

function textsOf(record: UrlRecord): ComponentTexts {
  return {
    protocol: protocolOf(record).slice(0, -1),
    username: usernameOf(record),
    password: passwordOf(record),
    hostname: hostOf(record) ?? '',
    port: record.port === NO_PORT ? '' : `${record.port}`,
    pathname: pathnameOf(record),
    search: queryOf(record) ?? '',
    hash: fragmentOf(record) ?? '',
  }
}

const emptyTexts: ComponentTexts = Object.fromEntries(componentNames.map(name => [name, '']))

/** A copy, with the conversions of Web IDL: an object's getters may throw, and what they throw is the caller's. */
function readInput(input: unknown, message: string): Input {
  if (input === undefined || input === null) return {}
  if (typeof input === 'string') return toUSVString(input)
  if (typeof input !== 'object') throw argumentError(message)
  const init: PatternInit = {}
  for (const name of [...componentNames, 'baseURL'] as const) {
    const value = (input as Record<string, unknown>)[name]
    if (value !== undefined) init[name] = toUSVString(value)
  }
  return init
}

function readBaseAndOptions(base: unknown, third: unknown, count: number): [string | undefined, unknown] {
  const second = isUrl(base) ? base.href : base
  if (count > 2 && third !== undefined && third !== null) {
    if (typeof second !== 'string') throw argumentError('second argument must be a string')
    return [toUSVString(second), third]
  }
  if (second === undefined || second === null) return [undefined, undefined]
  if (typeof second === 'string') return [toUSVString(second), undefined]
  if (typeof second !== 'object') throw argumentError('second argument must be a string or object')
  return [undefined, second]
}

function readIgnoreCase(options: unknown): boolean {
  if (options === undefined) return false
  if (typeof options !== 'object' || options === null) throw argumentError('options must be an object')
  const { ignoreCase } = options as { ignoreCase?: unknown }
  if (ignoreCase === undefined) return false
  if (typeof ignoreCase !== 'boolean') throw argumentError('options.ignoreCase must be a boolean')
  return ignoreCase
}

function attempt<T>(operation: string, code: string, action: () => T): T {
  try {
    return action()
  } catch (error) {
    if (error instanceof PatternError) throw operationError(operation, code)
    throw error
  }
}

function operationError(operation: string, code: string): TypeError & CodedError {
  return codedError(TypeError, code, `Failed to ${operation} URLPattern`)
}

function argumentError(message: string): TypeError & CodedError {
  return codedError(TypeError, 'ERR_INVALID_ARG_TYPE', message)
}
