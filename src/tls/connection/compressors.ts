// The algorithms of RFC 8879 on the runtime's zlib, and the option that asks for them.

import * as zlib from 'node:zlib'
import { invalidArgValue } from '../../core/errors.ts'
import { validateArray } from '../../core/validate.ts'
import type { CertificateCompressor } from '../engine/types.ts'

type CertificateCompressionAlgorithm = 'zlib' | 'brotli' | 'zstd'

/** Zstandard came with Node 22.15 and 23.8. */
interface Zstandard {
  zstdCompressSync?(data: Uint8Array): Uint8Array
  zstdDecompressSync?(data: Uint8Array, options: { maxOutputLength: number }): Uint8Array
}
const { zstdCompressSync, zstdDecompressSync } = zlib as Zstandard

const known: CertificateCompressor[] = [
  {
    id: 1,
    name: 'zlib',
    compress: data => zlib.deflateSync(data, { level: 9 }),
    decompress: (data, maxOutputLength) => attempt(() => zlib.inflateSync(data, { maxOutputLength })),
  },
  {
    id: 2,
    name: 'brotli',
    compress: data => zlib.brotliCompressSync(data),
    decompress: (data, maxOutputLength) => attempt(() => zlib.brotliDecompressSync(data, { maxOutputLength })),
  },
]
if (zstdCompressSync && zstdDecompressSync) {
  known.push({
    id: 3,
    name: 'zstd',
    compress: data => zstdCompressSync(data),
    decompress: (data, maxOutputLength) => attempt(() => zstdDecompressSync(data, { maxOutputLength })),
  })
}

/** undefined: no such data, or more than it may become. */
function attempt(decompress: () => Uint8Array): Uint8Array | undefined {
  try {
    return decompress()
  } catch {
    return undefined
  }
}

/**
 * `tls.getCertificateCompressionAlgorithms()`: what `certificateCompression` may name here, 'zstd' only where the runtime has
 * it. Node's documentation of `tls`.
 */
export function getCertificateCompressionAlgorithms(): CertificateCompressionAlgorithm[] {
  return known.map(one => one.name as CertificateCompressionAlgorithm)
}

const names: readonly unknown[] = ['zlib', 'brotli', 'zstd']

/** @throws {TypeError} as Node 26 does */
export function validateCompression(algorithms: unknown): void {
  const name = 'options.certificateCompression'
  if (algorithms === undefined || algorithms === null) return
  validateArray(algorithms, name)
  if (algorithms.length > 3) throw invalidArgValue(name, algorithms, 'can specify at most 3 algorithms')
  const index = algorithms.findIndex(one => !names.includes(one))
  if (index >= 0) throw invalidArgValue(`${name}[${index}]`, algorithms[index], "must be 'zlib', 'brotli', or 'zstd'")
}

/** In the option's order, which is that of preference. */
export function compressorsOf(option: unknown): readonly CertificateCompressor[] {
  return Array.isArray(option) ? option.flatMap(name => known.find(one => one.name === name) ?? []) : []
}
