// A short summary of a packet: `SYN`, `ACK`, `TLS ClientHello`, `DNS A server.test?`, `GET / HTTP/1.1`.

import { readMessage } from '../../dns/wire/message.ts'
import {
  type Frame,
  type IcmpMessage,
  type Icmpv6Message,
  type IpPayload,
  type TcpSegment,
  tcpFlags,
  type UdpDatagram,
} from '../wire/packets.ts'

export function summarize({ payload }: Frame): string {
  if (payload.kind === 'opaque') return `${payload.bytes.length} bytes of an unknown protocol`
  if (payload.kind === 'arp') {
    return payload.operation === 'request'
      ? `ARP who has ${payload.targetIp}?`
      : `ARP ${payload.senderIp} is at ${payload.senderMac}`
  }
  const { fragment } = payload
  if (fragment !== undefined) return `fragment at ${fragment.offset}${fragment.hasMore ? '' : ', the last'}`
  return summarizeIp(payload.payload)
}

function summarizeIp(payload: IpPayload): string {
  switch (payload.kind) {
    case 'tcp':
      return summarizeTcp(payload)
    case 'udp':
      return summarizeUdp(payload)
    case 'icmp':
      return `ICMP ${icmpNames[payload.type] ?? `type ${payload.type}`}`
    case 'icmpv6':
      return `ICMPv6 ${icmpv6Names[payload.type] ?? `type ${payload.type}`}`
    case 'data':
      return `protocol ${payload.protocol}, ${payload.bytes.length} bytes`
  }
}

function summarizeTcp({ flags, data }: TcpSegment): string {
  const names = flagNames.filter(name => flags & tcpFlags[name])
  if (data.length === 0) return names.join(', ')
  const content = summarizeData(data)
  const size = `${data.length} bytes`
  // PSH and ACK are on nearly every segment with data.
  const special = names.filter(name => name !== 'PSH' && name !== 'ACK').join(', ')
  return `${special === '' ? '' : `${special}: `}${content === undefined ? size : `${content} (${size})`}`
}

/** The summary of a segment's data, by its first bytes. */
function summarizeData(data: Uint8Array): string | undefined {
  return summarizeTls(data) ?? summarizeHttp(data)
}

/** RFC 8446 section 5.1: type, version 3.x, length; then, in the clear, the type of a handshake message. */
function summarizeTls(data: Uint8Array): string | undefined {
  const records: string[] = []
  for (let at = 0; at + 5 <= data.length; ) {
    const [type, major] = [data[at] as number, data[at + 1]]
    const name = tlsRecords[type]
    if (name === undefined || major !== 3) break
    const handshake = type === TLS_HANDSHAKE ? tlsHandshakes[data[at + 5] ?? -1] : undefined
    records.push(handshake ?? name)
    at += 5 + (((data[at + 3] as number) << 8) | (data[at + 4] as number))
  }
  if (records.length === 0) return undefined
  const counted = records.filter((name, index) => name !== records[index - 1])
  return `TLS ${counted.join(', ')}`
}

function summarizeHttp(data: Uint8Array): string | undefined {
  const text = Buffer.from(data.buffer, data.byteOffset, Math.min(data.length, 120)).toString('latin1')
  const line = /^([A-Z]{3,10} [!-~]+ HTTP\/1\.[01]|HTTP\/1\.[01] \d{3}[ -~]*)\r\n/.exec(text)?.[1]
  if (line !== undefined) return line.length > 40 ? `${line.slice(0, 37)}...` : line
  return text.startsWith('PRI * HTTP/2.0') ? 'HTTP/2 preface' : undefined
}

function summarizeUdp({ sourcePort, destinationPort, data }: UdpDatagram): string {
  if (sourcePort === DNS_PORT || destinationPort === DNS_PORT) return summarizeDns(data) ?? `UDP ${data.length} bytes`
  return `UDP ${data.length} bytes`
}

function summarizeDns(data: Uint8Array): string | undefined {
  try {
    const { flags, questions, answers } = readMessage(data)
    const [question] = questions
    const asked = question === undefined ? '' : ` ${question.type} ${question.name.replace(/\.$/, '')}`
    if (!flags.qr) return `DNS${asked}?`
    const found = answers.map(answer => ('address' in answer ? answer.address : answer.type))
    return `DNS${asked}: ${found.length === 0 ? 'none' : found.join(', ')}`
  } catch {
    return undefined
  }
}

const DNS_PORT = 53
const TLS_HANDSHAKE = 22
const flagNames = ['SYN', 'FIN', 'RST', 'PSH', 'ACK', 'URG'] as const

const tlsRecords: Readonly<Record<number, string>> = {
  20: 'ChangeCipherSpec',
  21: 'Alert',
  22: 'Handshake',
  23: 'data',
}

const tlsHandshakes: Readonly<Record<number, string>> = {
  1: 'ClientHello',
  2: 'ServerHello',
  4: 'NewSessionTicket',
  11: 'Certificate',
  12: 'ServerKeyExchange',
  14: 'ServerHelloDone',
  16: 'ClientKeyExchange',
}

const icmpNames: Readonly<Record<IcmpMessage['type'], string>> = {
  0: 'echo reply',
  3: 'destination unreachable',
  8: 'echo request',
  11: 'time exceeded',
}

const icmpv6Names: Readonly<Record<Icmpv6Message['type'], string>> = {
  1: 'destination unreachable',
  2: 'packet too big',
  3: 'time exceeded',
  128: 'echo request',
  129: 'echo reply',
  133: 'router solicitation',
  134: 'router advertisement',
  135: 'neighbour solicitation',
  136: 'neighbour advertisement',
}
