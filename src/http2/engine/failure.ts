// Protocol errors: their code, their scope, and the error code of nghttp2, the library that Node uses.

import { FLOW_CONTROL_ERROR, REFUSED_STREAM, STREAM_CLOSED } from '../wire/frame-types.ts'
import type { SessionLimits } from './engine-limits.ts'
import type { EngineError } from './types.ts'

/** The name of a limit, including those that SETTINGS carry. */
export type LimitName = keyof SessionLimits | 'maxHeaderListSize' | 'maxConcurrentStreams'

/** An error without its scope, which the place that raises it adds. */
export interface Fault {
  /** RFC 9113 section 7. */
  readonly code: number
  readonly reason: string
  readonly limit?: LimitName | undefined
  /** Set if it is not the one that corresponds to `code`. */
  readonly libraryCode?: number | undefined
}

export function engineError(scope: 'stream' | 'connection', { code, reason, limit, libraryCode }: Fault): EngineError {
  return { scope, code, reason, limit, libraryCode: libraryCode ?? libraryCodeOf(code) }
}

// NGHTTP2_ERR_*: the errno of Node's NghttpError. For most protocol errors it is ERR_PROTO, whatever the code in GOAWAY.
export const ERR_PROTO = -505
export const ERR_STREAM_CLOSED = -510
export const ERR_FLOW_CONTROL = -524
export const ERR_REFUSED_STREAM = -533
export const ERR_CALLBACK_FAILURE = -902
export const ERR_BAD_CLIENT_MAGIC = -903
export const ERR_FLOODED = -904
export const ERR_TOO_MANY_CONTINUATIONS = -905

function libraryCodeOf(code: number): number {
  switch (code) {
    case FLOW_CONTROL_ERROR:
      return ERR_FLOW_CONTROL
    case STREAM_CLOSED:
      return ERR_STREAM_CLOSED
    case REFUSED_STREAM:
      return ERR_REFUSED_STREAM
    default:
      return ERR_PROTO
  }
}
