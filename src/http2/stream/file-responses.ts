// respondWithFile and respondWithFD: a descriptor's content as a response's body. Node's documentation,
// "http2stream.respondWithFile", "http2stream.respondWithFD".

// The module as an object: programs put functions of their own in its place, and Node's http2 calls those.
import fs, { type Stats } from 'node:fs'
import type { OutgoingHttpHeaders } from 'node:http'
import { invalidArgType, invalidArgValue } from '../../core/errors.ts'
import { headersSent, invalidStream, payloadForbidden, sendFile, sendFileNoSeek } from '../errors.ts'
import { INTERNAL_ERROR } from '../numbers.ts'
import type { OwningSession } from '../session/owning-session.ts'
import { kMaybeDestroy, kSession, kStream, kTouch } from '../symbols.ts'
import { validateOptionalObject } from '../validate.ts'
import { fieldPairs, type HeaderObject, responsePseudo, sensitiveNames } from './header-map.ts'
import { askForTrailers, type Http2Stream } from './http2-stream.ts'
import { isBodiless, prepareResponseObject } from './response-headers.ts'

/** The part that `statCheck` may still change. */
export interface StatOptions {
  offset: number
  length: number
}

export interface FileOptions {
  waitForTrailers?: boolean | undefined
  sendDate?: boolean | undefined
  offset?: number | undefined
  length?: number | undefined
  statCheck?: ((stats: Stats, headers: OutgoingHttpHeaders, options: StatOptions) => unknown) | undefined
  onError?: ((error: Error) => void) | undefined
}

/** A server's stream, as far as files go. */
interface FileStream extends Http2Stream {
  /** Whether the descriptor is closed with the answer. */
  ownsFd?: boolean | undefined
  readonly headRequest: boolean
  _sendHead(pairs: readonly string[], sensitive: ReadonlySet<string> | undefined): void
}

interface Answer {
  readonly stream: FileStream
  readonly headers: HeaderObject
  readonly options: FileOptions
}

const CHUNK_BYTES = 64 * 1024
const nothing = (): void => {}

export function respondWithDescriptor(
  stream: FileStream,
  given: unknown,
  headers: HeaderObject | undefined,
  fileOptions: FileOptions | undefined,
): void {
  const options = checkOptions(stream, fileOptions)
  const fd = descriptorOf(given)
  stream.ownsFd = false
  const answer = { stream, headers: prepare(stream, headers, options), options }
  if (options.statCheck === undefined) send(answer, fd, options.offset ?? 0, options.length ?? -1)
  else fs.fstat(fd, (error, stats) => afterDescriptorStat(answer, fd, error, stats))
}

export function respondWithPath(
  stream: FileStream,
  path: string | Buffer | URL,
  headers: HeaderObject | undefined,
  fileOptions: FileOptions | undefined,
): void {
  const options = checkOptions(stream, fileOptions)
  stream.ownsFd = true
  const answer = { stream, headers: prepare(stream, headers, options), options }
  fs.open(path, 'r', (error, fd) => {
    if (error) fail(answer, error)
    else if (stream.destroyed || stream.closed) fs.close(fd, nothing)
    else fs.fstat(fd, (statError, stats) => afterFileStat(answer, fd, statError, stats))
  })
}

function checkOptions(stream: FileStream, given: FileOptions | undefined): FileOptions {
  if (stream.destroyed || stream.closed) throw invalidStream()
  if (stream.headersSent) throw headersSent()
  validateOptionalObject(given, 'options')
  const options = { ...given }
  const { offset, length, statCheck } = options
  if (offset !== undefined && typeof offset !== 'number') throw invalidArgValue('options.offset', offset)
  if (length !== undefined && typeof length !== 'number') throw invalidArgValue('options.length', length)
  if (statCheck !== undefined && typeof statCheck !== 'function') throw invalidArgValue('options.statCheck', statCheck)
  return options
}

/** A number, or a FileHandle of fs/promises. */
function descriptorOf(given: unknown): number {
  if (typeof given === 'number') return given
  const fd = (given as { fd?: unknown } | null)?.fd
  if (typeof given !== 'object' || typeof fd !== 'number') throw invalidArgType('fd', ['number', 'FileHandle'], given)
  return fd
}

function prepare(stream: FileStream, given: HeaderObject | undefined, options: FileOptions): HeaderObject {
  if (options.waitForTrailers) stream[kStream].hasTrailers = true
  stream[kTouch]()
  const { clock } = (stream[kStream].session as OwningSession)[kSession].host
  const { headers, status } = prepareResponseObject(given, options.sendDate ?? true, clock)
  if (isBodiless(status) || stream.headRequest) throw payloadForbidden(status)
  return headers
}

function afterDescriptorStat({ stream, headers, options }: Answer, fd: number, error: Error | null, stats: Stats) {
  if (error) {
    stream.destroy(error)
    return
  }
  if (stream.destroyed || stream.closed) {
    stream.destroy(invalidStream())
    return
  }
  const range = { offset: options.offset ?? 0, length: options.length ?? -1 }
  if (options.statCheck?.call(stream, stats, headers as OutgoingHttpHeaders, range) === false || stream.headersSent)
    return
  send({ stream, headers, options }, fd, range.offset | 0, range.length | 0)
}

