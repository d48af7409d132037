// One direction of a memory connection: the bytes in flight from the writer to the reader.

import { memoryLimits } from './memory-limits.ts'

export class MemoryPipe {
  readonly #chunks: Uint8Array[] = []
  #size = 0
  /** The writer's FIN follows the bytes in the pipe. */
  isEnded = false

  get size(): number {
    return this.#size
  }

  /** @returns how many of the bytes fitted in; they are retained, not copied */
  push(bytes: Uint8Array): number {
    const taken = Math.min(bytes.byteLength, memoryLimits.bytesInFlight - this.#size)
    if (taken > 0) this.#chunks.push(taken === bytes.byteLength ? bytes : bytes.subarray(0, taken))
    this.#size += taken
    return taken
  }

  /** Takes the oldest chunk, as it was written. */
  take(): Uint8Array | undefined {
    const chunk = this.#chunks.shift()
    if (chunk !== undefined) this.#size -= chunk.byteLength
    return chunk
  }
}
