// Encodes and decodes frames for lanes: a corrupted frame's payload is not decoded until its receiver does so, and finds a
// wrong checksum.

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
