// Every function of dns, dns.promises and both Resolver classes against a name server on a host in memory.
// test/parity/seeds/dns.ts says which test stands for which entry of the seed inventory.

import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { promisify } from 'node:util'
import dns from '../../src/dns/index.ts'
import { DnsServer, describeZone } from '../../src/dns-server/index.ts'
import { MemoryHost, osHost } from '../../src/host/index.ts'
import { exampleZone } from './example-zone.ts'

const host = new MemoryHost()
const reverseZone = describeZone({
  origin: '2.0.192.in-addr.arpa',
  records: { '@': { NS: 'ns.example.test.' }, 1: { PTR: ['example.test.', 'www.example.test.'] } },
})
let server: DnsServer
let address = ''
before(async () => {
  server = host.run(() => new DnsServer({ zones: [exampleZone(), reverseZone] }))
  const { port } = await server.listen()
  address = `127.0.0.1:${port}`
  host.run(() => dns.setServers([address]))
  held = setInterval(() => {}, 60_000)
})
let held: NodeJS.Timeout
after(async () => {
  clearInterval(held)
  await server.close()
})

const soa = {
  nsname: 'ns.example.test',
  hostmaster: 'hostmaster.example.test',
  serial: 2026112101,
  refresh: 7200,
  retry: 600,
  expire: 604800,
  minttl: 60,
}

/** By method: what is asked for, and what comes. */
const answers: Readonly<Record<string, readonly [name: string, expected: unknown]>> = {
  resolve4: ['example.test', ['192.0.2.1']],
  resolve6: ['example.test', ['2001:db8::1']],
  resolveCaa: [
    'example.test',
    [
      { critical: 0, issue: 'ca.test' },
      { critical: 128, iodef: 'mailto:a@example.test' },
    ],
  ],
  resolveCname: ['www.example.test', ['example.test']],
  resolveMx: [
    'example.test',
    [
      { exchange: 'mail.example.test', priority: 10 },
      { exchange: 'mail.other.test', priority: 20 },
    ],
  ],
  resolveNaptr: [
    'naptr.example.test',
    [
      {
        flags: 'S',
        service: 'SIP+D2U',
        regexp: '!^.*$!sip:a@example.test!',
        replacement: '_sip._udp.example.test',
        order: 100,
        preference: 10,
      },
    ],
  ],
  resolveNs: ['example.test', ['ns.example.test', 'ns2.other.test']],
  resolvePtr: ['1.example.test', ['www.example.test']],
  resolveSoa: ['example.test', soa],
  resolveSrv: ['_sip._udp.example.test', [{ name: 'mail.example.test', port: 5060, priority: 1, weight: 2 }]],
  resolveTlsa: [
    '_443._tcp.example.test',
    [
      {
        certUsage: 3,
        selector: 1,
        match: 1,
        data: Uint8Array.from(Buffer.from('d2abde240d7cd3ee6b4b28c54df034b97983a1d16e8a410e4561cb106618e971', 'hex'))
          .buffer,
      },
    ],
  ],
  resolveTxt: ['example.test', [['v=spf1 -all', 'second "string"']]],
  reverse: ['192.0.2.1', ['example.test', 'www.example.test']],
}

type Asking = (name: string, ...rest: unknown[]) => Promise<unknown>
type Methods = Readonly<Record<string, Asking>>

/** Every way to ask: callbacks and promises, of the module and of a Resolver. */
function ways(): Readonly<Record<string, (method: string) => Asking>> {
  const [resolver, promiseResolver] = host.run(() => [new dns.Resolver(), new dns.promises.Resolver()] as const)
  resolver.setServers([address])
  promiseResolver.setServers([address])
  const called = (target: object) => (method: string) => {
    const bound = ((target as Readonly<Record<string, (...args: unknown[]) => unknown>>)[method] as () => unknown).bind(
      target,
    )
    return promisify(bound) as Asking
  }
  const promised = (target: object) => (method: string) => {
    const methods = target as Methods
    return (...args: Parameters<Asking>) => (methods[method] as Asking).apply(target, args)
  }
  return {
    dns: called(dns),
    Resolver: called(resolver),
    'dns.promises': promised(dns.promises),
    'promises.Resolver': promised(promiseResolver),
  }
}

async function everyWay(check: (asking: (method: string) => Asking, name: string) => Promise<void>): Promise<void> {
  for (const [name, asking] of Object.entries(ways())) await host.run(() => check(asking, name))
}

