// What went over the line, as BoringSSL's message callback writes it down, and the secrets of the key log.

import { CLIENT_HELLO } from '../../../src/tls/wire/handshake-messages.ts'
import { ALERT, CHANGE_CIPHER_SPEC, HANDSHAKE } from '../../../src/tls/wire/records.ts'

export class MessageTrace {
  #lines: string[] = []
  #clientHellos = 0
  readonly #secrets = new Map<string, Buffer>()

  add(direction: 'sent' | 'received', type: number, content: Uint8Array): void {
    const verb = direction === 'sent' ? 'write' : 'read'
    if (type === HANDSHAKE) this.#lines.push(`${verb} hs ${content[0]}\n`)
    if (type === CHANGE_CIPHER_SPEC) this.#lines.push(`${verb} ccs\n`)
    if (type === ALERT) this.#lines.push(`${verb} alert ${content[0]} ${content[1]}\n`)
    if (type === HANDSHAKE && content[0] === CLIENT_HELLO) this.#clientHellos++
  }

  get text(): string {
    return this.#lines.join('')
  }

  /** Whether a HelloRetryRequest asked for a second ClientHello. */
  get hadRetry(): boolean {
    return this.#clientHellos > 1
  }

  /** @param line - of the NSS key log */
  addSecret(line: string): void {
    const [label = '', , secret = ''] = line.split(' ')
    this.#secrets.set(label, Buffer.from(secret, 'hex'))
  }

  /** The length of a secret, the one that we read with, and the one that we write with. */
  trafficSecrets(isServer: boolean): Buffer {
    const client = this.#secrets.get('CLIENT_TRAFFIC_SECRET_0') ?? Buffer.alloc(0)
    const server = this.#secrets.get('SERVER_TRAFFIC_SECRET_0') ?? Buffer.alloc(0)
    const length = Buffer.alloc(2)
    length.writeUInt16LE(client.length)
    return Buffer.concat(isServer ? [length, client, server] : [length, server, client])
  }
}
