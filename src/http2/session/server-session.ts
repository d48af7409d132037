// A server's session. Node's documentation, "Class: ServerHttp2Session".

import type { EventEmitter } from 'node:events'
import type { Http2SecureServer, Http2Server } from 'node:http2'
import { invalidArgType, outOfRange } from '../../core/errors.ts'
import { validateString } from '../../core/validate.ts'
import type { Connection, Host } from '../../host/types.ts'
import { URL } from '../../url/index.ts'
import {
  altsvcInvalidOrigin,
  altsvcLength,
  invalidCharacter,
  invalidOrigin,
  invalidSession,
  originLength,
} from '../errors.ts'
import { SESSION_SERVER } from '../numbers.ts'
import type { CompleteOptions } from '../options.ts'
import { kSession } from '../symbols.ts'
import { Http2Session } from './session.ts'

const kOwner = Symbol('owner')

/** The server, as its sessions see it. */
export interface SessionOwner {
  readonly server: EventEmitter
  /** The session has ended. */
  _sessionClosed(session: ServerHttp2Session): void
}

/** A frame's payload of 16,384 bytes, less the two bytes of the origin's length. */
const MAX_ANNOUNCEMENT = 2 ** 14 - 2

// biome-ignore lint/suspicious/noControlCharactersInRegex: a tab is one that may stand there
const quotable = /^[\x09\x20-\x5b\x5d-\x7e\x80-\xff]*$/

export class ServerHttp2Session extends Http2Session {
  declare [kOwner]: SessionOwner | undefined

  constructor(options: CompleteOptions, owner: SessionOwner | undefined, host: Host) {
    super(SESSION_SERVER, options, host)
    this[kOwner] = owner
  }

  /** Undefined for a session of performServerHandshake(), although Node declares it as always present. */
  get server(): Http2Server | Http2SecureServer {
    return this[kOwner]?.server as Http2Server | Http2SecureServer
  }

  altsvc(alt: string, originOrStream?: unknown): void {
    if (this.destroyed) throw invalidSession()
    let streamId = 0
    let origin = ''
    if (typeof originOrStream === 'number') {
      if (originOrStream >>> 0 !== originOrStream || originOrStream === 0) {
        throw outOfRange('originOrStream', `> 0 && < ${2 ** 32}`, originOrStream)
      }
      streamId = originOrStream
    } else if (originOrStream !== undefined) origin = altsvcOrigin(originOrStream)
    validateString(alt, 'alt')
    if (!quotable.test(alt)) throw invalidCharacter('alt')
    if (alt.length + origin.length > MAX_ANNOUNCEMENT) throw altsvcLength()
    this[kSession].carrier?.engine.altsvc(streamId, origin, alt)
  }

  origin(...origins: unknown[]): void {
    if (this.destroyed) throw invalidSession()
    if (origins.length === 0) return
    let length = 0
    const list = origins.map(one => {
      const origin = typeof one === 'string' ? new URL(one).origin : (one as { origin?: unknown } | null)?.origin
      validateString(origin, 'origin')
      if (origin === 'null') throw invalidOrigin()
      length += origin.length
      return origin
    })
    if (length > MAX_ANNOUNCEMENT) throw originLength()
    this[kSession].carrier?.engine.origin(list)
  }

  override _open(connection: Connection): void {
    super._open(connection)
    const { origins } = this[kSession].options
    if (origins !== undefined) this.origin(...origins)
  }

  override _unbound(): void {
    this[kOwner]?._sessionClosed(this)
  }
}

/** The origin of a URL's text, or the `origin` of an object, unchanged. */
function altsvcOrigin(given: unknown): string {
  if (typeof given === 'string') {
    const { origin } = new URL(given)
    if (origin === 'null') throw altsvcInvalidOrigin()
    return origin
  }
  const origin = (given as { origin?: unknown } | null)?.origin
  if (typeof origin !== 'string') {
    throw invalidArgType('originOrStream', ['string', 'number', 'URL', 'object'], given)
  }
  if (origin === 'null' || origin.length === 0) throw altsvcInvalidOrigin()
  return origin
}
