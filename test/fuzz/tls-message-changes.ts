// Changes to handshake messages that leave some sense in them: whole extensions taken out, doubled, moved, emptied and
// exchanged with lengths that fit, beside bits, bytes and cuts.

import { ByteReader, ByteWriter, WireError } from '../../src/tls/wire/bytes.ts'
import * as messages from '../../src/tls/wire/handshake-messages.ts'

type Below = (limit: number) => number
type Extension = readonly [type: number, body: Uint8Array]

/** Another message in the place of this one. */
export function changedMessage(message: Uint8Array, corpus: readonly Uint8Array[], below: Below): Uint8Array {
  switch (below(5)) {
    case 0:
      return corpus[below(corpus.length)] as Uint8Array
    case 1:
    case 2: {
      const changed = withOtherExtensions(message, corpus, below)
      if (changed) return changed
    }
  }
  let changed: Uint8Array = new Uint8Array(message)
  for (let times = 1 + below(3); times > 0; times--) changed = withOtherBytes(changed, below)
  // Mostly with a length that fits, so that the body is what is judged.
  if (changed.length >= 4 && below(4) > 0) {
    const size = changed.length - 4
    changed.set([size >>> 16, size >>> 8, size], 1)
  }
  return changed
}

function withOtherBytes(bytes: Uint8Array, below: Below): Uint8Array {
  const at = below(bytes.length + 1)
  switch (below(6)) {
    case 0:
      return bytes.slice(0, at)
    case 1:
      return Buffer.concat([bytes.subarray(0, at), Buffer.alloc(1 + below(8), below(256)), bytes.subarray(at)])
    case 2:
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(Math.min(bytes.length, at + 1 + below(8)))])
    default:
      if (at < bytes.length) bytes[at] = below(2) === 0 ? below(256) : (bytes[at] as number) ^ (1 << below(8))
      return bytes
  }
}

/** undefined: it has none. */
function withOtherExtensions(message: Uint8Array, corpus: readonly Uint8Array[], below: Below): Uint8Array | undefined {
  const split = splitAtExtensions(message)
  if (split === undefined) return undefined
  let { extensions } = split
  const others = splitAtExtensions(corpus[below(corpus.length)] as Uint8Array)?.extensions ?? []
  const at = below(extensions.length)
  const [type = below(60), body = new Uint8Array(0)] = extensions[at] ?? []
  const replaced = (...by: readonly Extension[]) => [...extensions.slice(0, at), ...by, ...extensions.slice(at + 1)]
  switch (below(7)) {
    case 0:
      extensions = replaced()
      break
    case 1:
      extensions = replaced([type, body], [type, body])
      break
    case 2:
      extensions = [...replaced(), [type, body]]
      break
    case 3:
      extensions = replaced([below(60), body])
      break
    case 4:
      extensions = [...extensions, ...others.slice(0, 1 + below(3))]
      break
    default:
      extensions = replaced([type, withOtherBytes(new Uint8Array(body), below)])
  }
  const writer = new ByteWriter(message.length + 64).bytes(split.before)
  writer.measured(2, () => {
    for (const [one, content] of extensions) writer.uint16(one).vector(2, content)
  })
  return messages.writeMessage(message[0] ?? 0, writer.take())
}

function splitAtExtensions(message: Uint8Array): { before: Uint8Array; extensions: Extension[] } | undefined {
  const body = message.subarray(4)
  const reader = new ByteReader(body)
  try {
    switch (message[0]) {
      case messages.CLIENT_HELLO:
        reader.bytes(34)
        reader.vector(1)
        reader.vector(2)
        reader.vector(1)
        break
      case messages.SERVER_HELLO:
        reader.bytes(34)
        reader.vector(1)
        reader.bytes(3)
        break
      case messages.CERTIFICATE_REQUEST:
        reader.vector(1)
        break
      case messages.ENCRYPTED_EXTENSIONS:
        break
      case messages.NEW_SESSION_TICKET:
        reader.bytes(8)
        reader.vector(1)
        reader.vector(2)
        break
      default:
        return undefined
    }
    const before = body.subarray(0, body.length - reader.remaining)
    const extensions = reader.list(2, (item): Extension => [item.uint16(), item.vector(2)])
    return { before, extensions }
  } catch (error) {
    if (error instanceof WireError) return undefined
    throw error
  }
}
