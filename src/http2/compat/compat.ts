// From a stream to 'request': which of the server's events a request becomes. Node's documentation, "Event: 'checkContinue'",
// "Event: 'checkExpectation'", "Event: 'connect'".

import type { EventEmitter } from 'node:events'
import type { Http2ServerRequest } from './compat-request.ts'
import type { Http2ServerResponse } from './compat-response.ts'

export type ResponseClass = new (stream: Http2ServerRequest['stream']) => Http2ServerResponse

export function serveCompat(server: EventEmitter, request: Http2ServerRequest, Response: ResponseClass): void {
  const response = new Response(request.stream)
  if (request.method === 'CONNECT') {
    if (!server.emit('connect', request, response)) refuse(response, 405)
    return
  }
  const { expect } = hasExpect(request.rawHeaders) ? request.headers : nothingExpected
  if (expect === undefined) server.emit('request', request, response)
  else if (expect === '100-continue') continueOrAsk(server, request, response)
  else if (server.listenerCount('checkExpectation') > 0) server.emit('checkExpectation', request, response)
  else refuse(response, 417)
}

const nothingExpected = { expect: undefined }

/** Without making an object of the headers, which most programs never look at. */
function hasExpect(rawHeaders: readonly string[]): boolean {
  for (let i = 0; i < rawHeaders.length; i += 2) if (rawHeaders[i] === 'expect') return true
  return false
}

function continueOrAsk(server: EventEmitter, request: Http2ServerRequest, response: Http2ServerResponse): void {
  if (server.listenerCount('checkContinue') > 0) {
    server.emit('checkContinue', request, response)
    return
  }
  response.writeContinue()
  server.emit('request', request, response)
}

function refuse(response: Http2ServerResponse, status: number): void {
  response.statusCode = status
  response.end()
}
