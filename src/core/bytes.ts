// The quick ways between bytes and strings on this runtime.

type Slice = (this: Uint8Array, start: number, end: number) => string
const { latin1Slice } = Buffer.prototype as unknown as { latin1Slice: Slice }

/** Each byte a character: what `Buffer.toString('latin1', start, end)` gives, for any Uint8Array, without a view. */
export function latin1Text(bytes: Uint8Array, start: number, end: number): string {
  return latin1Slice.call(bytes, start, end)
}