describe('resolving', () => {
  it('each resolve method and reverse() give what the server has, in every way to ask', async () => {
    await everyWay(async (asking, way) => {
      for (const [method, [name, expected]] of Object.entries(answers)) {
        const result = await asking(method)(name)
        const ordered =
          Array.isArray(result) && Array.isArray(expected) ? { set: new Set(result.map(text)) } : { value: result }
        const wanted = Array.isArray(expected) ? { set: new Set(expected.map(text)) } : { value: expected }
        assert.deepEqual(ordered, wanted, `${way}.${method}`)
      }
    })
  })

  it('resolve() takes the record type, A without one', async () => {
    await everyWay(async asking => {
      assert.deepEqual(await asking('resolve')('example.test'), ['192.0.2.1'])
      for (const [method, [name, expected]] of Object.entries(answers)) {
        if (method === 'reverse') continue
        const type =
          method === 'resolve4' ? 'A' : method === 'resolve6' ? 'AAAA' : method.slice('resolve'.length).toUpperCase()
        const result = await asking('resolve')(name, type)
        assert.equal(Array.isArray(result) ? result.length : 1, Array.isArray(expected) ? expected.length : 1, type)
      }
      await assert.rejects(async () => asking('resolve')('example.test', 'HOHOHO'), { code: 'ERR_INVALID_ARG_VALUE' })
    })
  })

  it('resolveAny() gives all records, each with its type', async () => {
    await everyWay(async asking => {
      const records = (await asking('resolveAny')('example.test')) as { type: string }[]
      assert.deepEqual([...new Set(records.map(({ type }) => type))].sort(), [
        'A',
        'AAAA',
        'CAA',
        'MX',
        'NS',
        'SOA',
        'TXT',
      ])
      assert.deepEqual(
        records.find(({ type }) => type === 'A'),
        { type: 'A', address: '192.0.2.1', ttl: 3600 },
      )
    })
  })

  it('failures bear the code, the call and the name', async () => {
    await everyWay(async asking => {
      const failures = [
        ['resolve4', 'missing.example.test', 'ENOTFOUND', 'queryA'],
        ['resolveMx', 'mail.example.test', 'ENODATA', 'queryMx'],
        ['resolve6', 'elsewhere.test', 'EREFUSED', 'queryAaaa'],
        ['reverse', '192.0.2.99', 'ENOTFOUND', 'getHostByAddr'],
      ] as const
      for (const [method, hostname, code, syscall] of failures) {
        await assert.rejects(asking(method)(hostname), {
          code,
          syscall,
          hostname,
          message: `${syscall} ${code} ${hostname}`,
        })
      }
      await assert.rejects(async () => asking('reverse')('no address'), { code: 'EINVAL', syscall: 'getHostByAddr' })
      await assert.rejects(async () => asking('resolve4')(5 as never), { code: 'ERR_INVALID_ARG_TYPE' })
    })
  })

  it('the ttl option gives the time to live with each address', async () => {
    await everyWay(async asking => {
      assert.deepEqual(await asking('resolve4')('mail.example.test', { ttl: true }), [
        { address: '192.0.2.25', ttl: 300 },
      ])
      assert.deepEqual(await asking('resolve6')('mail.example.test', { ttl: true }), [
        { address: '2001:db8::25', ttl: 300 },
      ])
    })
  })

  it('reverse() knows the names that the machine itself has', async () => {
    const named = new MemoryHost({ name: 'named', hosts: { 'own.example': '10.0.0.9' } })
    assert.deepEqual(await named.run(() => dns.promises.reverse('10.0.0.9')), ['own.example'])
  })
})

describe('a Resolver', () => {
  it('takes timeout and tries, checks them, and gives up after so many', async () => {
    const silent = host.run(() => new DnsServer({ responder: { respond: () => undefined } }))
    const { port } = await silent.listen()
    const resolver = host.run(() => new dns.promises.Resolver({ timeout: 3, tries: 2 }))
    resolver.setServers([`127.0.0.1:${port}`])
    await assert.rejects(resolver.resolve4('example.test'), { code: 'ETIMEOUT', syscall: 'queryA' })
    await silent.close()
    assert.throws(() => new dns.Resolver({ timeout: -2 }), { code: 'ERR_OUT_OF_RANGE' })
    assert.throws(() => new dns.Resolver({ tries: 0 }), { code: 'ERR_OUT_OF_RANGE' })
    assert.throws(() => new dns.Resolver({ maxTimeout: -1 } as never), { code: 'ERR_OUT_OF_RANGE' })
  })

  it('cancel() ends what is open with ECANCELLED', async () => {
    const resolver = host.run(() => new dns.promises.Resolver())
    resolver.setServers([address])
    const asked = resolver.resolve4('example.test')
    resolver.cancel()
    await assert.rejects(asked, { code: 'ECANCELLED' })
  })

  it('getServers() and setServers() are its own, and those of the module the module’s', async () => {
    const resolver = host.run(() => new dns.Resolver())
    resolver.setServers(['192.0.2.1', '[2001:db8::1]:53', '[2001:db8::2]:5353', '192.0.2.2:54'])
    assert.deepEqual(resolver.getServers(), ['192.0.2.1', '2001:db8::1', '[2001:db8::2]:5353', '192.0.2.2:54'])
    assert.deepEqual(
      host.run(() => dns.getServers()),
      [address],
    )
    assert.throws(() => resolver.setServers(['x']), { code: 'ERR_INVALID_IP_ADDRESS' })
    assert.throws(() => resolver.setServers('x' as never), { code: 'ERR_INVALID_ARG_TYPE' })
  })

  it('setLocalAddress() says where questions come from', async () => {
    let heard: (address: string) => void
    const sender = new Promise<string>(resolve => {
      heard = resolve
    })
    const asked = host.run(
      () =>
        new DnsServer({
          responder: {
            respond: (_query, _transport, from) => {
              heard(from?.address ?? '')
              return undefined
            },
          },
        }),
    )
    const { port } = await asked.listen({ address: '127.0.0.1' })
    const resolver = host.run(() => new dns.promises.Resolver())
    resolver.setServers([`127.0.0.1:${port}`])
    resolver.setLocalAddress('127.0.0.1')
    const cancelled = assert.rejects(resolver.resolve4('example.test'), { code: 'ECANCELLED' })
    assert.equal(await sender, '127.0.0.1')
    resolver.cancel()
    await cancelled
    await asked.close()
    assert.throws(() => resolver.setLocalAddress('x'), { code: 'ERR_INVALID_ARG_VALUE' })
    assert.throws(() => resolver.setLocalAddress('127.0.0.1', '127.0.0.2'), { code: 'ERR_INVALID_ARG_VALUE' })
  })
})

