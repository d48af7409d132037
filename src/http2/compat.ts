// From a stream to 'request': which of the server's events a request becomes. Node's documentation, "Event: 'checkContinue'",
// "Event: 'checkExpectation'", "Event: 'connect'".

import type { EventEmitter } from 'node:events'
import type { Http2ServerRequest } from './compat-request.ts'
import type { Http2ServerResponse } from './compat-response.ts'

type ResponseClass = new (stream: Http2ServerRequest['stream']) => Http2ServerResponse

export function serveCompat(server: EventEmitter, request: Http2ServerRequest, Response: ResponseClass): void {
  const response = new Response(request.stream)
  if (request.method === 'CONNECT') {
    if (!server.emit('connect', request, response)) refuse(response, 405)
    return
  }
  const { expect } = request.headers
  if (expect === undefined) server.emit('request', request, response)
  else if (expect === '100-continue') continueOrAsk(server, request, response)
  else if (server.listenerCount('checkExpectation') > 0) server.emit('checkExpectation', request, response)
  else refuse(response, 417)
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
