// `plainwire/http2`: the types of `node:http2`, and what errors of streams have beside Node's.

/// <reference path="./node.d.ts" />

export * from 'node:http2'

/** The 'error' of a stream that the peer has ended. */
export interface StreamError extends Error {
  readonly code: string
  /** The peer has not worked on the request: it may be sent again (RFC 9113 section 8.7). Not in Node. */
  readonly isSafeToRetry?: true | undefined
}
