// What a name server answers: RFC 1034 section 4.3.2, case by case.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { type Message, readMessage, writeMessage } from '../../src/dns/wire/message.ts'
import type { ResourceRecord } from '../../src/dns/wire/records.ts'
import {
  BADVERS,
  CH,
  FORMERR,
  IN,
  NOERROR,
  NOTIMP,
  NXDOMAIN,
  type QuestionType,
  REFUSED,
  SERVFAIL,
} from '../../src/dns/wire/types.ts'
import { Authority } from '../../src/dns-server/authority.ts'
import { DEFAULT_UDP_SIZE, MAX_ALIASES } from '../../src/dns-server/server-limits.ts'
import { Zone, ZoneError } from '../../src/dns-server/zone.ts'
import { describeZone } from '../../src/dns-server/zone-description.ts'
import { parseZoneFile } from '../../src/dns-server/zone-file.ts'
import { exampleZone } from '../dns/example-zone.ts'
import { queryFor } from '../dns/messages.ts'

const authority = new Authority([exampleZone()])

function ask(name: string, type: QuestionType, from = authority): Message {
  const bytes = from.respond(writeMessage(queryFor(name, type)), 'tcp')
  assert.ok(bytes)
  return readMessage(bytes)
}

/** `owner TYPE address-or-target`, as far as these tests look. */
function lines(records: readonly ResourceRecord[]): string[] {
  return records.map(record => {
    const value = 'address' in record ? record.address : 'target' in record ? record.target : ''
    return `${record.name} ${record.type} ${value}`.trim()
  })
}

