// Resolver over real loopback sockets and on memory hosts, against the authoritative server.

import assert from 'node:assert/strict'
import type { Resolver as NodeDnsResolver } from 'node:dns'
import nodeDns from 'node:dns'
import { Resolver as NodeResolver } from 'node:dns/promises'
import { describe, it } from 'node:test'
import { promisify } from 'node:util'
import { lookup, lookupService, promises, Resolver } from '../../../src/dns/index.ts'
import { readMessage, writeMessage } from '../../../src/dns/wire/message.ts'
import { Authority } from '../../../src/dns-server/authority.ts'
import { DnsServer, type DnsServerOptions } from '../../../src/dns-server/server.ts'
import { MemoryHost, MemoryNetwork, osHost } from '../../../src/host/index.ts'
import type { Host } from '../../../src/host/types.ts'
import { exampleZone } from '../example-zone.ts'
import { untyped } from '../untyped.ts'

async function serve(host: Host, options: DnsServerOptions = {}) {
  const server = host.run(() => new DnsServer({ zones: [exampleZone()], ...options }))
  const { port } = await server.listen()
  return { address: `127.0.0.1:${port}`, [Symbol.asyncDispose]: () => server.close() }
}

const questions = [
  ['resolve4', 'example.test'],
  ['resolve6', 'example.test'],
  ['resolve4', 'www.example.test'],
  ['resolve4', 'alias.example.test'],
  ['resolveMx', 'example.test'],
  ['resolveNs', 'example.test'],
  ['resolveTxt', 'example.test'],
  ['resolveSoa', 'example.test'],
  ['resolveCaa', 'example.test'],
  ['resolveCname', 'www.example.test'],
  ['resolveSrv', '_sip._udp.example.test'],
  ['resolveNaptr', 'naptr.example.test'],
  ['resolve4', 'missing.example.test'],
  ['resolve4', 'example.test.'],
  ['resolveCname', 'www.example.test.'],
  ['resolve4', '\\101xample.test'],
  ['resolveMx', 'mail.example.test'],
  ['resolve4', 'bad..name'],
  ['resolve4', 'elsewhere.invalid'],
] as const