function afterFileStat(answer: Answer, fd: number, error: Error | null, stats: Stats): void {
  const { stream, headers, options } = answer
  const refusal = error ?? refusalOf(stats, options)
  if (refusal) {
    fs.close(fd, nothing)
    fail(answer, refusal)
    return
  }
  if (stream.destroyed || stream.closed) {
    fs.close(fd, nothing)
    stream.destroy(invalidStream())
    return
  }
  const range = { offset: options.offset ?? 0, length: options.length ?? -1 }
  if (options.statCheck?.call(stream, stats, headers as OutgoingHttpHeaders, range) === false || stream.headersSent) {
    fs.close(fd, nothing)
    return
  }
  if (!stats.isFile()) {
    send(answer, fd, -1, -1)
    return
  }
  const rest = stats.size - range.offset
  const length = range.length < 0 ? rest : Math.min(rest, range.length)
  headers['content-length'] = length
  send(answer, fd, range.offset | 0, length)
}

/** What is no regular file has no length and no places in it. */
function refusalOf(stats: Stats, { offset, length }: FileOptions): Error | undefined {
  if (stats.isFile()) return undefined
  if (stats.isDirectory()) return sendFile()
  return offset !== undefined || length !== undefined ? sendFileNoSeek() : undefined
}

function fail({ stream, options }: Answer, error: Error): void {
  if (options.onError) options.onError(error)
  else stream.destroy(error)
}

/** @param offset - below zero: from where the descriptor stands; @param length - below zero: to its end */
function send({ stream, headers }: Answer, fd: number, offset: number, length: number): void {
  const state = stream[kStream]
  const { isStrict } = (stream[kStream].session as OwningSession)[kSession].options
  const owned = stream.ownsFd === true
  let pairs: string[]
  try {
    pairs = fieldPairs(headers, responsePseudo, isStrict)
  } catch (error) {
    if (owned) fs.close(fd, nothing)
    stream.destroy(error as Error)
    return
  }
  state.headersSent = true
  state.sentHeaders = headers
  stream._sendHead(pairs, sensitiveNames(headers))
  // The program's side is done; what follows goes past the Duplex.
  Object.defineProperty(stream, '_final', { value: null, writable: true, configurable: true })
  stream.end()
  new FilePump(stream, fd, offset, length, owned).next()
}

/** Reads a chunk, sends it, and reads the next once that has left. */
class FilePump {
  readonly #stream: FileStream
  readonly #fd: number
  #ownsFd: boolean
  #position: number
  #rest: number

  constructor(stream: FileStream, fd: number, offset: number, length: number, ownsFd: boolean) {
    this.#stream = stream
    this.#fd = fd
    this.#ownsFd = ownsFd
    this.#position = offset
    this.#rest = length < 0 ? Number.POSITIVE_INFINITY : length
  }

  next(): void {
    if (this.#stream.destroyed) {
      this.#release()
      return
    }
    const size = Math.min(CHUNK_BYTES, this.#rest)
    if (size === 0) {
      this.#finish()
      return
    }
    const position = this.#position < 0 ? null : this.#position
    fs.read(this.#fd, Buffer.allocUnsafe(size), 0, size, position, (error, count, buffer) => {
      if (error) this.#fail()
      else if (count === 0) this.#finish()
      else this.#send(buffer.subarray(0, count))
    })
  }

  #send(bytes: Uint8Array): void {
    const stream = this.#stream
    const { engineStream, session, hasTrailers } = stream[kStream]
    if (this.#position >= 0) this.#position += bytes.length
    this.#rest -= bytes.length
    const isLast = this.#rest === 0 && !hasTrailers
    // Counted, so that a time-out sees that something is under way.
    this.#count(bytes.length)
    const done = (wasSent: boolean): void => {
      this.#count(-bytes.length)
      stream[kTouch]()
      if (isLast || !wasSent) this.#release()
      else this.next()
    }
    const engine = session?.[kSession].carrier?.engine
    const isQueued = engineStream !== undefined && engine?.sendData(engineStream, bytes, { done, endStream: isLast })
    if (!isQueued) this.#release()
  }

  #count(change: number): void {
    const state = this.#stream[kStream]
    // Gone with its session: what it had under way was subtracted there.
    if (state.session === undefined) return
    state.writeBytes += change
    state.session[kSession].writeQueueSize += change
  }

  #finish(): void {
    this.#release()
    const stream = this.#stream
    const { engineStream, session, hasTrailers } = stream[kStream]
    if (hasTrailers) askForTrailers(stream)
    else if (engineStream !== undefined) {
      session?.[kSession].carrier?.engine.sendData(engineStream, Buffer.alloc(0), { endStream: true })
    }
    stream[kMaybeDestroy]()
  }

  #fail(): void {
    this.#release()
    this.#stream.close(INTERNAL_ERROR)
  }

  #release(): void {
    if (this.#ownsFd) fs.close(this.#fd, nothing)
    this.#ownsFd = false
  }
}
