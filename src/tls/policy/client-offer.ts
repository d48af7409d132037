// Reads a ClientHello from the first bytes of a connection: for the runtime's TLS, which has no event before it answers.
// RFC 8446 section 4.1.2; RFC 6066 section 3; RFC 7301 section 3.1.

import type { ClientOffer } from '../connection/backend.ts'
import { maxHelloBytes } from '../connection/limits.ts'

export function readOffer(bytes: Uint8Array): ClientOffer | 'incomplete' | 'unreadable' {
  try {
    const message = joinRecords(bytes)
    if (message === 'incomplete') return bytes.length > maxHelloBytes ? 'unreadable' : 'incomplete'
    return readHello(message)
  } catch (error) {
    if (error instanceof RangeError) return 'unreadable'
    throw error
  }
}

/** The handshake message that the first records carry. */
function joinRecords(bytes: Uint8Array): Reader | 'incomplete' {
  const fragments: Uint8Array[] = []
  let size = 0
  for (let at = 0; ; ) {
    if (bytes.length < at + 5) return 'incomplete'
    const length = ((bytes[at + 3] as number) << 8) | (bytes[at + 4] as number)
    if (bytes[at] !== 22 || bytes[at + 1] !== 3) throw new RangeError('no handshake record')
    if (bytes.length < at + 5 + length) return 'incomplete'
    fragments.push(bytes.subarray(at + 5, at + 5 + length))
    size += length
    at += 5 + length
    if (size < 4) continue
    const reader = new Reader(Buffer.concat(fragments))
    if (reader.number(1) !== 1) throw new RangeError('no ClientHello')
    const total = reader.number(3)
    if (reader.left >= total) return new Reader(reader.bytes(total))
  }
}

function readHello(hello: Reader): ClientOffer {
  hello.bytes(2 + 32)
  const sessionId = hello.vector(1)
  hello.vector(2)
  hello.vector(1)
  let serverName: string | undefined
  let alpnProtocols: Uint8Array[] | undefined
  let wantsOcsp = false
  let hasTicket = false
  const extensions = new Reader(hello.left > 0 ? hello.vector(2) : new Uint8Array(0))
  while (extensions.left > 0) {
    const type = extensions.number(2)
    const body = new Reader(extensions.vector(2))
    if (type === 0 && body.left > 0) serverName = readServerName(new Reader(body.vector(2)))
    else if (type === 16) alpnProtocols = readProtocolList(new Reader(body.vector(2)))
    else if (type === 5) wantsOcsp = true
    else if (type === 35) hasTicket = body.left > 0
  }
  // The runtime's TLS selects the protocol itself, and rejects a client that shares none.
  return { serverName, alpnProtocols, wantsOcsp, sessionId: hasTicket ? new Uint8Array(0) : sessionId, isTls13: false }
}

function readServerName(list: Reader): string | undefined {
  while (list.left > 0) {
    const isHostName = list.number(1) === 0
    const name = list.vector(2)
    if (isHostName) return Buffer.from(name).toString('latin1')
  }
  return undefined
}

function readProtocolList(list: Reader): Uint8Array[] {
  const protocols: Uint8Array[] = []
  while (list.left > 0) protocols.push(list.vector(1))
  return protocols
}

/** Throws a RangeError past the end. */
class Reader {
  readonly #bytes: Uint8Array
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  get left(): number {
    return this.#bytes.length - this.#at
  }

  bytes(count: number): Uint8Array {
    if (count > this.left) throw new RangeError('cut off')
    this.#at += count
    return this.#bytes.subarray(this.#at - count, this.#at)
  }

  number(size: number): number {
    return this.bytes(size).reduce((sum, byte) => sum * 256 + byte, 0)
  }

  /** @param size - bytes of the length in front */
  vector(size: number): Uint8Array {
    return this.bytes(this.number(size))
  }
}
