// One direction of a memory connection: the bytes that have left the writer and have not reached the reader.

import { memoryLimits } from './memory-limits.ts'

export class MemoryPipe {
  readonly #chunks: Uint8Array[] = []
  #size = 0
  /** The writer's FIN follows what is in here. */
  isEnded = false

  get size(): number {
    return this.#size
  }

  /** @returns how many of the bytes found room; they are kept, not copied */
  push(bytes: Uint8Array): number {
    const taken = Math.min(bytes.byteLength, memoryLimits.bytesInFlight - this.#size)
    if (taken > 0) this.#chunks.push(taken === bytes.byteLength ? bytes : bytes.subarray(0, taken))
    this.#size += taken
    return taken
  }

  /** The oldest chunk, as it was written. */
  take(): Uint8Array | undefined {
    const chunk = this.#chunks.shift()
    if (chunk !== undefined) this.#size -= chunk.byteLength
    return chunk
  }
}
