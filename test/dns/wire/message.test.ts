// Whole messages: RFC 1035 section 4, RFC 6891.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { readMessage, writeMessage } from '../../../src/dns/wire/message.ts'
import type { ResourceRecord } from '../../../src/dns/wire/records.ts'
import { IN, NXDOMAIN } from '../../../src/dns/wire/types.ts'
import { message, queryFlags } from '../messages.ts'

const head = { name: 'Example.org', class: IN, ttl: 300 } as const
const records: ResourceRecord[] = [
  { ...head, type: 'A', address: '192.0.2.1' },
  { ...head, type: 'AAAA', address: '2001:db8::1' },
  { ...head, type: 'NS', target: 'ns.example.org' },
  { ...head, type: 'CNAME', target: 'other.test' },
  { ...head, type: 'PTR', target: 'a.b.c.d.e.example.org' },
  {
    ...head,
    type: 'SOA',
    mname: 'ns.example.org',
    rname: 'host\\.master.example.org',
    serial: 4294967295,
    refresh: 1,
    retry: 2,
    expire: 3,
    minimum: 4,
  },
  { ...head, type: 'MX', preference: 10, exchange: '' },
  { ...head, type: 'TXT', strings: ['a', '', '\xff'.repeat(255)] },
  { ...head, type: 'SRV', priority: 1, weight: 2, port: 443, target: 'example.org' },
  {
    ...head,
    type: 'NAPTR',
    order: 1,
    preference: 2,
    flags: 's',
    services: 'SIP+D2U',
    regexp: '!a!b!',
    replacement: '_sip._udp.example.org',
  },
  { ...head, type: 'TLSA', usage: 3, selector: 1, matchingType: 1, data: Uint8Array.of(1, 2, 3) },
  { ...head, type: 'CAA', flags: 128, tag: 'issue', value: 'ca.test; a=b' },
  { ...head, type: 'SVCB', priority: 0, target: 'svc.test', params: [] },
  {
    ...head,
    type: 'HTTPS',
    priority: 1,
    target: '',
    params: [
      { key: 'mandatory', keys: ['alpn', 'key7'] },
      { key: 'alpn', ids: ['h2', 'h3'] },
      { key: 'no-default-alpn' },
      { key: 'port', port: 8443 },
      { key: 'ipv4hint', addresses: ['192.0.2.1', '192.0.2.2'] },
      { key: 'ech', config: Uint8Array.of(9) },
      { key: 'ipv6hint', addresses: ['2001:db8::1'] },
      { key: 'key7', data: Uint8Array.of(1) },
    ],
  },
  { ...head, type: 'TYPE65280', data: Uint8Array.of(0, 255) },
]

describe('a message', () => {
  it('comes back as it was written, with every kind of record, compressed or not', () => {
    const whole = message({
      questions: [{ name: 'eXample.org', type: 'ANY', class: IN }],
      flags: { ...queryFlags, qr: true, aa: true, ra: true, ad: true, cd: true },
      rcode: 23,
      answers: records,
      authorities: records,
      additionals: records,
      edns: { udpSize: 1232, version: 0, do: true, options: [{ code: 10, data: Uint8Array.of(1, 2) }] },
    })
    const compressed = writeMessage(whole)
    const plain = writeMessage(whole, { compress: false })
    assert.deepEqual(readMessage(compressed), whole)
    assert.deepEqual(readMessage(plain), whole)
    assert.ok(compressed.length < plain.length)
  })

  it('is the bytes of the standard', () => {
    const query = message({ questions: [{ name: 'F.ISI.ARPA', type: 'A', class: IN }], rcode: NXDOMAIN })
    const bytes = Buffer.from('12340103000100000000000001460349534904415250410000010001', 'hex')
    assert.deepEqual(Buffer.from(writeMessage(query)), bytes)
    assert.deepEqual(readMessage(bytes), query)
  })

  it('leaves out what does not fit, says so, and keeps EDNS', () => {
    const edns = { udpSize: 1232, version: 0, do: false, options: [] }
    const bytes = writeMessage(message({ answers: [...records, ...records], edns }), { maxSize: 512 })
    const short = readMessage(bytes)
    assert.ok(bytes.length <= 512)
    assert.equal(short.flags.tc, true)
    assert.deepEqual(short.answers, records.slice(0, short.answers.length))
    assert.deepEqual(short.edns, edns)
  })
})
