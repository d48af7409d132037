// `stream.state` as Node shows it. Node's documentation, "http2stream.state".

import { constants } from '../constants.ts'
import type { StreamStateNumber } from '../engine/types.ts'
import type { StreamState } from '../stream/facade-state.ts'
import { kSession } from '../symbols.ts'

export function shownState({ engineStream, session, endedInPacket }: StreamState): object {
  if (engineStream === undefined) return {}
  // The library beneath Node closes the peer's side once the events of the frame that ended it have run.
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

/** The state that the peer's END_STREAM has led from. */
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
