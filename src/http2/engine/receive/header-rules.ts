// Decides whether a message is malformed: RFC 9113 section 8, RFC 8441. Receives a block's fields one by one as they are
// decoded, and gives the verdict at its end. The limits of Node's header options are enforced here as well.

import {
  AUTHORITY,
  BAD_NAME,
  BAD_TARGET,
  BAD_VALUE,
  CONNECTION_SPECIFIC,
  CONTENT_LENGTH,
  HOST,
  KIND_MASK,
  METHOD,
  PADDED_VALUE,
  PATH,
  PRIORITY,
  PROTOCOL,
  SCHEME,
  STATUS,
  TE,
  UNKNOWN_PSEUDO,
} from '../../wire/fields.ts'
import type { FieldSink } from '../../wire/hpack-decoder.ts'
import { ENTRY_OVERHEAD } from '../../wire/static-table.ts'
import { HeaderBlock } from './header-block.ts'

/** The kind of a header block; the request of a PUSH_PROMISE is a `request`. */
export type BlockKind = 'request' | 'response' | 'trailers'

export class HeaderRules implements FieldSink {
  readonly #maxPairs: number
  readonly #dropsPadded: boolean
  /** The peer may use extended CONNECT, because we have sent SETTINGS_ENABLE_CONNECT_PROTOCOL. */
  allowsProtocol = false

  #block = new HeaderBlock()
  #kind: BlockKind = 'request'
  #maxListSize = 0
  #pairs = 0
  #listSize = 0
  #hasRegular = false
  #hasHost = false
  #fault: string | undefined = undefined
  #priority: string | undefined = undefined

  constructor(maxPairs: number, dropsPadded: boolean) {
    this.#maxPairs = maxPairs
    this.#dropsPadded = dropsPadded
  }

  /** @param maxListSize - bytes of a decoded block, as SETTINGS_MAX_HEADER_LIST_SIZE counts them */
  begin(kind: BlockKind, maxListSize: number): void {
    this.#maxListSize = maxListSize
    this.#block = new HeaderBlock()
    this.#kind = kind
    this.#pairs = 0
    this.#listSize = 0
    this.#hasRegular = false
    this.#hasHost = false
    this.#fault = undefined
    this.#priority = undefined
  }

  get block(): HeaderBlock {
    return this.#block
  }

  /** The `priority` field, RFC 9218. */
  get priority(): string | undefined {
    return this.#priority
  }

  get listSize(): number {
    return this.#listSize
  }

