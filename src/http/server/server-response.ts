// http.ServerResponse: the answer to one request. Source: Node's documentation, "Class: http.ServerResponse".

import { callableClass } from '../../core/callable-class.ts'
import { invalidArgValue } from '../../core/errors.ts'
import { validateInteger, validateObject } from '../../core/validate.ts'
import type { Socket } from '../../net/internal.ts'
import { STATUS_CODES } from '../constants.ts'
import { serverResponseCreated } from '../diagnostics.ts'
import { headersSent, invalidCharacter, invalidStatusCode, socketAssigned } from '../errors.ts'
import type { WriteDone } from '../message/carrier.ts'
import { chunkedToken, type GivenHeaders } from '../message/head-writer.ts'
import { validateHeaderName, validateHeaderValue } from '../message/header-validation.ts'
import type { IncomingMessage } from '../message/incoming-message.ts'
import { formatLinks } from '../message/link-header.ts'
import { emitClose } from '../message/outgoing-body.ts'
import type { HeaderValue, OutgoingFields } from '../message/outgoing-fields.ts'
import { OutgoingMessage, type OutgoingMessageConstructor, PlainOutgoingMessage } from '../message/outgoing-message.ts'
import { kState, type OutgoingOptions } from '../message/outgoing-state.ts'
import type { AssignableSocket } from '../message/socket-outlet.ts'
import { hasInvalidValueCharacter } from '../wire/field-rules.ts'

/** What a response asks of the request that it answers. */
interface AnsweredRequest {
  readonly headers: NodeJS.Dict<string | string[]>
  readonly method?: string | undefined
  readonly httpVersionMajor: number
  readonly httpVersionMinor: number
}

class NodeServerResponse<Request extends AnsweredRequest = IncomingMessage> extends PlainOutgoingMessage<Request> {
  declare statusCode: number
  declare statusMessage: string
  declare req: Request
  declare _sent100: boolean
  declare _expect_continue: boolean
  declare _maxRequestsPerSocket: number | null

  constructor(req: Request, options?: OutgoingOptions) {
    super(options)
    if (req.method === 'HEAD') this._hasBody = false
    this.req = req
    this.sendDate = true
    this._sent100 = false
    this._expect_continue = false
    this._maxRequestsPerSocket = 0
    if ((req.httpVersionMajor as number) < 1 || (req.httpVersionMinor as number) < 1) {
      this.useChunkedEncodingByDefault = chunkedToken.test(req.headers['te'] as string)
      this.shouldKeepAlive = false
    }
    if (serverResponseCreated.hasSubscribers) serverResponseCreated.publish({ request: req, response: this })
  }

  assignSocket(socket: Socket): void {
    const assignable = socket as unknown as AssignableSocket
    if (assignable._httpMessage) throw socketAssigned()
    assignable._httpMessage = this
    socket.on('close', onSocketClose)
    this.socket = socket
    this.emit('socket', socket)
    this._flush()
  }

  detachSocket(socket: Socket): void {
    socket.removeListener('close', onSocketClose)
    ;(socket as unknown as AssignableSocket)._httpMessage = null
    this.socket = null
  }

  writeContinue(callback?: WriteDone): void {
    this.writeInformation(100, null, callback)
    this._sent100 = true
  }

  writeProcessing(callback?: WriteDone): void {
    this.writeInformation(102, null, callback)
  }

  writeEarlyHints(hints: Record<string, string | string[]>, callback?: WriteDone): void {
    validateObject(hints, 'hints')
    const { link } = hints
    if (link === null || link === undefined) return
    const links = formatLinks(link)
    if (links.length === 0) return
    if (hasInvalidValueCharacter(links)) throw invalidCharacter('header content', 'Link')
    const others = Object.entries(hints).filter(([name]) => name !== 'link')
    this.writeInformation(103, [['Link', links], ...others], callback)
  }

  /** RFC 9110 section 15.2: an interim answer; the final one is yet to come. */
  writeInformation(statusCode: number, headers?: GivenHeaders | WriteDone | null, callback?: WriteDone): boolean {
    if (typeof headers === 'function') return this.writeInformation(statusCode, null, headers)
    if (this._header) throw headersSent('write')
    validateInteger(statusCode, 'statusCode', 100, 199)
    if (statusCode === 101) throw invalidStatusCode(statusCode)
    let head = `HTTP/1.1 ${statusCode} ${STATUS_CODES[statusCode] ?? 'unknown'}\r\n`
    for (const [name, value] of pairsOf(headers)) {
      validateHeaderName(name)
      validateHeaderValue(name, value, this._isLenientHeaderValidation())
      head += `${name}: ${value}\r\n`
    }
    return this._writeRaw(`${head}\r\n`, 'latin1', callback)
  }

