// The runner's three make-believe algorithms for compressed certificates: one makes them shorter, one longer, one different each
// time.

import { randomBytes } from 'node:crypto'
import { concat } from '../../../src/core/bytes.ts'
import type { CertificateCompressor } from '../../../src/tls/engine/types.ts'
import { sameBytes } from '../../../src/tls/wire/bytes.ts'

/** What every Certificate of a handshake begins with: no context, and a list below 64 KiB. */
const start = new Uint8Array(2)
const mark = Uint8Array.of(1, 2, 3, 4)

export const mockCompressors: readonly CertificateCompressor[] = [
  {
    id: 0xff02,
    name: 'expanding',
    compress: data => concat(mark, data),
    decompress: (data, size) => {
      const isMarked = sameBytes(data.subarray(0, mark.length), mark)
      return isMarked && data.length === mark.length + size ? data.subarray(mark.length) : undefined
    },
  },
  {
    id: 0xff01,
    name: 'shrinking',
    compress: data => data.subarray(start.length),
    decompress: (data, size) => (data.length + start.length === size ? concat(start, data) : undefined),
  },
  {
    id: 0xff03,
    name: 'random',
    compress: data => concat(randomBytes(1), data),
    decompress: (data, size) => (data.length === size + 1 ? data.subarray(1) : undefined),
  },
]
