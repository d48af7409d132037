// Our name server and codec with a real resolver between them: unbound asks our server, and what it answers is read by our
// codec, by dig and by node:dns, and has to be the same.

import assert from 'node:assert/strict'
import { execFile, spawnSync } from 'node:child_process'
import { Resolver } from 'node:dns/promises'
import { after, before, describe, it } from 'node:test'
import { promisify } from 'node:util'
import { Query, type Step } from '../../src/dns/engine/query.ts'
import { promises } from '../../src/dns/index.ts'
import { readMessage, writeMessage } from '../../src/dns/wire/message.ts'
import { formatData } from '../../src/dns/wire/record-format.ts'
import type { ResourceRecord } from '../../src/dns/wire/records.ts'
import type { QuestionType } from '../../src/dns/wire/types.ts'
import { osHost } from '../../src/host/index.ts'
import { askTcp, askUdp } from '../dns/clients.ts'
import { queryFor } from '../dns/messages.ts'
import { untyped } from '../dns/untyped.ts'
import { noUnbound, startUnbound, type Unbound } from './unbound.ts'

const noDig = spawnSync('dig', ['-v']).error === undefined ? false : 'dig is not installed'

const questions: readonly (readonly [name: string, type: QuestionType])[] = [
  ['example.test', 'A'],
  ['example.test', 'AAAA'],
  ['example.test', 'CAA'],
  ['example.test', 'MX'],
  ['example.test', 'NS'],
  ['example.test', 'SOA'],
  ['example.test', 'TXT'],
  ['alias.example.test', 'A'],
  ['www.example.test', 'CNAME'],
  ['1.example.test', 'PTR'],
  ['_sip._udp.example.test', 'SRV'],
  ['naptr.example.test', 'NAPTR'],
  ['_443._tcp.example.test', 'TLSA'],
  ['https.example.test', 'HTTPS'],
  ['svcb.example.test', 'SVCB'],
  ['unknown.example.test', 'TYPE65280'],
  ['any.wild.example.test', 'A'],
  ['below.empty.example.test', 'A'],
  ['odd\\.label.example.test', 'A'],
  ['sp\\032ace.example.test', 'A'],
  ['nullmx.example.test', 'MX'],
  ['many.example.test', 'A'],
  ['medium.example.test', 'A'],
  ['long.example.test', 'TXT'],
  ['nothing.example.test', 'A'],
  ['mail.example.test', 'MX'],
]

