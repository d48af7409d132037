// Node's Buffer, as the chunks of streams and sockets are typed. The constructor is no part of the network's API.

export type BufferEncoding =
  | 'ascii'
  | 'utf8'
  | 'utf-8'
  | 'utf16le'
  | 'utf-16le'
  | 'ucs2'
  | 'ucs-2'
  | 'base64'
  | 'base64url'
  | 'latin1'
  | 'binary'
  | 'hex'

export interface Buffer extends Uint8Array {
  compare(
    target: Uint8Array,
    targetStart?: number,
    targetEnd?: number,
    sourceStart?: number,
    sourceEnd?: number,
  ): -1 | 0 | 1
  copy(target: Uint8Array, targetStart?: number, sourceStart?: number, sourceEnd?: number): number
  equals(other: Uint8Array): boolean
  fill(value: string | Uint8Array | number, offset?: number, end?: number, encoding?: BufferEncoding): this
  fill(value: string | Uint8Array | number, offset: number, encoding: BufferEncoding): this
  fill(value: string | Uint8Array | number, encoding: BufferEncoding): this
  includes(value: string | number | Uint8Array, byteOffset?: number, encoding?: BufferEncoding): boolean
  includes(value: string | number | Uint8Array, encoding: BufferEncoding): boolean
  indexOf(value: string | number | Uint8Array, byteOffset?: number, encoding?: BufferEncoding): number
  indexOf(value: string | number | Uint8Array, encoding: BufferEncoding): number
  lastIndexOf(value: string | number | Uint8Array, byteOffset?: number, encoding?: BufferEncoding): number
  lastIndexOf(value: string | number | Uint8Array, encoding: BufferEncoding): number
  subarray(start?: number, end?: number): Buffer
  /** Shares memory, as `subarray()` does: not what `slice` of a Uint8Array does. */
  slice(start?: number, end?: number): ReturnType<Uint8Array['slice']> & Buffer
  swap16(): this
  swap32(): this
  swap64(): this
  toJSON(): { type: 'Buffer'; data: number[] }
  toString(encoding?: BufferEncoding, start?: number, end?: number): string
  write(text: string, encoding?: BufferEncoding): number
  write(text: string, offset: number, encoding?: BufferEncoding): number
  write(text: string, offset: number, length: number, encoding?: BufferEncoding): number

  readUInt8(offset?: number): number
  readUint8(offset?: number): number
  readUInt16BE(offset?: number): number
  readUint16BE(offset?: number): number
  readUInt16LE(offset?: number): number
  readUint16LE(offset?: number): number
  readUInt32BE(offset?: number): number
  readUint32BE(offset?: number): number
  readUInt32LE(offset?: number): number
  readUint32LE(offset?: number): number
  readUIntBE(offset: number, byteLength: number): number
  readUintBE(offset: number, byteLength: number): number
  readUIntLE(offset: number, byteLength: number): number
  readUintLE(offset: number, byteLength: number): number
  readInt8(offset?: number): number
  readInt16BE(offset?: number): number
  readInt16LE(offset?: number): number
  readInt32BE(offset?: number): number
  readInt32LE(offset?: number): number
  readIntBE(offset: number, byteLength: number): number
  readIntLE(offset: number, byteLength: number): number
  readBigUInt64BE(offset?: number): bigint
  readBigUint64BE(offset?: number): bigint
  readBigUInt64LE(offset?: number): bigint
  readBigUint64LE(offset?: number): bigint
  readBigInt64BE(offset?: number): bigint
  readBigInt64LE(offset?: number): bigint
  readFloatBE(offset?: number): number
  readFloatLE(offset?: number): number
  readDoubleBE(offset?: number): number
  readDoubleLE(offset?: number): number

  writeUInt8(value: number, offset?: number): number
  writeUint8(value: number, offset?: number): number
  writeUInt16BE(value: number, offset?: number): number
  writeUint16BE(value: number, offset?: number): number
  writeUInt16LE(value: number, offset?: number): number
  writeUint16LE(value: number, offset?: number): number
  writeUInt32BE(value: number, offset?: number): number
  writeUint32BE(value: number, offset?: number): number
  writeUInt32LE(value: number, offset?: number): number
  writeUint32LE(value: number, offset?: number): number
  writeUIntBE(value: number, offset: number, byteLength: number): number
  writeUintBE(value: number, offset: number, byteLength: number): number
  writeUIntLE(value: number, offset: number, byteLength: number): number
  writeUintLE(value: number, offset: number, byteLength: number): number
  writeInt8(value: number, offset?: number): number
  writeInt16BE(value: number, offset?: number): number
  writeInt16LE(value: number, offset?: number): number
  writeInt32BE(value: number, offset?: number): number
  writeInt32LE(value: number, offset?: number): number
  writeIntBE(value: number, offset: number, byteLength: number): number
  writeIntLE(value: number, offset: number, byteLength: number): number
  writeBigUInt64BE(value: bigint, offset?: number): number
  writeBigUint64BE(value: bigint, offset?: number): number
  writeBigUInt64LE(value: bigint, offset?: number): number
  writeBigUint64LE(value: bigint, offset?: number): number
  writeBigInt64BE(value: bigint, offset?: number): number
  writeBigInt64LE(value: bigint, offset?: number): number
  writeFloatBE(value: number, offset?: number): number
  writeFloatLE(value: number, offset?: number): number
  writeDoubleBE(value: number, offset?: number): number
  writeDoubleLE(value: number, offset?: number): number
}

/** A Buffer as an argument: shared memory is taken too, where the language tells it apart. */
export type GivenBuffer = Buffer

/** Bytes in any of the language's views. */
export type BytesView =
  | Uint8Array
  | Uint8ClampedArray
  | Uint16Array
  | Uint32Array
  | Int8Array
  | Int16Array
  | Int32Array
  | BigUint64Array
  | BigInt64Array
  | Float32Array
  | Float64Array
  | DataView