describe('an answer', () => {
  it('has the records asked for, with the question as it came', () => {
    const answer = ask('eXaMpLe.TeSt', 'A')
    assert.equal(answer.rcode, NOERROR)
    assert.deepEqual(
      [answer.flags.qr, answer.flags.aa, answer.flags.rd, answer.flags.ra, answer.flags.tc],
      [true, true, true, false, false],
    )
    assert.deepEqual(answer.questions, [{ name: 'eXaMpLe.TeSt', type: 'A', class: IN }])
    assert.deepEqual(lines(answer.answers), ['eXaMpLe.TeSt A 192.0.2.1'])
  })

  it('says NXDOMAIN with the zone, for as long as its minimum says', () => {
    const answer = ask('nothing.example.test', 'A')
    assert.equal(answer.rcode, NXDOMAIN)
    assert.equal(answer.flags.aa, true)
    assert.deepEqual(
      answer.authorities.map(record => [record.type, record.name, record.ttl]),
      [['SOA', 'example.test', 60]],
    )
  })

  it('says that there are no such data, where there are others or only names below', () => {
    for (const name of ['mail.example.test', 'empty.example.test', 'wild.example.test']) {
      const answer = ask(name, 'MX')
      assert.equal(answer.rcode, NOERROR, name)
      assert.deepEqual(answer.answers, [])
      assert.equal(answer.authorities[0]?.type, 'SOA')
    }
  })

  it('follows aliases within its zones, and no further', () => {
    assert.deepEqual(lines(ask('alias.example.test', 'A').answers), [
      'alias.example.test CNAME www.example.test',
      'www.example.test CNAME example.test',
      'example.test A 192.0.2.1',
    ])
    const away = ask('away.example.test', 'A')
    assert.deepEqual([away.rcode, away.authorities.length], [NOERROR, 0])
    assert.deepEqual(lines(away.answers), ['away.example.test CNAME host.elsewhere.test'])
    assert.deepEqual(lines(ask('alias.example.test', 'CNAME').answers), ['alias.example.test CNAME www.example.test'])
    const dangling = ask('dangling.example.test', 'A')
    assert.equal(dangling.rcode, NXDOMAIN)
    assert.deepEqual(lines(dangling.answers), ['dangling.example.test CNAME nothing.example.test'])
  })

  it('gives up on aliases in a circle, and after MAX_ALIASES', () => {
    assert.equal(ask('loop.example.test', 'A').rcode, SERVFAIL)
    const chain = Object.fromEntries(
      Array.from({ length: MAX_ALIASES + 1 }, (_, i) => [`a${i}`, { CNAME: `a${i + 1}` }]),
    )
    const end = { [`a${MAX_ALIASES + 1}`]: { A: '192.0.2.1' } }
    const chained = new Authority([describeZone({ origin: 'test', records: { ...chain, ...end } })])
    assert.equal(ask('a0.test', 'A', chained).rcode, SERVFAIL)
    assert.equal(ask('a1.test', 'A', chained).answers.length, MAX_ALIASES + 1)
  })

  it('comes from a wildcard where the name itself is not there', () => {
    assert.deepEqual(lines(ask('a.b.wild.example.test', 'A').answers), ['a.b.wild.example.test A 192.0.2.99'])
    // A name that is there, or that has names below, hides the wildcard: RFC 4592 section 2.2.1.
    assert.deepEqual(ask('here.wild.example.test', 'A').answers, [])
    assert.equal(ask('here.wild.example.test', 'A').rcode, NOERROR)
    assert.equal(ask('x.here.wild.example.test', 'A').rcode, NXDOMAIN)
    assert.equal(ask('a.wild.example.test', 'MX').rcode, NOERROR)
  })

  it('refers to the servers of a zone below, with their addresses', () => {
    for (const name of ['sub.example.test', 'deep.sub.example.test', 'ns.sub.example.test']) {
      const answer = ask(name, 'A')
      assert.equal(answer.flags.aa, false)
      assert.equal(answer.rcode, NOERROR)
      assert.deepEqual(answer.answers, [])
      assert.deepEqual(lines(answer.authorities), ['sub.example.test NS ns.sub.example.test'])
      assert.deepEqual(lines(answer.additionals), ['ns.sub.example.test A 192.0.2.54'])
    }
    // DS belongs to the parent: RFC 4035 section 3.1.4.1.
    assert.equal(ask('sub.example.test', 'TYPE43').flags.aa, true)
  })

  it('answers for the zone below when it has that one too', () => {
    const below = describeZone({ origin: 'sub.example.test', records: { '@': { A: '192.0.2.60', NS: 'ns' } } })
    const both = new Authority([exampleZone(), below])
    assert.deepEqual(lines(ask('sub.example.test', 'A', both).answers), ['sub.example.test A 192.0.2.60'])
    assert.equal(ask('sub.example.test', 'TYPE43', both).authorities[0]?.name, 'example.test')
  })

  it('brings the addresses of the machines that it names', () => {
    const answer = ask('example.test', 'MX')
    assert.equal(answer.answers.length, 2)
    assert.deepEqual(lines(answer.additionals), [
      'mail.example.test A 192.0.2.25',
      'mail.example.test AAAA 2001:db8::25',
    ])
  })

  it('has everything for ANY, or one set where it is to be minimal', () => {
    const types = (answer: Message) => [...new Set(answer.answers.map(record => record.type))]
    assert.deepEqual(types(ask('example.test', 'ANY')), ['SOA', 'NS', 'MX', 'TXT', 'CAA', 'A', 'AAAA'])
    assert.deepEqual(types(ask('example.test', 'ANY', new Authority([exampleZone()], { any: 'minimal' }))), ['SOA'])
  })
})

describe('a query that is not answered', () => {
  it('is refused outside of the zones, in other classes, and for whole zones', () => {
    assert.equal(ask('elsewhere.test', 'A').rcode, REFUSED)
    assert.equal(ask('example.test', 'AXFR').rcode, REFUSED)
    const chaos = authority.answer({
      ...queryFor('example.test', 'A'),
      questions: [{ name: '', type: 'A', class: CH }],
    })
    assert.equal(chaos.rcode, REFUSED)
  })

  it('gets FORMERR with two questions, none, or garbage; NOTIMP with another opcode; nothing with no header', () => {
    const query = queryFor('example.test', 'A')
    assert.equal(authority.answer({ ...query, questions: [] }).rcode, FORMERR)
    assert.equal(authority.answer({ ...query, questions: [...query.questions, ...query.questions] }).rcode, FORMERR)
    const garbage = Uint8Array.of(9, 8, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0xc0)
    assert.deepEqual(authority.respond(garbage, 'udp'), Uint8Array.of(9, 8, 0x81, FORMERR, 0, 0, 0, 0, 0, 0, 0, 0))
    const update = Uint8Array.of(9, 8, 0x28, 0, 0, 9, 0, 0, 0, 0, 0, 0)
    assert.deepEqual(authority.respond(update, 'udp'), Uint8Array.of(9, 8, 0xa8, NOTIMP, 0, 0, 0, 0, 0, 0, 0, 0))
    assert.equal(authority.respond(Uint8Array.of(9, 8, 1), 'udp'), undefined)
    assert.equal(authority.respond(Uint8Array.of(9, 8, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 0), 'udp'), undefined)
  })

  it('gets BADVERS for an EDNS that is newer', () => {
    const edns = { udpSize: 4096, version: 1, do: false, options: [] }
    const answer = authority.answer({ ...queryFor('example.test', 'A'), edns })
    assert.deepEqual([answer.rcode, answer.edns?.version, answer.answers], [BADVERS, 0, []])
  })
})

