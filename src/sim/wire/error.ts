// The only error that the decoders here throw: the bytes are malformed.

export class WireError extends Error {
  override readonly name = 'WireError'
}
