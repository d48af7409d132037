// `ALPNProtocols` as programs give it, and its wire form: a length byte before each name. RFC 7301.

import { codedError, invalidArgValue } from '../../core/errors.ts'

/** `tls.convertALPNProtocols`: sets the wire form on `out`. A value that is neither a list nor bytes is ignored, as in Node. */
export function convertALPNProtocols(protocols: unknown, out: { ALPNProtocols?: unknown }): void {
  if (Array.isArray(protocols)) out.ALPNProtocols = writeProtocols(protocols)
  else if (ArrayBuffer.isView(protocols)) {
    // A copy: the program may change its own bytes later.
    const bytes = Buffer.from(Buffer.from(protocols.buffer as ArrayBuffer, protocols.byteOffset, protocols.byteLength))
    checkWireForm(bytes)
    out.ALPNProtocols = bytes
  }
}

/** The names in a wire form that `convertALPNProtocols` made. */
export function readProtocols(wire: Uint8Array): Uint8Array[] {
  const protocols: Uint8Array[] = []
  for (let at = 0; at < wire.length; ) {
    const end = at + 1 + (wire[at] as number)
    protocols.push(wire.subarray(at + 1, end))
    at = end
  }
  return protocols
}

function writeProtocols(protocols: readonly unknown[]): Buffer {
  const parts = protocols.map((protocol, index) => {
    const bytes = Buffer.from(protocol as string)
    if (bytes.length === 0) throw invalidArgValue(`protocols[${index}]`, protocol, 'must be a non-empty string')
    if (bytes.length > 255) {
      const subject = `The byte length of the protocol at index ${index} exceeds the maximum length.`
      const message = `${subject} It must be <= 255. Received ${bytes.length}`
      throw codedError(RangeError, 'ERR_OUT_OF_RANGE', message)
    }
    return Buffer.concat([Buffer.from([bytes.length]), bytes])
  })
  return Buffer.concat(parts)
}

function checkWireForm(wire: Buffer): void {
  for (let at = 0; at < wire.length; ) {
    const length = wire[at] as number
    if (length === 0) throw invalidArgValue('ALPNProtocols', wire, 'must not contain zero-length protocol')
    if (at + 1 + length > wire.length) throw invalidArgValue('ALPNProtocols', wire, 'contains truncated protocol')
    at += 1 + length
  }
}