describe('an answer over UDP', () => {
  const sizes = (udpSize: number | undefined, own?: number) => {
    const edns = udpSize === undefined ? undefined : { udpSize, version: 0, do: false, options: [] }
    const from = new Authority([exampleZone()], { udpSize: own })
    const bytes = from.respond(writeMessage({ ...queryFor('many.example.test', 'A'), edns }), 'udp')
    assert.ok(bytes)
    const answer = readMessage(bytes)
    assert.equal(answer.flags.tc, true)
    return { size: bytes.length, edns: answer.edns }
  }

  it('takes 512 bytes, or what the client takes, up to its own limit', () => {
    const within = (size: number, limit: number) => assert.ok(size <= limit && size > limit - 16, `${size} of ${limit}`)
    within(sizes(undefined).size, 512)
    within(sizes(0).size, 512)
    within(sizes(1000).size, 1000)
    within(sizes(65535).size, DEFAULT_UDP_SIZE)
    within(sizes(65535, 4096).size, 4096)
    assert.equal(sizes(undefined).edns, undefined)
    assert.equal(sizes(700).edns?.udpSize, DEFAULT_UDP_SIZE)
  })

  it('is not truncated for additional records, unless they make a referral', () => {
    const servers = Array.from({ length: 20 }, (_, i) => `name-of-a-server-${i}`)
    const addresses = Object.fromEntries(
      servers.map(name => [`${name}.below`, { A: '192.0.2.1', AAAA: '2001:db8::1' }]),
    )
    const zone = describeZone({
      origin: 'test',
      records: {
        ...addresses,
        below: { NS: servers.map(name => `${name}.below`) },
        mail: { MX: servers.map(name => ({ preference: 1, exchange: `${name}.above` })) },
        ...Object.fromEntries(servers.map(name => [`${name}.above`, { A: '192.0.2.1', AAAA: '2001:db8::1' }])),
      },
    })
    const of = (name: string, type: QuestionType) => {
      const edns = { udpSize: 900, version: 0, do: false, options: [] }
      const bytes = new Authority([zone]).respond(writeMessage({ ...queryFor(name, type), edns }), 'udp')
      return readMessage(bytes as Uint8Array)
    }
    const mail = of('mail.test', 'MX')
    assert.deepEqual([mail.flags.tc, mail.answers.length], [false, 20])
    assert.ok(mail.additionals.length < 40)
    const referral = of('x.below.test', 'A')
    assert.deepEqual([referral.flags.tc, referral.authorities.length], [true, 20])
  })
})

describe('a zone', () => {
  const records = (text: string) => parseZoneFile(`$TTL 1\n${text}`, { origin: 'test' })
  const soa = '@ SOA a b 1 2 3 4 5\n'

  it('is refused when its records make none', () => {
    assert.throws(() => new Zone(records('@ A 192.0.2.1')), ZoneError)
    assert.throws(() => new Zone(records(`${soa}sub SOA a b 1 2 3 4 5`)), /second SOA/)
    assert.throws(() => new Zone(records(`${soa}other.example. A 192.0.2.1`)), /not within 'test'/)
    assert.throws(() => new Zone(records(`${soa}a CNAME b\na A 192.0.2.1`)), /beside its CNAME/)
    assert.throws(() => describeZone({ origin: 'test', records: { a: { A: '192.0.2.256' } } }), ZoneError)
  })

  it('keeps each record once, and one time to live per set', () => {
    const zone = new Zone(records(`${soa}a 9 A 192.0.2.1\na 5 A 192.0.2.1\nA 3 A 192.0.2.2`))
    assert.deepEqual(
      zone.recordsOf('a.test', 'A').map(record => record.ttl),
      [3, 3],
    )
  })
})