describe("the system's look-up", () => {
  it('lookup() by family, hints, all and verbatim', async () => {
    const machine = new MemoryHost({ name: 'machine', hosts: { two: ['2001:db8::2', '10.0.0.2'], four: '10.0.0.4' } })
    const lookup = (name: string, options: object = {}) =>
      machine.run(() => dns.promises.lookup(name, options)) as Promise<unknown>
    assert.deepEqual(await lookup('four'), { address: '10.0.0.4', family: 4 })
    assert.deepEqual(await lookup('two', { family: 6 }), { address: '2001:db8::2', family: 6 })
    assert.throws(() => lookup('two', { family: 'IPv4' }), { code: 'ERR_INVALID_ARG_VALUE' })
    const byName = new Promise((resolve, reject) =>
      machine.run(() =>
        dns.lookup('two', { family: 'IPv4' }, (error: Error | null, ...found: [string, number]) =>
          error ? reject(error) : resolve(found),
        ),
      ),
    )
    assert.deepEqual(await byName, ['10.0.0.2', 4], 'names of families are for callbacks alone')
    assert.deepEqual(await lookup('four', { family: 6, hints: dns.ADDRCONFIG | dns.V4MAPPED }), {
      address: '::ffff:10.0.0.4',
      family: 6,
    })
    assert.equal(
      ((await lookup('two', { family: 6, all: true, hints: dns.V4MAPPED | dns.ALL })) as unknown[]).length,
      2,
    )
    assert.deepEqual(await lookup('two', { verbatim: false }), { address: '10.0.0.2', family: 4 })
    assert.deepEqual(await lookup('10.0.0.7'), { address: '10.0.0.7', family: 4 })
    await assert.rejects(lookup('unknown'), { code: 'ENOTFOUND', syscall: 'getaddrinfo', hostname: 'unknown' })
    for (const options of [{ family: 5 }, { hints: 1 }, { all: 1 }, { verbatim: 1 }, { order: 'x' }]) {
      assert.throws(() => machine.run(() => dns.lookup('four', options as never, () => {})), {
        code: /ERR_INVALID_ARG/,
      })
    }
  })

  it('lookupService() names an address and a port', async () => {
    const { hostname, service } = await osHost.run(() => dns.promises.lookupService('127.0.0.1', 22))
    assert.deepEqual([hostname.length > 0, service], [true, 'ssh'])
    const [name, port] = await new Promise<[string, string]>((resolve, reject) =>
      dns.lookupService('127.0.0.1', 1, (error, one, two) => (error ? reject(error) : resolve([one, two]))),
    )
    assert.ok(name.length > 0 && port.length > 0)
    assert.throws(() => dns.lookupService('x', 1, () => {}), { code: 'ERR_INVALID_ARG_VALUE' })
    assert.throws(() => dns.lookupService('127.0.0.1', 65536, () => {}), { code: 'ERR_SOCKET_BAD_PORT' })
    assert.throws(() => (dns.lookupService as unknown as (address: string) => void)('127.0.0.1'), {
      code: 'ERR_MISSING_ARGS',
    })
  })

  it('the order of results can be set for the process', () => {
    const before = dns.getDefaultResultOrder()
    dns.setDefaultResultOrder('ipv4first')
    assert.equal(dns.promises.getDefaultResultOrder(), 'ipv4first')
    dns.promises.setDefaultResultOrder(before)
    assert.equal(dns.getDefaultResultOrder(), before)
    assert.throws(() => dns.setDefaultResultOrder('x' as never), { code: 'ERR_INVALID_ARG_VALUE' })
  })
})

function text(value: unknown): string {
  return JSON.stringify(value, (_key, part) => (part instanceof ArrayBuffer ? Buffer.from(part).toString('hex') : part))
}
