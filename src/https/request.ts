// https.request and https.get: http's requests, by an agent that speaks TLS.

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
 * Agents of the agent-base package, and so those of most proxies, serve requests of http and https, and tell one from the
 * other by `node:https:` in the stack of `addRequest`. Compiled under that name the frame has it whoever prints the
 * trace. A `sourceURL` comment would not do: with source maps on, traces go by the file's name instead, and rollup and
 * webpack keep such a comment, which then names a whole bundle.
 */
const inFrameOfHttps = runInThisContext('(function request(make, a, b) { return make(a, b) })', {
  filename: 'node:https',
}) as (make: Make, options: Options, listener: ResponseListener | undefined) => ClientRequest
