// Captured packets as a pcapng file (draft-ietf-opsawg-pcapng): one section, an interface for each card, time in nanoseconds,
// comments, and TLS secrets with which readers decrypt TLS. Little-endian.

export interface PcapngInterface {
  readonly name: string
  readonly macAddress?: string | undefined
}

export interface PcapngPacket {
  /** The number that `addInterface` returned. */
  readonly interface: number
  /** Nanoseconds since 1970. */
  readonly timestamp: bigint
  /** An Ethernet frame. */
  readonly bytes: Uint8Array
  readonly direction?: 'inbound' | 'outbound' | undefined
  readonly comment?: string | undefined
}

export class PcapngWriter {
  readonly #blocks: Uint8Array[] = []
  #interfaces = 0

  constructor({ comment }: { readonly comment?: string | undefined } = {}) {
    const body = new Uint8Array(16)
    const view = new DataView(body.buffer)
    view.setUint32(0, BYTE_ORDER_MAGIC, true)
    view.setUint16(4, 1, true)
    // The section's length is left unspecified: blocks are read one after the other.
    view.setBigInt64(8, -1n, true)
    const options = [option(SHB_USERAPPL, text('plainwire'))]
    if (comment !== undefined) options.unshift(option(OPT_COMMENT, text(comment)))
    this.#add(SECTION_HEADER, body, options)
  }

  /** @returns its number */
  addInterface({ name, macAddress }: PcapngInterface): number {
    const body = new Uint8Array(8)
    new DataView(body.buffer).setUint16(0, LINKTYPE_ETHERNET, true)
    const options = [option(IF_NAME, text(name))]
    if (macAddress !== undefined) {
      options.push(
        option(
          IF_MACADDR,
          Uint8Array.from(macAddress.split(':'), part => Number.parseInt(part, 16)),
        ),
      )
    }
    options.push(option(IF_TSRESOL, Uint8Array.of(NANOSECONDS)))
    this.#add(INTERFACE_DESCRIPTION, body, options)
    return this.#interfaces++
  }

  /** Adds lines of a TLS key log (NSS format). They must precede the packets that they decrypt. */
  addTlsSecrets(lines: string): void {
    const secrets = text(lines)
    const body = new Uint8Array(8 + padded(secrets.length))
    const view = new DataView(body.buffer)
    view.setUint32(0, TLS_KEY_LOG, true)
    view.setUint32(4, secrets.length, true)
    body.set(secrets, 8)
    this.#add(DECRYPTION_SECRETS, body, [])
  }

  addPacket({ interface: number, timestamp, bytes, direction, comment }: PcapngPacket): void {
    if (!(number >= 0 && number < this.#interfaces)) throw new RangeError(`There is no interface ${number}`)
    const body = new Uint8Array(20 + padded(bytes.length))
    const view = new DataView(body.buffer)
    view.setUint32(0, number, true)
    view.setUint32(4, Number((timestamp >> 32n) & 0xffff_ffffn), true)
    view.setUint32(8, Number(timestamp & 0xffff_ffffn), true)
    view.setUint32(12, bytes.length, true)
    view.setUint32(16, bytes.length, true)
    body.set(bytes, 20)
    const options: Uint8Array[] = []
    if (comment !== undefined) options.push(option(OPT_COMMENT, text(comment)))
    if (direction !== undefined)
      options.push(option(EPB_FLAGS, Uint8Array.of(direction === 'inbound' ? 1 : 2, 0, 0, 0)))
    this.#add(ENHANCED_PACKET, body, options)
  }

  /** The file's bytes. */
  finish(): Uint8Array {
    return Buffer.concat(this.#blocks)
  }

  #add(type: number, body: Uint8Array, options: readonly Uint8Array[]): void {
    const all = options.length === 0 ? [] : [...options, END_OF_OPTIONS]
    const length = 12 + body.length + all.reduce((sum, one) => sum + one.length, 0)
    const block = new Uint8Array(length)
    const view = new DataView(block.buffer)
    view.setUint32(0, type, true)
    view.setUint32(4, length, true)
    let at = 8
    for (const part of [body, ...all]) {
      block.set(part, at)
      at += part.length
    }
    // Repeated at the end, so that readers can go backwards.
    view.setUint32(at, length, true)
    this.#blocks.push(block)
  }
}

function option(code: number, value: Uint8Array): Uint8Array {
  // The length field has sixteen bits.
  const kept = value.subarray(0, 0xfffc)
  const bytes = new Uint8Array(4 + padded(kept.length))
  const view = new DataView(bytes.buffer)
  view.setUint16(0, code, true)
  view.setUint16(2, kept.length, true)
  bytes.set(kept, 4)
  return bytes
}

function text(value: string): Uint8Array {
  return Buffer.from(value, 'utf8')
}

/** Blocks and options are padded to whole 32-bit words. */
function padded(length: number): number {
  return (length + 3) & ~3
}

const SECTION_HEADER = 0x0a0d0d0a
const INTERFACE_DESCRIPTION = 1
const ENHANCED_PACKET = 6
const DECRYPTION_SECRETS = 10
const BYTE_ORDER_MAGIC = 0x1a2b3c4d
const LINKTYPE_ETHERNET = 1
const OPT_COMMENT = 1
const SHB_USERAPPL = 4
const IF_NAME = 2
const IF_MACADDR = 6
const IF_TSRESOL = 9
const EPB_FLAGS = 2
const END_OF_OPTIONS = new Uint8Array(4)
/** Ten to the minus nine. */
const NANOSECONDS = 9
/** `TLSK`. */
const TLS_KEY_LOG = 0x544c534b
