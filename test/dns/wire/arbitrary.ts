// Messages for property tests: any that can be written.

import fc from 'fast-check'
import { formatIp } from '../../../src/core/ip.ts'
import type { Message } from '../../../src/dns/wire/message.ts'
import { MessageReader } from '../../../src/dns/wire/reader.ts'
import type { ResourceRecord } from '../../../src/dns/wire/records.ts'
import type { ServiceParam } from '../../../src/dns/wire/service-binding.ts'

/** Labels of any bytes; few and common ones more often, so that names meet. */
const label = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom('a', 'B', 'example', 'test', '_tcp', '*', 'www') },
  {
    weight: 1,
    arbitrary: fc.uint8Array({ minLength: 1, maxLength: 63 }).map(bytes => Buffer.from(bytes).toString('latin1')),
  },
)

/** As text: written down by the reader, whose escapes are tested on their own. */
export const name = fc
  .array(label, { maxLength: 6 })
  .filter(labels => labels.reduce((size, one) => size + one.length + 1, 1) <= 255)
  .map(labels => {
    const wire = labels.map(one => String.fromCharCode(one.length) + one).join('')
    return new MessageReader(Buffer.from(`${wire}\0`, 'latin1')).name()
  })

/** With Object.prototype, as the reader makes them. */
const plain = { noNullPrototype: true } as const

const uint8 = fc.nat(0xff)
const uint16 = fc.nat(0xffff)
const uint32 = fc.nat(0xffffffff)
const bytes = fc.uint8Array({ maxLength: 300 })
const byteText = (maxLength: number, minLength = 0) =>
  fc.uint8Array({ minLength, maxLength }).map(some => Buffer.from(some).toString('latin1'))
const string = byteText(255)
const ip = (size: number) => fc.uint8Array({ minLength: size, maxLength: size }).map(formatIp)

const param: fc.Arbitrary<ServiceParam> = fc.oneof(
  fc.subarray(['alpn', 'port', 'key9', 'key65534'], { minLength: 1 }).map(keys => ({
    key: 'mandatory' as const,
    keys,
  })),
  fc.array(byteText(255, 1), { minLength: 1, maxLength: 4 }).map(ids => ({ key: 'alpn' as const, ids })),
  fc.constant({ key: 'no-default-alpn' as const }),
  uint16.map(port => ({ key: 'port' as const, port })),
  fc.array(ip(4), { minLength: 1, maxLength: 3 }).map(addresses => ({ key: 'ipv4hint' as const, addresses })),
  fc.array(ip(16), { minLength: 1, maxLength: 3 }).map(addresses => ({ key: 'ipv6hint' as const, addresses })),
  bytes.map(config => ({ key: 'ech' as const, config })),
  bytes.map(data => ({ key: 'key7' as const, data })),
)
const keyOrder = ['mandatory', 'alpn', 'no-default-alpn', 'port', 'ipv4hint', 'ech', 'ipv6hint', 'key7']
const params = fc
  .uniqueArray(param, { selector: one => one.key })
  .map(list => list.sort((a, b) => keyOrder.indexOf(a.key) - keyOrder.indexOf(b.key)))

const data = fc.oneof(
  ip(4).map(address => ({ type: 'A' as const, address })),
  ip(16).map(address => ({ type: 'AAAA' as const, address })),
  fc.record({ type: fc.constantFrom('NS' as const, 'CNAME' as const, 'PTR' as const), target: name }),
  fc.record({
    type: fc.constant('SOA' as const),
    mname: name,
    rname: name,
    serial: uint32,
    refresh: uint32,
    retry: uint32,
    expire: uint32,
    minimum: uint32,
  }),
  fc.record({ type: fc.constant('MX' as const), preference: uint16, exchange: name }),
  fc.record({ type: fc.constant('TXT' as const), strings: fc.array(string, { minLength: 1, maxLength: 4 }) }),
  fc.record({ type: fc.constant('SRV' as const), priority: uint16, weight: uint16, port: uint16, target: name }),
  fc.record({
    type: fc.constant('NAPTR' as const),
    order: uint16,
    preference: uint16,
    flags: string,
    services: string,
    regexp: string,
    replacement: name,
  }),
  fc.record({ type: fc.constant('TLSA' as const), usage: uint8, selector: uint8, matchingType: uint8, data: bytes }),
  fc.record({ type: fc.constant('CAA' as const), flags: uint8, tag: byteText(255, 1), value: byteText(400) }),
  fc.record({ type: fc.constantFrom('SVCB' as const, 'HTTPS' as const), priority: uint16, target: name, params }),
  fc.record({ type: fc.constantFrom('TYPE0' as const, 'TYPE43' as const, 'TYPE65535' as const), data: bytes }),
)

export const record = fc
  .record({ name, class: uint16, ttl: fc.nat(0x7fffffff), data })
  .map(({ data, ...head }) => ({ ...head, ...data }) as ResourceRecord)

const records = fc.array(record, { maxLength: 6 })
const bit = fc.boolean()

export const anyMessage: fc.Arbitrary<Message> = fc.record(
  {
    id: uint16,
    flags: fc.record({ qr: bit, opcode: fc.nat(15), aa: bit, tc: bit, rd: bit, ra: bit, ad: bit, cd: bit }, plain),
    rcode: fc.nat(15),
    questions: fc.array(
      fc.record({ name, type: fc.constantFrom('A' as const, 'ANY' as const, 'TYPE43' as const), class: uint16 }, plain),
      { maxLength: 2 },
    ),
    answers: records,
    authorities: records,
    additionals: records,
    edns: fc.option(
      fc.record(
        {
          udpSize: uint16,
          version: uint8,
          do: bit,
          options: fc.array(fc.record({ code: uint16, data: bytes }, plain), { maxLength: 3 }),
        },
        plain,
      ),
      { nil: undefined },
    ),
  },
  plain,
)
