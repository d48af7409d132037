// The message codec against dns-packet, which most of npm's DNS programs use. Ours compresses names, dns-packet does not.

import { createRequire } from 'node:module'
import { readMessage, writeMessage } from '../../src/dns/wire/message.ts'
import type { SpeedCase } from '../case.ts'
import { encoded, messages } from './messages.ts'

/** As far as it is used here; it has no types of its own. */
interface DnsPacket {
  decode(bytes: Buffer): object
  encode(packet: object): Buffer
  readonly RECURSION_DESIRED: number
  readonly RECURSION_AVAILABLE: number
}

/** Each does its work with all the messages once. */
const work: Readonly<Record<string, (subject: string) => () => unknown>> = {
  'decode 16 messages': subject => {
    if (subject === 'plainwire') return () => encoded.map(readMessage)
    const { decode } = dnsPacket()
    const buffers = encoded.map(bytes => Buffer.from(bytes))
    return () => buffers.map(bytes => decode(bytes))
  },
  'encode 16 messages': subject => {
    if (subject === 'plainwire') return () => messages.map(message => writeMessage(message))
    const { encode, decode } = dnsPacket()
    // Its own objects, made by itself from the same bytes.
    const packets = encoded.map(bytes => decode(Buffer.from(bytes)))
    return () => packets.map(packet => encode(packet))
  },
}

export default Object.entries(work).map(
  ([operation, make]): SpeedCase => ({
    name: `dns/${operation.split(' ')[0]}`,
    operation,
    kind: 'speed',
    measured: 'load',
    subjects: ['plainwire', 'dns-packet'],
    baseline: 'dns-packet',
    serve: async () => ({ target: null, close() {} }),
    load: async (_target, subject) => {
      const once = make(subject)
      return { run: async ms => runFor(once, ms), close() {} }
    },
  }),
)

function runFor(once: () => unknown, ms: number): number {
  const end = performance.now() + ms
  let operations = 0
  while (performance.now() < end) {
    for (let i = 0; i < 20; i++) once()
    operations += 20
  }
  return operations
}

function dnsPacket(): DnsPacket {
  return createRequire(import.meta.url)('dns-packet') as DnsPacket
}
