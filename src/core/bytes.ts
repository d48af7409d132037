// The quick ways between bytes, strings and what Node's API shows of them, on this runtime.

type Slice = (this: Uint8Array, start: number, end: number) => string
const { latin1Slice } = Buffer.prototype as unknown as { latin1Slice: Slice }

/** Each byte a character: what `Buffer.toString('latin1', start, end)` gives, for any Uint8Array, without a view. */
export function latin1Text(bytes: Uint8Array, start: number, end: number): string {
  return latin1Slice.call(bytes, start, end)
}

/** The same memory as a Buffer. */
export function asBuffer(bytes: Uint8Array): Buffer<ArrayBuffer> {
  if (Buffer.isBuffer(bytes)) return bytes as Buffer<ArrayBuffer>
  return Buffer.from(bytes.buffer as ArrayBuffer, bytes.byteOffset, bytes.byteLength)
}

/** Memory whose first content is of no interest: it holds whatever was there, and belongs to no pool. */
export function allocateBytes(size: number): Uint8Array {
  return Buffer.allocUnsafeSlow(size)
}
