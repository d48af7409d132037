// Frames as bytes, for lanes: what was altered on its way stays unread until its receiver reads it, and finds the checksum
// wrong.

import type { FrameCodec } from '../links/lane.ts'
import { WireError } from '../wire/error.ts'
import { encodeFrame, frameLength, opaqueFrame } from '../wire/ethernet.ts'

export const frameCodec: FrameCodec = {
  length: frameLength,
  encode: encodeFrame,
  decode: bytes => {
    try {
      return opaqueFrame(bytes)
    } catch (error) {
      if (error instanceof WireError) return undefined
      throw error
    }
  },
}