  override _implicitHeader(): void {
    this.writeHead(this.statusCode)
  }

  writeHead(statusCode: number, reason?: string | GivenHeaders, headers?: GivenHeaders): this {
    if (this._header) throw headersSent('write')
    const status = statusCode | 0
    if (status < 100 || status > 999) throw invalidStatusCode(statusCode)
    let given: GivenHeaders | undefined = headers
    if (typeof reason === 'string') this.statusMessage = reason
    else {
      this.statusMessage ||= STATUS_CODES[status] ?? 'unknown'
      given ??= reason
    }
    this.statusCode = status
    const fields = this[kState].fields
    if (fields !== null && given) mergeHeaders(this, fields, given)
    const first = firstLine(status, this.statusMessage)
    // RFC 9110 sections 15.2, 15.3.5, 15.4.5.
    if (status === 204 || status === 304 || status < 200) this._hasBody = false
    // Whoever asked whether to send a body, and was answered otherwise, may be sending it all the same.
    if (this._expect_continue && !this._sent100) this.shouldKeepAlive = false
    this._storeHeader(first, fields ?? given)
    return this
  }

  writeHeader(statusCode: number, reason?: string | GivenHeaders, headers?: GivenHeaders): this {
    return this.writeHead(statusCode, reason, headers)
  }
}

// On the prototype, as Node has them: a subclass may define its own.
NodeServerResponse.prototype.statusCode = 200
Object.assign(NodeServerResponse.prototype, { statusMessage: undefined })

/** What `writeHead` is given replaces what was set; within the given, names may repeat. */
function mergeHeaders(response: ServerResponse<AnsweredRequest>, fields: OutgoingFields, given: GivenHeaders): void {
  if (!Array.isArray(given)) {
    for (const [name, value] of Object.entries(given)) {
      if (name) response.setHeader(name, value as HeaderValue)
    }
    return
  }
  const flat = Array.isArray(given[0]) ? (given as unknown[][]).flat(1) : given
  if (flat.length % 2 !== 0) throw invalidArgValue('headers', given)
  for (let i = 0; i < flat.length; i += 2) fields.delete(String(flat[i]).toLowerCase())
  for (let i = 0; i < flat.length; i += 2) {
    if (flat[i]) response.appendHeader(flat[i] as string, flat[i + 1] as string)
  }
}

let lastStatus = 0
let lastReason = ''
let lastFirstLine = ''

/** Most answers of a process begin alike. */
function firstLine(status: number, reason: string): string {
  if (status !== lastStatus || reason !== lastReason) {
    if (hasInvalidValueCharacter(reason)) throw invalidCharacter('statusMessage')
    lastStatus = status
    lastReason = reason
    lastFirstLine = `HTTP/1.1 ${status} ${reason}\r\n`
  }
  return lastFirstLine
}

function pairsOf(headers: GivenHeaders | null | undefined): (readonly [string, unknown])[] {
  if (headers === undefined || headers === null) return []
  if (!Array.isArray(headers)) {
    validateObject(headers, 'headers')
    return Object.entries(headers)
  }
  if (Array.isArray(headers[0])) return headers as [string, unknown][]
  if (headers.length % 2 !== 0) throw invalidArgValue('headers', headers)
  const pairs: [string, unknown][] = []
  for (let i = 0; i < headers.length; i += 2) pairs.push([headers[i] as string, headers[i + 1]])
  return pairs
}

function onSocketClose(this: AssignableSocket): void {
  if (this._httpMessage) emitClose(this._httpMessage as ServerResponse)
}

Object.defineProperty(NodeServerResponse, 'name', { value: 'ServerResponse' })

/** The class itself, for making responses without the detour of the callable one. */
export const PlainServerResponse = NodeServerResponse
export type ServerResponse<Request extends AnsweredRequest = IncomingMessage> = NodeServerResponse<Request>

export interface ServerResponseConstructor extends Omit<OutgoingMessageConstructor, 'prototype'> {
  new <Request extends AnsweredRequest = IncomingMessage>(
    req: Request,
    options?: OutgoingOptions,
  ): ServerResponse<Request>
  <Request extends AnsweredRequest = IncomingMessage>(req: Request, options?: OutgoingOptions): ServerResponse<Request>
  readonly prototype: ServerResponse
}

export const ServerResponse = callableClass(NodeServerResponse, (response, req, options) => {
  Object.assign(response, new NodeServerResponse(req, options))
}) as unknown as ServerResponseConstructor

Object.setPrototypeOf(ServerResponse, OutgoingMessage)
