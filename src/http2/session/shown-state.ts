// `stream.state` in the form of Node's API. Node's documentation, "http2stream.state".

import { constants } from '../constants.ts'
import type { StreamStateNumber } from '../engine/types.ts'
import type { StreamState } from '../stream/facade-state.ts'
import { kSession } from '../symbols.ts'

export function shownState({ engineStream, session, endedInPacket }: StreamState): object {
  if (engineStream === undefined) return {}
  // nghttp2, which Node uses, closes the peer's side after the events of the frame that ended it have run.
  const isEnding = endedInPacket === session?.[kSession].carrier?.turns.packet
  return {
    state: isEnding ? beforeEnd(engineStream.state) : engineStream.state,
    weight: 16,
    sumDependencyWeight: 0,
    localClose: Number(engineStream.isLocalClosed),
    remoteClose: isEnding ? 0 : Number(engineStream.isRemoteClosed),
    localWindowSize: engineStream.receiveWindow,
  }
}

/** The state before the peer's END_STREAM. */
function beforeEnd(state: StreamStateNumber): number {
  if (state === HALF_CLOSED_REMOTE) return OPEN
  return state === CLOSED ? HALF_CLOSED_LOCAL : state
}

const {
  NGHTTP2_STREAM_STATE_OPEN: OPEN,
  NGHTTP2_STREAM_STATE_HALF_CLOSED_LOCAL: HALF_CLOSED_LOCAL,
  NGHTTP2_STREAM_STATE_HALF_CLOSED_REMOTE: HALF_CLOSED_REMOTE,
  NGHTTP2_STREAM_STATE_CLOSED: CLOSED,
} = constants
