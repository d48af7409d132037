// Fast conversions between bytes, strings and Node's Buffers, on this runtime.

type Slice = (this: Uint8Array, start: number, end: number) => string
const { latin1Slice } = Buffer.prototype as unknown as { latin1Slice: Slice }

/** One character per byte: the result of `Buffer.toString('latin1', start, end)`, for any Uint8Array, without making a view. */
export function latin1Text(bytes: Uint8Array, start: number, end: number): string {
  return latin1Slice.call(bytes, start, end)
}

/** The same memory as a Buffer. */
export function asBuffer(bytes: Uint8Array): Buffer<ArrayBuffer> {
  if (Buffer.isBuffer(bytes)) return bytes as Buffer<ArrayBuffer>
  return Buffer.from(bytes.buffer as ArrayBuffer, bytes.byteOffset, bytes.byteLength)
}

/** Uninitialized memory, for a caller that overwrites all of it; it belongs to no pool. */
export function allocateBytes(size: number): Uint8Array {
  return Buffer.allocUnsafeSlow(size)
}

/**
 * A copy of bytes[start, end). Short copies share a slab, as in Buffer's pool: an allocation of their own costs five times as
 * much. The result is no Buffer, whose `slice` differs from Uint8Array's.
 */
export function copyOf(bytes: Uint8Array, start: number, end: number): Uint8Array {
  const size = end - start
  const part = start === 0 && end === bytes.length ? bytes : bytes.subarray(start, end)
  if (size > SLAB_SIZE >> 2) return new Uint8Array(part)
  if (slabAt + size > SLAB_SIZE) {
    slab = new ArrayBuffer(SLAB_SIZE)
    slabAt = 0
  }
  const copy = new Uint8Array(slab, slabAt, size)
  copy.set(part)
  slabAt = (slabAt + size + 7) & ~7
  return copy
}

const SLAB_SIZE = 8192
let slab = new ArrayBuffer(SLAB_SIZE)
let slabAt = 0

/** The whole ArrayBuffer behind a view. */
export function allBytes(view: Uint8Array): Uint8Array {
  return Buffer.from(view.buffer)
}

export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  let size = 0
  for (const part of parts) size += part.length
  const whole = new Uint8Array(size)
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}

/** One shared empty array. */
export const noBytes = new Uint8Array(0)
