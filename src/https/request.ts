// https.request and https.get: http's requests, sent through an agent that connects with TLS.

import { runInThisContext } from 'node:vm'
import { type ClientRequest, PlainClientRequest, type ResponseListener, readArguments } from '../http/internal.ts'
import { getGlobalAgent } from './agent.ts'

type Options = ReturnType<typeof readArguments>['options']
type Make = (options: Options, listener: ResponseListener | undefined) => ClientRequest

export function request(first: unknown, second?: unknown, third?: ResponseListener): ClientRequest {
  const { options, listener } = readArguments(first, second, third)
  options._defaultAgent = getGlobalAgent()
  return inFrameOfHttps(makeRequest, options, listener)
}

export function get(first: unknown, second?: unknown, third?: ResponseListener): ClientRequest {
  const made = request(first, second, third)
  made.end()
  return made
}

const makeRequest: Make = (options, listener) => new PlainClientRequest(options, listener)

/**
 * Agents built on the agent-base package, which most proxy agents are, serve requests of http and https, and distinguish
 * them by `node:https:` in the stack trace of `addRequest`. Compiling the function under that file name puts it into the
 * frame however the trace is formatted. A `sourceURL` comment does not work: with source maps enabled, traces use the
 * file's name instead, and rollup and webpack keep such a comment, which then names a whole bundle.
 */
const inFrameOfHttps = runInThisContext('(function request(make, a, b) { return make(a, b) })', {
  filename: 'node:https',
}) as (make: Make, options: Options, listener: ResponseListener | undefined) => ClientRequest