describe('promises.Resolver', () => {
  for (const [method, name] of questions) {
    it(`answers ${method} ${name} as the runtime does`, async () => {
      await using server = await serve(osHost)
      const [ours, theirs] = [new promises.Resolver(), new NodeResolver()]
      ours.setServers([server.address])
      theirs.setServers([server.address])
      const settle = (asked: Promise<unknown>) =>
        asked.then(
          value => ({ value }),
          ({ message, code, errno, syscall, hostname }) => ({ message, code, errno, syscall, hostname }),
        )
      assert.deepEqual(await settle(ours[method](name)), await settle(untyped(theirs[method](name))))
    })
  }

  it('asks no server for what is no name, nor for onion names, and says what the runtime says', async () => {
    const host = new MemoryHost()
    await using server = await serve(host, { responder: { respond: () => assert.fail('asked') } })
    const ours = host.run(() => new promises.Resolver())
    ours.setServers([server.address])
    const theirs = new NodeResolver()
    for (const name of ['::1', 'a b', 'a%b', 'host:80', '"', '@', 'a..b', 'x.onion', 'x.Onion.']) {
      const code = (asked: Promise<unknown>) =>
        asked.then(
          () => assert.fail('found'),
          ({ code, message }) => ({ code, message }),
        )
      assert.deepEqual(await code(ours.resolve4(name)), await code(theirs.resolve4(name)), name)
      assert.deepEqual(await code(ours.resolveTxt(name)), await code(theirs.resolveTxt(name)), name)
    }
  })

  it('asks for an odd name that is escaped', async () => {
    await using server = await serve(osHost)
    const resolver = new promises.Resolver()
    resolver.setServers([server.address])
    assert.equal((await resolver.resolve4('sp\\032ace.example.test')).length, 1)
    await assert.rejects(resolver.resolve4('sp ace.example.test'), { code: 'EBADNAME' })
  })

  it('reverse() says ENOTFOUND whatever went wrong, as the runtime does', async () => {
    const [ours, theirs] = [new promises.Resolver({ tries: 1 }), new NodeResolver({ tries: 1 })]
    await using server = await serve(osHost, { zones: [] })
    for (const resolver of [ours, theirs]) {
      resolver.setServers([server.address])
      await assert.rejects(resolver.reverse('192.0.2.99'), {
        code: 'ENOTFOUND',
        message: 'getHostByAddr ENOTFOUND 192.0.2.99',
      })
    }
  })

  it('gives TTLs where they are wanted', async () => {
    await using server = await serve(osHost)
    const resolver = new promises.Resolver()
    resolver.setServers([server.address])
    assert.deepEqual(await resolver.resolve4('mail.example.test', { ttl: true }), [{ address: '192.0.2.25', ttl: 300 }])
  })

  it('goes over to TCP for what does not fit, and stays on one connection', async () => {
    const host = new MemoryHost()
    const transports: string[] = []
    const strings = Array.from({ length: 20 }, () => 'x'.repeat(200))
    const responder = {
      respond(query: Uint8Array, transport: 'udp' | 'tcp') {
        transports.push(transport)
        const message = readMessage(query)
        const answer = { name: 'big.test', type: 'TXT' as const, class: 1, ttl: 1, strings }
        const flags = { ...message.flags, qr: true }
        return writeMessage({ ...message, flags, answers: [answer] }, { maxSize: transport === 'udp' ? 1232 : 65535 })
      },
    }
    await using server = await serve(host, { responder })
    const resolver = host.run(() => new promises.Resolver())
    resolver.setServers([server.address])
    assert.deepEqual(await resolver.resolveTxt('big.test'), [strings])
    assert.deepEqual(await resolver.resolveTxt('big.test'), [strings])
    assert.deepEqual(transports, ['udp', 'tcp', 'udp', 'tcp'])
  })

  it('asks concurrent equal questions once, and keeps answers, where it has a cache', async () => {
    const host = new MemoryHost()
    let queries = 0
    const authority = new Authority([exampleZone()])
    const responder = {
      respond(query: Uint8Array, transport: 'udp' | 'tcp') {
        queries++
        return authority.respond(query, transport)
      },
    }
    await using server = await serve(host, { responder })
    const options = { cache: true }
    const resolver = host.run(() => new promises.Resolver(options))
    resolver.setServers([server.address])
    await Promise.all([resolver.resolve4('example.test'), resolver.resolve4('EXAMPLE.test')])
    await resolver.resolve4('example.test')
    await assert.rejects(resolver.resolve4('missing.example.test'), { code: 'ENOTFOUND' })
    await assert.rejects(resolver.resolve4('missing.example.test'), { code: 'ENOTFOUND' })
    assert.equal(queries, 2)
  })
})

