// The message codec before judges that share nothing with it: dnspython, dns-packet, and the queries of dig.

import assert from 'node:assert/strict'
import { execFile, spawnSync } from 'node:child_process'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import fc from 'fast-check'
import { type Message, readMessage, writeMessage } from '../../src/dns/wire/message.ts'
import type { ResourceRecord } from '../../src/dns/wire/records.ts'
import { IN } from '../../src/dns/wire/types.ts'
import { DnsServer } from '../../src/dns-server/server.ts'
import { anyMessage } from '../dns/wire/arbitrary.ts'

const root = join(fileURLToPath(import.meta.url), '../../../..')
const python = spawnSync('python3', ['-c', 'import dns.message'])
const noPython = python.status === 0 ? false : 'dnspython is not installed'
const noDig = spawnSync('dig', ['-v']).error === undefined ? false : 'dig is not installed'

/** What judges agree on: they look into more types than we do, and some have rules about what belongs together. */
const judged = anyMessage.map(message => {
  const records = (list: readonly ResourceRecord[]) =>
    list.filter(isJudged).map(record => ({ ...record, class: IN }) as ResourceRecord)
  return {
    ...message,
    flags: { ...message.flags, opcode: 0, qr: true },
    questions: message.questions.slice(0, 1).map(question => ({ ...question, class: IN })),
    answers: records(message.answers),
    authorities: records(message.authorities),
    additionals: records(message.additionals),
    edns: message.edns && {
      ...message.edns,
      version: 0,
      options: message.edns.options.filter(({ code }) => code > 1000),
    },
  }
})

function isJudged(record: ResourceRecord): boolean {
  // Keys that have to be there, text that has to be ASCII, configurations that have to make sense.
  if (record.type === 'SVCB' || record.type === 'HTTPS') {
    return (
      record.priority > 0 &&
      record.params.every(({ key }) => !['mandatory', 'alpn', 'no-default-alpn', 'ech'].includes(key))
    )
  }
  // A digest has its length.
  if (record.type === 'TLSA') return record.matchingType === 0 || record.matchingType > 2
  if (record.type === 'CAA') return /^[a-z0-9]+$/i.test(record.tag)
  return !record.type.startsWith('TYPE') || record.type === 'TYPE65535'
}

/** dnspython compresses names whatever the case of their letters. */
function lowerCase(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value).toLowerCase())
}

describe('the message codec and dnspython', { skip: noPython }, () => {
  it('understand each other', () => {
    const messages = fc.sample(judged, { numRuns: 400, seed: 20261121 })
    const input = messages.map(message => Buffer.from(writeMessage(message)).toString('hex')).join('\n')
    const judge = spawnSync('python3', [join(root, 'test/interop/dns-judge.py')], { input, maxBuffer: 1 << 27 })
    const answers = String(judge.stdout).trim().split('\n')
    assert.equal(answers.length, messages.length, String(judge.stderr))
    assert.deepEqual(
      answers.filter(answer => answer.startsWith('error')),
      [],
    )
    messages.forEach((message, index) => {
      assert.deepEqual(lowerCase(readMessage(Buffer.from(answers[index] as string, 'hex'))), lowerCase(message))
    })
  })
})

interface DnsPacket {
  decode(bytes: Buffer): { answers: { name: string; type: string; ttl: number; data: unknown }[] }
  encode(packet: object): Buffer
}