describe('unbound in front of our name server', { skip: noUnbound }, () => {
  let unbound: Unbound
  before(async () => {
    unbound = await startUnbound()
  })
  after(() => unbound[Symbol.asyncDispose]())
  const at = () => ({ address: '127.0.0.1', port: unbound.port })

  it('answers alike to our codec and to dig, for every record type', { skip: noDig }, async () => {
    for (const [name, type] of questions) {
      const bytes = await askTcp(osHost, at(), writeMessage(queryFor(name, type)))
      const ours = readMessage(bytes).answers.map(formatData)
      const { stdout } = await promisify(execFile)('dig', [
        ...['@127.0.0.1', '-p', String(unbound.port), '+tries=1', '+short', '+nosplit', name, type],
      ])
      // The order of a record set is nobody's promise.
      assert.deepEqual(ours.sort(), stdout.split('\n').filter(Boolean).sort(), `${name} ${type}`)
    }
  })

  it('has over TCP what is too long for UDP, at 512 bytes, at 1,232 and at 4,096', async () => {
    const cases: [name: string, udpSize: number | undefined, records: number, isCut: boolean][] = [
      ['medium', undefined, 40, true],
      ['medium', 1232, 40, false],
      ['many', 1232, 300, true],
      ['many', 4096, 300, true],
    ]
    for (const [name, udpSize, records, isCut] of cases) {
      const edns = udpSize === undefined ? undefined : { udpSize, version: 0, do: false, options: [] }
      const query = writeMessage({ ...queryFor(`${name}.example.test`, 'A'), edns })
      const datagram = await askUdp(osHost, at(), query)
      assert.ok(datagram.length <= (udpSize ?? 512))
      assert.equal(readMessage(datagram).flags.tc, isCut, `${name} ${udpSize}`)
      assert.equal(readMessage(await askTcp(osHost, at(), query)).answers.length, records)
    }
  })

  it('answers alike to our codec and to node:dns', async () => {
    const builtIn = new Resolver({ timeout: 2000, tries: 2 })
    builtIn.setServers([`127.0.0.1:${unbound.port}`])
    for (const [name, type] of questions) {
      if (!builtInTypes.has(type) || name.includes('\\')) continue
      const { rcode, answers } = readMessage(await askTcp(osHost, at(), writeMessage(queryFor(name, type))))
      const wanted = answers.filter(answer => answer.type === type)
      const theirs = await builtIn.resolve(name, type).catch((error: Error) => error)
      if (theirs instanceof Error) {
        assert.equal((theirs as NodeJS.ErrnoException).code, rcode === 3 ? 'ENOTFOUND' : 'ENODATA', name)
        assert.deepEqual(wanted, [])
        continue
      }
      const count = Array.isArray(theirs) ? theirs.length : 1
      assert.equal(wanted.length, count, `${name} ${type}`)
      if (type !== 'A' && type !== 'AAAA') continue
      const addresses = wanted.map(answer => ('address' in answer ? answer.address : '')).sort()
      assert.deepEqual(addresses, [...(theirs as string[])].sort())
    }
  })

  it('answers alike to our Resolver and to node:dns, over UDP and over TCP', async () => {
    const servers = [`127.0.0.1:${unbound.port}`]
    const [ours, theirs] = [new promises.Resolver(), new Resolver()]
    ours.setServers(servers)
    theirs.setServers(servers)
    const asked = [...questions, ['many.example.test', 'A'], ['long.example.test', 'TXT']] as const
    for (const [name, type] of asked) {
      if (!builtInTypes.has(type) || name.includes('\\')) continue
      const settle = (answer: Promise<unknown>) =>
        answer.then(
          value => (Array.isArray(value) ? value.map(one => JSON.stringify(one)).sort() : value),
          ({ message, code, syscall, hostname }) => ({ message, code, syscall, hostname }),
        )
      assert.deepEqual(
        await settle(ours.resolve(name, type)),
        await settle(untyped(theirs.resolve(name, type))),
        `${name} ${type}`,
      )
    }
  })

  it('answers questions as they go to other machines, with EDNS and letters in random case, without a detour', async () => {
    for (const [name, type] of questions) {
      const query = new Query(name, type, {
        servers: [{ edns: true, mixedCase: true }],
        ...{ first: 0, tries: 1, timeoutMs: 1000, maxTimeoutMs: 0 },
      })
      const ways: string[] = []
      let step: Step | undefined = query.start()
      while (step?.kind === 'send') {
        ways.push(step.transport)
        const packet = query.writePacket(7, osHost.random(32))
        step = query.receive(await (step.transport === 'udp' ? askUdp : askTcp)(osHost, at(), packet))
      }
      const wanted = readMessage(await askTcp(osHost, at(), writeMessage(queryFor(name, type)))).answers
      const text = (record: ResourceRecord) => formatData(record)
      const found = step?.outcome.kind === 'records' ? step.outcome.records : []
      assert.deepEqual(
        found.map(text).sort(),
        wanted
          .filter(one => one.type === type)
          .map(text)
          .sort(),
        name,
      )
      // No more than 1,232 bytes in a datagram, and no aliases that lead out of the answer.
      const isLong = writeMessage({ ...queryFor(name, type), answers: wanted }).length > 1232
      assert.deepEqual(ways, isLong ? ['udp', 'tcp'] : ['udp'], name)
    }
  })

  it('answers alike to our Resolver and to dig', { skip: noDig }, async () => {
    const ours = new promises.Resolver()
    ours.setServers([`127.0.0.1:${unbound.port}`])
    for (const name of ['example.test', 'www.example.test', 'medium.example.test', 'many.example.test']) {
      const { stdout } = await promisify(execFile)('dig', [
        '@127.0.0.1',
        '-p',
        String(unbound.port),
        '+short',
        name,
        'A',
      ])
      const addresses = stdout.split('\n').filter(line => /^[\d.]+\d$/.test(line))
      assert.deepEqual((await ours.resolve4(name)).sort(), addresses.sort(), name)
    }
  })
})

const builtInTypes = new Set<string>(['A', 'AAAA', 'CAA', 'CNAME', 'MX', 'NAPTR', 'NS', 'PTR', 'SOA', 'SRV', 'TXT'])
