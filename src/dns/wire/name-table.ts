// The names within a message that is being written, so that later ones can point to them: RFC 1035 section 4.1.4.
//
// A tree from the root down. Each node is a label at a place in the message, below another node; children are found by a
// hash over the label and its parent. So a name of many labels costs one look-up for each, not one for each of its ends.
// Letters of different case are different labels here: a name goes out as it was given.

export class NameTable {
  // Per node: where its label is in the message, its parent, its slot. Node 0 is the root.
  readonly #offsets = new Uint16Array(MAX_NODES)
  readonly #parents = new Uint16Array(MAX_NODES)
  readonly #slots = new Uint16Array(MAX_NODES)
  #count = 1
  /** Slot to node; 0: free. */
  readonly #table = new Uint16Array(SLOTS)

  /** Nodes from this number on are yet to come. */
  get count(): number {
    return this.#count
  }

  offsetOf(node: number): number {
    return this.#offsets[node] as number
  }

  /** The node of the label at `at`, below `parent`: found or made. 0: it cannot be pointed to. */
  enter(bytes: Uint8Array, at: number, parent: number): number {
    const end = at + (bytes[at] as number)
    let hash = parent
    for (let i = at; i <= end; i++) hash = (Math.imul(hash, 31) + (bytes[i] as number)) | 0
    let slot = (hash ^ (hash >>> 15)) & (SLOTS - 1)
    for (let probes = 0; probes < MAX_PROBES; probes++) {
      const node = this.#table[slot] as number
      if (node === 0) return this.#add(at, parent, slot)
      if (this.#parents[node] === parent && isSameLabel(bytes, this.#offsets[node] as number, at)) return node
      slot = (slot + 1) & (SLOTS - 1)
    }
    return 0
  }

  /** Forgets the names that begin at `length` or behind. */
  truncate(length: number): void {
    // The last node of each name is its first label. What came last goes first: no search passes over a gap.
    while (this.#count > 1 && (this.#offsets[this.#count - 1] as number) >= length) {
      this.#table[this.#slots[--this.#count] as number] = 0
    }
  }

  #add(at: number, parent: number, slot: number): number {
    if (this.#count === MAX_NODES || at > MAX_OFFSET) return 0
    const node = this.#count++
    this.#offsets[node] = at
    this.#parents[node] = parent
    this.#slots[node] = slot
    this.#table[slot] = node
    return node
  }
}

function isSameLabel(bytes: Uint8Array, one: number, other: number): boolean {
  const size = bytes[one] as number
  for (let i = 0; i <= size; i++) if (bytes[one + i] !== bytes[other + i]) return false
  return true
}

/** A pointer has 14 bits. */
export const MAX_OFFSET = 0x3fff

/** Labels past these are written in full. */
const MAX_NODES = 2048
const SLOTS = 4096

/** So that labels made to share a hash cost no more than others. */
const MAX_PROBES = 8
