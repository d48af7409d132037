// A client's session as programs keep it: what the backend wrote, behind the identity that the server had. It is offered to no
// other server, however the program mixes them up.

const magic = Buffer.from('plainwire:tls:session:1\0', 'latin1')

export function sealSession(session: Uint8Array, identity: string): Buffer<ArrayBuffer> {
  const name = Buffer.from(identity, 'utf8')
  const length = Buffer.alloc(2)
  length.writeUInt16BE(Math.min(name.length, 0xffff))
  return Buffer.concat([magic, length, name.subarray(0, 0xffff), session])
}

/** @returns undefined where it is none, or another server's */
export function openSession(bytes: Uint8Array, identity: string): Uint8Array | undefined {
  const buffer = Buffer.from(bytes.buffer as ArrayBuffer, bytes.byteOffset, bytes.byteLength)
  const start = magic.length + 2
  if (buffer.length < start || !buffer.subarray(0, magic.length).equals(magic)) return undefined
  const end = start + buffer.readUInt16BE(magic.length)
  if (buffer.length < end || buffer.toString('utf8', start, end) !== identity) return undefined
  return buffer.subarray(end)
}