describe('A resolver on the way to another machine', () => {
  it('mixes the case of letters, says what it takes (EDNS), and asks from ports that differ', async () => {
    const network = new MemoryNetwork()
    const [near, far] = [new MemoryHost({ name: 'near', network }), new MemoryHost({ name: 'far', network })]
    const seen: { name: string; hasEdns: boolean; port: number }[] = []
    const authority = new Authority([exampleZone()])
    const responder = {
      respond(query: Uint8Array, transport: 'udp' | 'tcp', from: { port: number } | undefined) {
        const { questions, edns } = readMessage(query)
        seen.push({ name: questions[0]?.name ?? '', hasEdns: edns !== undefined, port: from?.port ?? 0 })
        return authority.respond(query, transport)
      },
    }
    const server = far.run(() => new DnsServer({ responder }))
    const address = far.addresses[0] as string
    const { port } = await server.listen({ address })
    const resolver = near.run(() => new promises.Resolver())
    resolver.setServers([address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`])
    for (let i = 0; i < 4; i++) assert.deepEqual(await resolver.resolve4('example.test'), ['192.0.2.1'])
    await server.close()
    assert.ok(seen.every(({ name, hasEdns }) => name.toLowerCase() === 'example.test' && hasEdns))
    assert.ok(new Set(seen.map(({ name }) => name)).size > 1)
    assert.ok(new Set(seen.map(one => one.port)).size > 1)
  })
})

describe('Resolver', () => {
  it('ends what is open with ECANCELLED', async () => {
    const host = new MemoryHost()
    await using server = await serve(host, { responder: { respond: () => undefined } })
    const resolver = host.run(() => new Resolver())
    resolver.setServers([server.address])
    const asked = new Promise(resolve => resolver.resolve4('slow.test', resolve))
    assert.throws(() => resolver.setServers(['127.0.0.1']), { code: 'ERR_DNS_SET_SERVERS_FAILED' })
    resolver.cancel()
    const error = (await asked) as NodeJS.ErrnoException
    assert.equal(error.message, 'queryA ECANCELLED slow.test')
  })

  it('what ends within a call is told behind its ticks and microtasks, as by the runtime', async () => {
    const calls: Record<string, (resolver: NodeDnsResolver, told: (error: unknown) => void) => void> = {
      'cancel() of one question': (resolver, told) => {
        resolver.resolve4('slow.test', told)
        resolver.cancel()
      },
      'cancel() of reverse()': (resolver, told) => {
        resolver.reverse('192.0.2.99', told)
        resolver.cancel()
      },
      'no name': (resolver, told) => resolver.resolve4('a..b', told),
      'an onion name': (resolver, told) => resolver.resolve4('x.onion', told),
      'no servers': (resolver, told) => {
        resolver.setServers([])
        resolver.resolve4('slow.test', told)
      },
    }
    const order = async (resolver: NodeDnsResolver, call: (typeof calls)[string], server: string) => {
      const log: string[] = []
      resolver.setServers([server])
      await new Promise<void>(resolve => {
        call(resolver, () => {
          log.push('answer')
          resolve()
        })
        process.nextTick(() => log.push('tick'))
        queueMicrotask(() => log.push('microtask'))
        process.nextTick(() => process.nextTick(() => log.push('tick of a tick')))
      })
      return log
    }
    await using server = await serve(osHost, { responder: { respond: () => undefined } })
    for (const [name, call] of Object.entries(calls)) {
      const ours = await order(new Resolver() as unknown as NodeDnsResolver, call, server.address)
      assert.deepEqual(ours, await order(new nodeDns.Resolver(), call, server.address), name)
      assert.equal(ours.length, 4, name)
    }
  })

  it('takes other servers at once after cancel()', async () => {
    const host = new MemoryHost()
    await using silent = await serve(host, { responder: { respond: () => undefined } })
    await using server = await serve(host)
    const resolver = host.run(() => new promises.Resolver({ cache: true } as object))
    resolver.setServers([silent.address])
    const cancelled = assert.rejects(resolver.resolve4('example.test'), { code: 'ECANCELLED' })
    resolver.cancel()
    resolver.setServers([server.address])
    assert.deepEqual(await resolver.resolve4('example.test'), ['192.0.2.1'], 'one that joins nothing cancelled')
    await cancelled
  })

  it('cancels reverse() before it has asked anybody, and counts it as open', async () => {
    for (const host of [new MemoryHost(), osHost]) {
      await using silent = await serve(host, { responder: { respond: () => assert.fail('asked') } })
      const resolver = host.run(() => new promises.Resolver())
      resolver.setServers([silent.address])
      const cancelled = assert.rejects(resolver.reverse('192.0.2.99'), { code: 'ECANCELLED', syscall: 'getHostByAddr' })
      assert.throws(() => resolver.setServers(['127.0.0.1']), { code: 'ERR_DNS_SET_SERVERS_FAILED' })
      resolver.cancel()
      await cancelled
    }
  })

  it('asks the next server where one does not answer, is not there, or refuses', async () => {
    const host = new MemoryHost()
    await using server = await serve(host)
    await using silent = await serve(host, { responder: { respond: () => undefined } })
    await using refusing = await serve(host, { zones: [] })
    const resolver = host.run(() => new Resolver({ timeout: 50 }))
    resolver.setServers([silent.address, refusing.address, server.address])
    const [error, addresses] = await new Promise<[unknown, unknown]>(resolve => {
      resolver.resolve4('example.test', (...args) => resolve(args))
    })
    assert.deepEqual([error, addresses], [null, ['192.0.2.1']])
  })

  it('reads and writes servers in every form', () => {
    const resolver = new Resolver()
    resolver.setServers([
      '192.0.2.1',
      '192.0.2.1:53',
      '192.0.2.1:54',
      '2001:db8::1',
      '[2001:db8::1]',
      '[2001:db8::1]:54',
    ])
    assert.deepEqual(resolver.getServers(), [
      ...['192.0.2.1', '192.0.2.1', '192.0.2.1:54'],
      ...['2001:db8::1', '2001:db8::1', '[2001:db8::1]:54'],
    ])
    const sparse = ['192.0.2.1']
    sparse[2] = '192.0.2.3'
    resolver.setServers(sparse)
    assert.deepEqual(resolver.getServers(), ['192.0.2.1', '192.0.2.3'])
    assert.throws(() => resolver.setServers(['example.test']), { code: 'ERR_INVALID_IP_ADDRESS' })
  })
})

describe('arguments of look-ups', () => {
  const refusals: readonly (readonly [call: string, (module: Checked) => unknown])[] = [
    ["promises.lookup with family 'IPv4'", ({ promises }) => promises.lookup('localhost', { family: 'IPv4' })],
    ['promises.lookup with a function', ({ promises }) => promises.lookup('localhost', () => {})],
    ['promises.lookup with hints', ({ promises }) => promises.lookup('localhost', { hints: 1 << 20 })],
    ['promises.lookup of an object', ({ promises }) => promises.lookup({})],
    ['promises.lookupService without a port', ({ promises }) => promises.lookupService('127.0.0.1')],
    ['promises.lookupService of a name', ({ promises }) => promises.lookupService('example.test', 80)],
    ['promises.lookupService of port null', ({ promises }) => promises.lookupService('127.0.0.1', null)],
    ['lookup with text alone', ({ lookup }) => lookup('localhost', 'text')],
    ['lookup with text and a callback', ({ lookup }) => lookup('localhost', 'text', () => {})],
    ['lookup with nothing', ({ lookup }) => lookup('localhost')],
    ['lookup with a family alone', ({ lookup }) => lookup('localhost', 4)],
    ['lookupService without a callback', ({ lookupService }) => lookupService('127.0.0.1', 80)],
    ['lookupService with text as callback', ({ lookupService }) => lookupService('127.0.0.1', 80, 'text')],
    ['lookupService of port -1', ({ lookupService }) => lookupService('127.0.0.1', -1, () => {})],
  ]
  for (const [call, run] of refusals) {
    it(`${call}: the error of the runtime, thrown or rejected as there`, async () => {
      const outcome = async (module: unknown) => {
        let result: unknown
        const told = ({ name, code, message }: NodeJS.ErrnoException) => ({ name, code, message })
        try {
          result = run(module as Checked)
        } catch (error) {
          return { thrown: told(error as Error) }
        }
        return Promise.resolve(result).then(
          () => assert.fail('not refused'),
          error => ({ rejected: told(error) }),
        )
      }
      assert.deepEqual(await outcome({ lookup, lookupService, promises }), await outcome(nodeDns))
    })
  }
})

type AnyFunction = (...args: unknown[]) => unknown
interface Checked {
  readonly lookup: AnyFunction
  readonly lookupService: AnyFunction
  readonly promises: { readonly lookup: AnyFunction; readonly lookupService: AnyFunction }
}

describe('util.promisify', () => {
  it('gives one object for lookup and lookupService', async () => {
    const host = new MemoryHost({ name: 'here', addresses: ['192.0.2.9'] })
    const found = host.run(() => (promisify(lookup) as (name: string) => Promise<unknown>)('192.0.2.9'))
    assert.deepEqual(await found, { address: '192.0.2.9', family: 4 })
    const service = promisify(lookupService) as (address: string, port: number) => Promise<unknown>
    const names = host.run(() => service('192.0.2.9', 80))
    assert.deepEqual(await names, { hostname: 'here', service: 'http' })
  })
})
