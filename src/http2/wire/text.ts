// Bytes to text and back, the quick ways: the one place in this module's codecs that knows Buffer.

/** One character for each byte. */
export function latin1Text(bytes: Uint8Array, start: number, end: number): string {
  // Short text is joined here: a call out of JavaScript costs more than a few characters.
  if (end - start <= 8) {
    let text = ''
    for (let i = start; i < end; i++) text += String.fromCharCode(bytes[i] as number)
    return text
  }
  return Buffer.prototype.latin1Slice.call(bytes, start, end)
}

/** Writes the low eight bits of each character. @returns the position behind it */
export function writeLatin1(text: string, target: Uint8Array, at: number): number {
  for (let i = 0; i < text.length; i++) target[at + i] = text.charCodeAt(i)
  return at + text.length
}
