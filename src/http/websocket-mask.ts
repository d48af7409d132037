// Masking of WebSocket frames, for programs that implement the protocol themselves: RFC 6455 section 5.3. Source: Node 26's
// documentation, "http.websocketMask()".

import { invalidArgType, invalidArgValue, outOfRange } from '../core/errors.ts'
import { validateInteger } from '../core/validate.ts'

/** Masks `length` bytes of `source` with the four bytes of `mask` into `output`, from `offset` on; the two may overlap. */
export function websocketMask(
  source: NodeJS.ArrayBufferView,
  mask: NodeJS.ArrayBufferView,
  output: NodeJS.ArrayBufferView,
  offset: number,
  length: number,
): void {
  const from = bytesOf(source, 'source')
  const key = keyOf(mask)
  const to = writableBytesOf(output, 'output')
  validateInteger(offset, 'offset', 0, to.length)
  validateInteger(length, 'length', 0, from.length)
  if (length > to.length - offset) throw outOfRange('length', `<= ${to.length - offset}`, length)
  const isBehind = from.buffer === to.buffer && to.byteOffset + offset > from.byteOffset
  if (isBehind) {
    for (let i = length - 1; i >= 0; i--) to[offset + i] = (from[i] as number) ^ (key[i & 3] as number)
  } else {
    for (let i = 0; i < length; i++) to[offset + i] = (from[i] as number) ^ (key[i & 3] as number)
  }
}

/** Unmasks all of `buffer` in place. */
export function websocketUnmask(buffer: NodeJS.ArrayBufferView, mask: NodeJS.ArrayBufferView): void {
  bytesOf(buffer, 'buffer')
  const key = keyOf(mask)
  const bytes = writableBytesOf(buffer, 'buffer')
  for (let i = 0; i < bytes.length; i++) bytes[i] = (bytes[i] as number) ^ (key[i & 3] as number)
}

function bytesOf(view: NodeJS.ArrayBufferView, name: string): Uint8Array {
  if (!ArrayBuffer.isView(view)) throw invalidArgType(name, ['Buffer', 'TypedArray', 'DataView'], view)
  return new Uint8Array(view.buffer, view.byteOffset, view.byteLength)
}

function writableBytesOf(view: NodeJS.ArrayBufferView, name: string): Uint8Array {
  const bytes = bytesOf(view, name)
  // Runtimes with immutable buffers ignore writes to them silently.
  const { immutable } = bytes.buffer as { readonly immutable?: boolean }
  if (immutable) throw invalidArgValue(name, view, 'must not be backed by an immutable ArrayBuffer')
  return bytes
}

/** A copy, because the key may be part of the buffer that is masked. */
function keyOf(mask: NodeJS.ArrayBufferView): Uint8Array {
  const key = bytesOf(mask, 'mask')
  if (key.length !== 4) throw invalidArgValue('mask', mask, 'must be 4 bytes long')
  return key.slice()
}
