// PEM: base64 between lines with a label. RFC 7468, read as leniently as OpenSSL does: several blocks, anything
// between them, and headers of encrypted keys (RFC 1421), which are kept with the block.

export interface PemBlock {
  /** `CERTIFICATE`, `PRIVATE KEY` ... */
  readonly label: string
  readonly der: Uint8Array
  /** The block's original text, from its first line to its last. */
  readonly text: string
  readonly isEncrypted: boolean
}

const begin = '-----BEGIN '
const dashes = '-----'

/** Whether the input is PEM rather than DER. A block may be anywhere in it, since comments may come first. */
export function looksLikePem(text: string): boolean {
  return text.includes(begin)
}

/** The blocks in order. Malformed ones are left out: those without an end line, or not in base64. */
export function parsePem(text: string): PemBlock[] {
  const blocks: PemBlock[] = []
  for (let start = text.indexOf(begin); start >= 0; ) {
    const labelEnd = text.indexOf(dashes, start + begin.length)
    if (labelEnd < 0) break
    const label = text.slice(start + begin.length, labelEnd)
    const footer = `-----END ${label}-----`
    const end = text.indexOf(footer, labelEnd)
    const next = text.indexOf(begin, labelEnd)
    // A label has one line, and a block does not extend over the beginning of the next.
    if (end < 0 || label.includes('\n') || (next >= 0 && next < end)) {
      start = next
      continue
    }
    const block = readBlock(label, text.slice(labelEnd + dashes.length, end), text.slice(start, end + footer.length))
    if (block) blocks.push(block)
    start = text.indexOf(begin, end + footer.length)
  }
  return blocks
}

const headerLine = /^[A-Za-z][A-Za-z0-9-]*:[^\n]*$/

function readBlock(label: string, body: string, text: string): PemBlock | undefined {
  const lines = body.split(/\r?\n|\r/)
  const headers: string[] = []
  const base64: string[] = []
  for (const line of lines) {
    if (line === '') continue
    if (headerLine.test(line) && base64.length === 0) headers.push(line)
    // A header may continue on the next line.
    else if (/^[ \t]+\S/.test(line) && headers.length > 0 && base64.length === 0) headers.push(line)
    else base64.push(line.replaceAll(/[ \t]/g, ''))
  }
  const content = base64.join('')
  if (content === '' || content.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(content)) return undefined
  const isEncrypted = label === 'ENCRYPTED PRIVATE KEY' || headers.some(line => /^Proc-Type:.*ENCRYPTED/.test(line))
  return { label, der: Buffer.from(content, 'base64'), text, isEncrypted }
}

/** Lines of 64 characters, as OpenSSL writes them. */
export function formatPem(label: string, der: Uint8Array): string {
  const base64 = Buffer.from(der.buffer, der.byteOffset, der.byteLength).toString('base64')
  const lines = base64.match(/.{1,64}/g) ?? []
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----`
}
