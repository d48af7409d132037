// Messages that a stub resolver meets: its questions, and answers as public resolvers give them, compressed.

import { type Message, writeMessage } from '../../src/dns/wire/message.ts'
import type { RecordData, ResourceRecord } from '../../src/dns/wire/records.ts'
import { IN, NOERROR, NXDOMAIN, type QuestionType } from '../../src/dns/wire/types.ts'

const edns = { udpSize: 1232, version: 0, do: false, options: [] }

function exchange(name: string, type: QuestionType, parts: Partial<Message>): Message[] {
  const flags = { qr: false, opcode: 0, aa: false, tc: false, rd: true, ra: false, ad: false, cd: false }
  const questions = [{ name, type, class: IN }]
  const query = { id: 4711, flags, rcode: NOERROR, questions, answers: [], authorities: [], additionals: [], edns }
  return [query, { ...query, flags: { ...flags, qr: true, ra: true }, ...parts }]
}

const record = (name: string, ttl: number, data: RecordData): ResourceRecord => ({ name, class: IN, ttl, ...data })
const a = (name: string, address: string) => record(name, 300, { type: 'A', address })
const aaaa = (name: string, address: string) => record(name, 300, { type: 'AAAA', address })

const soa: RecordData = {
  type: 'SOA',
  mname: 'ns-512.dns-17.example.net',
  rname: 'hostmaster.example.com',
  serial: 2026112101,
  refresh: 7200,
  retry: 900,
  expire: 1209600,
  minimum: 86400,
}
const mailHosts = ['aspmx', 'alt1.aspmx', 'alt2.aspmx', 'alt3.aspmx', 'alt4.aspmx'].map(name => `${name}.l.example.com`)

export const messages: readonly Message[] = [
  ...exchange('www.example.com', 'A', { answers: [a('www.example.com', '93.184.216.34')] }),
  ...exchange('cdn.assets.example.org', 'A', {
    answers: [
      record('cdn.assets.example.org', 300, { type: 'CNAME', target: 'd111111abcdef8.edge.example.net' }),
      record('d111111abcdef8.edge.example.net', 60, { type: 'CNAME', target: 'global.edge.example.net' }),
      ...[17, 42, 99, 120].map(last => a('global.edge.example.net', `203.0.113.${last}`)),
    ],
  }),
  ...exchange('www.example.com', 'AAAA', {
    answers: [2, 3, 4, 5].map(last => aaaa('www.example.com', `2001:db8:1400:a:face:b00c:0:25${last}`)),
  }),
  ...exchange('example.com', 'MX', {
    answers: mailHosts.map((exchange, i) => record('example.com', 300, { type: 'MX', preference: 5 * i, exchange })),
    additionals: mailHosts
      .slice(0, 2)
      .flatMap((name, i) => [a(name, `192.0.2.${i}`), aaaa(name, `2001:db8::${i + 1}`)]),
  }),
  ...exchange('example.com', 'TXT', {
    answers: [
      record('example.com', 3600, {
        type: 'TXT',
        strings: ['v=spf1 include:_spf.example.com include:mail.example.net ~all'],
      }),
      record('example.com', 3600, { type: 'TXT', strings: ['site-verification=7b1c3f9d2e5a48f0a6c1d9e8b7f60514'] }),
    ],
  }),
  ...exchange('_xmpp-server._tcp.example.com', 'SRV', {
    answers: [1, 2, 3].map(i =>
      record('_xmpp-server._tcp.example.com', 900, {
        type: 'SRV',
        priority: 5,
        weight: 0,
        port: 5269,
        target: `alt${i}.xmpp.example.com`,
      }),
    ),
  }),
  ...exchange('34.216.184.93.in-addr.arpa', 'PTR', {
    answers: [record('34.216.184.93.in-addr.arpa', 3600, { type: 'PTR', target: 'www.example.com' })],
  }),
  ...exchange('typo.exmaple.com', 'A', { rcode: NXDOMAIN, authorities: [record('example.com', 900, soa)] }),
]

export const encoded: readonly Uint8Array[] = messages.map(message => writeMessage(message))
