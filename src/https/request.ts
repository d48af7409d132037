// https.request and https.get: http's requests, by an agent that speaks TLS.

import { type ClientRequest, PlainClientRequest, type ResponseListener, readArguments } from '../http/internal.ts'
import { getGlobalAgent } from './agent.ts'

export function request(first: unknown, second?: unknown, third?: ResponseListener): ClientRequest {
  const { options, listener } = readArguments(first, second, third)
  options._defaultAgent = getGlobalAgent()
  return new PlainClientRequest(options, listener)
}

export function get(first: unknown, second?: unknown, third?: ResponseListener): ClientRequest {
  const made = request(first, second, third)
  made.end()
  return made
}
