// `plainwire/net`: the types of `node:net`, and what errors of connections have beside Node's.

/// <reference path="./node.d.ts" />

export * from 'node:net'

/** One of `errors` of the AggregateError that a connection fails with where it had several addresses to try. */
export interface AttemptError extends Error {
  readonly code: string
  readonly syscall: string
  readonly address: string
  readonly port: number
  /** Milliseconds from the beginning of the attempt. Not in Node. */
  readonly durationMs: number
}
