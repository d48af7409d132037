// What every decoder here throws, and all that it throws: bytes that are no such packet.

export class WireError extends Error {
  override readonly name = 'WireError'
}