describe('the message codec and dns-packet', () => {
  const packet = createRequire(import.meta.url)('dns-packet') as DnsPacket
  const answers = [
    { name: 'a.test', type: 'A', ttl: 1, data: '192.0.2.1' },
    { name: 'a.test', type: 'AAAA', ttl: 1, data: '2001:db8::1:0:1' },
    { name: 'b.a.test', type: 'CNAME', ttl: 2, data: 'a.test' },
    { name: 'a.test', type: 'NS', ttl: 2, data: 'ns.a.test' },
    { name: 'a.test', type: 'PTR', ttl: 2, data: 'b.a.test' },
    { name: 'a.test', type: 'MX', ttl: 3, data: { preference: 5, exchange: 'mx.a.test' } },
    { name: 'a.test', type: 'TXT', ttl: 3, data: [Buffer.from('x'), Buffer.from('\xff', 'latin1')] },
    { name: 'a.test', type: 'SRV', ttl: 4, data: { priority: 1, weight: 2, port: 3, target: 'a.test' } },
    { name: 'a.test', type: 'CAA', ttl: 4, data: { flags: 128, tag: 'issue', value: 'ca.test', issuerCritical: true } },
    {
      name: 'a.test',
      type: 'NAPTR',
      ttl: 5,
      data: { order: 1, preference: 2, flags: 's', services: 'SIP', regexp: '!a!', replacement: 'a.test' },
    },
    {
      name: 'a.test',
      type: 'TLSA',
      ttl: 5,
      data: { usage: 3, selector: 1, matchingType: 1, certificate: Buffer.from('abc') },
    },
    {
      name: 'a.test',
      type: 'SOA',
      ttl: 6,
      data: { mname: 'ns.a.test', rname: 'x.test', serial: 4294967295, refresh: 1, retry: 2, expire: 3, minimum: 4 },
    },
  ]

  it('understand each other', () => {
    const theirs = packet.encode({ type: 'response', id: 7, flags: 0x0580, answers })
    const message = readMessage(theirs)
    assert.deepEqual([message.id, message.flags.aa, message.flags.rd, message.flags.ra], [7, true, true, true])
    assert.deepEqual(
      message.answers.map(({ type, ttl }) => [type, ttl]),
      answers.map(({ type, ttl }) => [type, ttl]),
    )
    const ours = packet.decode(Buffer.from(writeMessage(message)))
    assert.deepEqual(
      ours.answers.map(({ name, type, ttl, data }) => ({ name, type, ttl, data })),
      answers,
    )
  })
})

describe('the queries of dig', { skip: noDig }, () => {
  it('are read as dig was told', async () => {
    const seen: Message[] = []
    await using server = new DnsServer({
      responder: {
        respond(bytes) {
          const query = readMessage(bytes)
          seen.push(query)
          return writeMessage({ ...query, flags: { ...query.flags, qr: true }, edns: undefined })
        },
      },
    })
    const { port } = await server.listen()
    const dig = (...args: string[]) => promisify(execFile)('dig', ['@127.0.0.1', '-p', `${port}`, '+tries=1', ...args])
    await dig(
      '+bufsize=1400',
      '+dnssec',
      '+nocookie',
      '+subnet=192.0.2.0/24',
      '+nsid',
      '+cd',
      'Mixed.Case.test',
      'AAAA',
    )
    await dig('+noedns', '+norecurse', '+adflag', 'version.bind', 'TXT', 'CH')
    await dig('+noedns', '-t', 'TYPE65280', 'a\\.b.\\000\\200.test')
    await dig('+noedns', '+tcp', '-x', '2001:db8::1')
    const [first, second, third, fourth] = seen
    assert.deepEqual(first?.questions, [{ name: 'Mixed.Case.test', type: 'AAAA', class: IN }])
    assert.deepEqual([first?.flags.cd, first?.flags.rd, first?.flags.qr], [true, true, false])
    assert.deepEqual([first?.edns?.udpSize, first?.edns?.version, first?.edns?.do], [1400, 0, true])
    const options = new Map(first?.edns?.options.map(({ code, data }) => [code, Buffer.from(data).toString('hex')]))
    assert.deepEqual(
      options,
      new Map([
        [3, ''],
        [8, '00011800c00002'],
      ]),
    )
    assert.deepEqual(second?.questions, [{ name: 'version.bind', type: 'TXT', class: 3 }])
    assert.deepEqual([second?.flags.rd, second?.flags.ad, second?.edns], [false, true, undefined])
    assert.deepEqual(third?.questions, [{ name: 'a\\.b.\\000\\200.test', type: 'TYPE65280', class: IN }])
    assert.equal(fourth?.questions[0]?.name, `1.${'0.'.repeat(23)}8.b.d.0.1.0.0.2.ip6.arpa`)
  })
})
