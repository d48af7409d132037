// The trace of `enableTrace`: which messages come and go, on standard error.

const contentTypes: Readonly<Record<number, string>> = {
  20: 'ChangeCipherSpec',
  21: 'Alert',
  22: 'Handshake',
  23: 'ApplicationData',
}
const messages: Readonly<Record<number, string>> = {
  0: 'HelloRequest',
  1: 'ClientHello',
  2: 'ServerHello',
  4: 'NewSessionTicket',
  8: 'EncryptedExtensions',
  11: 'Certificate',
  12: 'ServerKeyExchange',
  13: 'CertificateRequest',
  14: 'ServerHelloDone',
  15: 'CertificateVerify',
  16: 'ClientKeyExchange',
  20: 'Finished',
  22: 'CertificateStatus',
  24: 'KeyUpdate',
}

/** Names and lengths alone: neither plaintext nor keys. */
export function traceMessage(direction: 'sent' | 'received', contentType: number, content: Uint8Array): void {
  const type = contentTypes[contentType] ?? `content type ${contentType}`
  const message = contentType === 22 ? ` ${messages[content[0] ?? -1] ?? 'message'}` : ''
  process.stderr.write(`${direction === 'sent' ? 'Sent' : 'Received'} ${type}${message}, Length=${content.length}\n`)
}