  /** The name of the limit that the block exceeds. */
  get passedLimit(): 'maxHeaderListPairs' | 'maxHeaderListSize' | undefined {
    if (this.#pairs > this.#maxPairs) return 'maxHeaderListPairs'
    return this.#listSize > this.#maxListSize ? 'maxHeaderListSize' : undefined
  }

  onField(name: string, value: string, marks: number, isSensitive: boolean): boolean {
    this.#listSize += name.length + value.length + ENTRY_OVERHEAD
    // Beyond a limit no field is kept; the rest of the block is decoded only to keep the dynamic table correct.
    if (++this.#pairs > this.#maxPairs || this.#listSize > this.#maxListSize) return false
    if (this.#fault !== undefined) return true
    const kind = marks & KIND_MASK
    if (marks > KIND_MASK && !this.#passes(marks, kind)) return true
    if (kind !== 0 && !this.#readKnown(kind, value)) return true
    if (kind === 0 || kind > UNKNOWN_PSEUDO) this.#hasRegular = true
    this.#block.pairs.push(name, value)
    if (isSensitive) {
      this.#block.sensitive ??= []
      this.#block.sensitive.push(name)
    }
    return true
  }

  /** The rule that the block breaks; undefined: well-formed. */
  finish(): string | undefined {
    if (this.#fault !== undefined) return this.#fault
    const block = this.#block
    if (this.#kind === 'trailers') return undefined
    if (this.#kind === 'response') return responseFault(block)
    return requestFault(block, this.#hasHost, this.allowsProtocol)
  }

  /** Checks a field that is marked as irregular. @returns false if it must not be kept */
  #passes(marks: number, kind: number): boolean {
    const isPseudo = kind !== 0 && kind <= UNKNOWN_PSEUDO
    if (marks & BAD_NAME) this.#fault = 'a field name is not valid'
    else if (marks & BAD_VALUE) this.#fault = 'a field value is not valid'
    else if (marks & BAD_TARGET && this.#kind === 'request') this.#fault = `${targets[kind]} is not valid`
    else if ((marks & PADDED_VALUE) === 0) return true
    else if (isPseudo) this.#fault = 'a pseudo-header begins or ends with a space'
    // RFC 9113 section 8.2.1 calls the message malformed; Node drops the field instead.
    else if (!this.#dropsPadded) return true
    if (!isPseudo) this.#hasRegular = true
    return false
  }

  /** Reads a field that the engine interprets. @returns false if it must not be kept */
  #readKnown(kind: number, value: string): boolean {
    if (kind <= UNKNOWN_PSEUDO) this.#fault = this.#readPseudo(kind, value)
    else if (kind === CONTENT_LENGTH) {
      // Some servers send it with 204, which has no content: RFC 9110 section 8.6.
      if (value === '0' && this.#block.status === 204) return false
      this.#fault = this.#readContentLength(value)
    } else if (kind === CONNECTION_SPECIFIC) this.#fault = 'a connection-specific field'
    else if (kind === TE && value !== 'trailers' && value.toLowerCase() !== 'trailers')
      this.#fault = 'te with something but trailers'
    else if (kind === HOST) {
      if (this.#hasHost && this.#kind === 'request') this.#fault = 'host twice'
      this.#hasHost = true
    } else if (kind === PRIORITY) this.#priority = this.#priority === undefined ? value : `${this.#priority}, ${value}`
    return this.#fault === undefined
  }

  #readPseudo(kind: number, value: string): string | undefined {
    const block = this.#block
    if (this.#hasRegular) return 'a pseudo-header after a regular field'
    if (this.#kind === 'trailers') return 'a pseudo-header among trailers'
    if ((kind === STATUS) !== (this.#kind === 'response')) return 'a pseudo-header that does not belong there'
    switch (kind) {
      case METHOD:
        if (block.method !== undefined) return ':method twice'
        block.method = value
        return undefined
      case SCHEME:
        if (block.scheme !== undefined) return ':scheme twice'
        block.scheme = value
        return undefined
      case AUTHORITY:
        if (block.authority !== undefined) return ':authority twice'
        block.authority = value
        return undefined
      case PATH:
        if (block.path !== undefined) return ':path twice'
        block.path = value
        return undefined
      case PROTOCOL:
        if (block.protocol !== undefined) return ':protocol twice'
        block.protocol = value
        return undefined
      case STATUS:
        if (block.status !== 0) return ':status twice'
        block.status = statusOf(value)
        return block.status === 0 ? ':status is not three digits' : undefined
      default:
        return 'an unknown pseudo-header'
    }
  }

  #readContentLength(value: string): string | undefined {
    const { status } = this.#block
    if (status === 204 || (status > 0 && status < 200)) return 'content-length in a response without content'
    // Fifteen digits suffice, and are exact as a number.
    if (value.length === 0 || value.length > 15) return 'content-length is not valid'
    let length = 0
    for (let i = 0; i < value.length; i++) {
      const digit = value.charCodeAt(i) - 0x30
      if (digit < 0 || digit > 9) return 'content-length is not valid'
      length = length * 10 + digit
    }
    if (this.#block.contentLength >= 0) return 'content-length twice'
    this.#block.contentLength = length
    return undefined
  }
}

const targets: Readonly<Record<number, string>> = { [AUTHORITY]: ':authority', [HOST]: 'host', [SCHEME]: ':scheme' }

function responseFault(block: HeaderBlock): string | undefined {
  if (block.status === 0) return ':status is missing'
  return block.status === 101 ? 'status 101' : undefined
}

/** RFC 9113 section 8.3.1; section 8.5 for CONNECT; RFC 8441 section 4 for CONNECT with a protocol. */
function requestFault(block: HeaderBlock, hasHost: boolean, allowsProtocol: boolean): string | undefined {
  const { method, scheme, path, authority } = block
  if (method === undefined) return ':method is missing'
  if (method !== 'GET' && method !== 'POST' && !isToken(method)) return ':method is not valid'
  if (block.protocol !== undefined) {
    if (!allowsProtocol) return ':protocol was not offered'
    if (method !== 'CONNECT') return ':protocol without CONNECT'
    if (authority === undefined) return ':authority is missing'
  } else if (method === 'CONNECT') {
    if (scheme !== undefined || path !== undefined) return 'CONNECT with :scheme or :path'
    return authority === undefined ? 'CONNECT without :authority' : undefined
  }
  if (scheme === undefined) return ':scheme is missing'
  if (path === undefined || path === '') return ':path is missing'
  if (holdsSpace(path)) return ':path is not valid'
  if (scheme === 'http' || scheme === 'https') {
    if (path.charCodeAt(0) !== 0x2f && !(path === '*' && method === 'OPTIONS')) return ':path is not valid'
  }
  return authority === undefined && !hasHost ? ':authority and host are missing' : undefined
}

function statusOf(value: string): number {
  if (value.length !== 3) return 0
  let status = 0
  for (let i = 0; i < 3; i++) {
    const digit = value.charCodeAt(i) - 0x30
    if (digit < 0 || digit > 9) return 0
    status = status * 10 + digit
  }
  return status >= 100 ? status : 0
}

/** Space and tab only: wire/fields.ts has already rejected the other control characters. */
function holdsSpace(value: string): boolean {
  return value.includes(' ') || value.includes('\t')
}

/** RFC 9110 section 5.6.2. */
function isToken(value: string): boolean {
  if (value.length === 0) return false
  for (let i = 0; i < value.length; i++) if (tokenBytes[value.charCodeAt(i)] !== 1) return false
  return true
}

const tokenBytes = new Uint8Array(256)
for (const character of "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
  tokenBytes[character.charCodeAt(0)] = 1
