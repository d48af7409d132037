// A client's session as programs store it: the backend's bytes, preceded by the server's identity. It is never offered to
// another server, even if the program passes it to the wrong connection.

const magic = Buffer.from('plainwire:tls:session:1\0', 'latin1')

export function sealSession(session: Uint8Array, identity: string): Buffer<ArrayBuffer> {
  const name = Buffer.from(identity, 'utf8')
  const length = Buffer.alloc(2)
  length.writeUInt16BE(Math.min(name.length, 0xffff))
  return Buffer.concat([magic, length, name.subarray(0, 0xffff), session])
}

/** @returns undefined if the bytes are not a session, or belong to another server */
export function openSession(bytes: Uint8Array, identity: string): Uint8Array | undefined {
  const buffer = Buffer.from(bytes.buffer as ArrayBuffer, bytes.byteOffset, bytes.byteLength)
  const start = magic.length + 2
  if (buffer.length < start || !buffer.subarray(0, magic.length).equals(magic)) return undefined
  const end = start + buffer.readUInt16BE(magic.length)
  if (buffer.length < end || buffer.toString('utf8', start, end) !== identity) return undefined
  return buffer.subarray(end)
}
