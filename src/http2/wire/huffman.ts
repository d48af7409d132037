// The Huffman code of RFC 7541 Appendix B. Only the lengths of the codes are kept: the code is canonical, so the codes
// follow from them. Decoding walks a table four bits at a time: at least five bits make a symbol, so a step gives at
// most one.

/** Where decoded bytes go; `decodeHuffman` fills it from the start. A string of n bytes decodes to at most 8n/5. */
export function decodedCapacity(encodedBytes: number): number {
  return ((encodedBytes * 8) / 5) | 0
}

/**
 * Decodes `bytes[start..end)` into `target`.
 * @returns how many bytes were written; -1: not a valid string (EOS inside, or padding that is no prefix of EOS)
 */
export function decodeHuffman(bytes: Uint8Array, start: number, end: number, target: Uint8Array): number {
  let state = 0
  let written = 0
  let isAccepted = true
  for (let at = start; at < end; at++) {
    const byte = bytes[at] as number
    let step = transitions[(state << 4) | (byte >> 4)] as number
    if (step < 0) return -1
    if (step & EMITS) target[written++] = step & 0xff
    step = transitions[((step >> 8) & 0x1ff) * 16 + (byte & 15)] as number
    if (step < 0) return -1
    if (step & EMITS) target[written++] = step & 0xff
    state = (step >> 8) & 0x1ff
    isAccepted = (step & ACCEPTS) !== 0
  }
  return isAccepted ? written : -1
}

/** Bytes that `text` takes when encoded. Only the low eight bits of each character count. */
export function huffmanLength(text: string): number {
  let bits = 0
  for (let i = 0; i < text.length; i++) bits += codeLengths[text.charCodeAt(i) & 0xff] as number
  return (bits + 7) >> 3
}

/** Encodes `text` to `target` from `at` on. @returns the position behind it */
export function encodeHuffman(text: string, target: Uint8Array, at: number): number {
  let pending = 0
  let pendingBits = 0
  let position = at
  for (let i = 0; i < text.length; i++) {
    const symbol = text.charCodeAt(i) & 0xff
    const length = codeLengths[symbol] as number
    const code = codes[symbol] as number
    // At most 7 bits wait here, so codes of up to 25 bits fit into 32; the longer ones go in two parts.
    if (length > 24) {
      const low = length - 16
      pending = (pending << 16) | (code >>> low)
      pendingBits += 16
      while (pendingBits >= 8) {
        pendingBits -= 8
        target[position++] = pending >>> pendingBits
      }
      pending = (pending << low) | (code & ((1 << low) - 1))
      pendingBits += low
    } else {
      pending = (pending << length) | code
      pendingBits += length
    }
    while (pendingBits >= 8) {
      pendingBits -= 8
      target[position++] = pending >>> pendingBits
    }
  }
  if (pendingBits > 0) target[position++] = (pending << (8 - pendingBits)) | (0xff >> pendingBits)
  return position
}

const EOS = 256

// Bits of each symbol's code, RFC 7541 Appendix B; the last is EOS.
// biome-ignore format: sixteen rows of sixteen, as the symbols are numbered
const codeLengths = Uint8Array.of(
  13, 23, 28, 28, 28, 28, 28, 28, 28, 24, 30, 28, 28, 30, 28, 28,
  28, 28, 28, 28, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 28,
  6, 10, 10, 12, 13, 6, 8, 11, 10, 10, 8, 11, 8, 6, 6, 6,
  5, 5, 5, 6, 6, 6, 6, 6, 6, 6, 7, 8, 15, 6, 12, 10,
  13, 6, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7,
  7, 7, 7, 7, 7, 7, 7, 7, 8, 7, 8, 13, 19, 13, 14, 6,
  15, 5, 6, 5, 6, 5, 6, 6, 6, 5, 7, 7, 6, 6, 6, 5,
  6, 7, 6, 5, 5, 6, 7, 7, 7, 7, 7, 15, 11, 14, 13, 28,
  20, 22, 20, 20, 22, 22, 22, 23, 22, 23, 23, 23, 23, 23, 24, 23,
  24, 24, 22, 23, 24, 23, 23, 23, 23, 21, 22, 23, 22, 23, 23, 24,
  22, 21, 20, 22, 22, 23, 23, 21, 23, 22, 22, 24, 21, 22, 23, 23,
  21, 21, 22, 21, 23, 22, 23, 23, 20, 22, 22, 22, 23, 22, 22, 23,
  26, 26, 20, 19, 22, 23, 22, 25, 26, 26, 26, 27, 27, 26, 24, 25,
  19, 21, 26, 27, 27, 26, 27, 24, 21, 21, 26, 26, 28, 27, 27, 27,
  20, 24, 20, 21, 22, 21, 21, 23, 22, 22, 25, 25, 24, 24, 26, 23,
  26, 27, 26, 26, 27, 27, 27, 27, 27, 28, 27, 27, 27, 27, 27, 26,
  30,
)

const codes = canonicalCodes()

/** Codes in order of length, then of symbol, each one more than the one before. */
function canonicalCodes(): Uint32Array {
  const order = Array.from(codeLengths.keys())
  const lengthOf = (symbol: number) => codeLengths[symbol] as number
  order.sort((a, b) => lengthOf(a) - lengthOf(b) || a - b)
  const result = new Uint32Array(codeLengths.length)
  let code = 0
  let length = lengthOf(order[0] as number)
  for (const symbol of order) {
    code <<= lengthOf(symbol) - length
    length = lengthOf(symbol)
    result[symbol] = code++
  }
  return result
}

// One entry for each state and four bits of input: the symbol (8 bits), the next state (9 bits), and these two; -1 where
// no string goes.
const EMITS = 1 << 17
const ACCEPTS = 1 << 18
const transitions = buildTransitions()

/** States are the inner nodes of the code's tree, the root first. */
function buildTransitions(): Int32Array {
  // children[2n], children[2n + 1]: a node's number, or -1 - symbol for a leaf.
  const children: number[] = [0, 0]
  for (let symbol = 0; symbol <= EOS; symbol++) {
    let node = 0
    const length = codeLengths[symbol] as number
    for (let bit = length - 1; bit >= 0; bit--) {
      const slot = node * 2 + (((codes[symbol] as number) >>> bit) & 1)
      if (bit === 0) children[slot] = -1 - symbol
      else {
        if (children[slot] === 0) {
          children[slot] = children.length / 2
          children.push(0, 0)
        }
        node = children[slot] as number
      }
    }
  }
  // A string may end where fewer than eight bits, all ones, came since the last symbol: the way to EOS.
  const accepting = new Set<number>()
  for (let node = 0, depth = 0; depth < 8; depth++) {
    accepting.add(node)
    node = children[node * 2 + 1] as number
  }
  const nodes = children.length / 2
  const table = new Int32Array(nodes * 16)
  for (let from = 0; from < nodes; from++) {
    for (let nibble = 0; nibble < 16; nibble++) table[from * 16 + nibble] = step(children, accepting, from, nibble)
  }
  return table
}

function step(children: readonly number[], accepting: ReadonlySet<number>, from: number, nibble: number): number {
  let node = from
  let emitted = 0
  for (let bit = 3; bit >= 0; bit--) {
    const next = children[node * 2 + ((nibble >> bit) & 1)] as number
    if (next >= 0) node = next
    else {
      const symbol = -1 - next
      if (symbol === EOS) return -1
      emitted = EMITS | symbol
      node = 0
    }
  }
  return emitted | (node << 8) | (accepting.has(node) ? ACCEPTS : 0)
}
