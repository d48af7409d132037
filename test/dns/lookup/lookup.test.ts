// lookup() on hosts without an operating system: the hosts file, then the name servers, with search list and RFC 6724; and
// the cache, which is the same on all hosts.

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import builtIn from 'node:dns'
import { describe, it } from 'node:test'
import { setLookupCache } from '../../../src/dns/dns-cache.ts'
import dns from '../../../src/dns/index.ts'
import { DnsServer, type DnsServerOptions, describeZone } from '../../../src/dns-server/index.ts'
import { MemoryHost, type MemoryHostOptions, MemoryNetwork, osHost } from '../../../src/host/index.ts'
import { RuntimeClock } from '../../../src/host/os/runtime-clock.ts'
import type { Host, HostAddress, LookupOptions } from '../../../src/host/types.ts'
import * as net from '../../../src/net/index.ts'

/** Time that passes when the test says so; timers run in real time. */
class SkippingClock extends RuntimeClock {
  skippedMs = 0
  override monotonic(): number {
    return super.monotonic() + this.skippedMs
  }
}

const zone = () =>
  describeZone({
    origin: 'corp.test',
    ttl: 60,
    soa: { minimum: 30 },
    records: {
      '@': { NS: 'ns' },
      ns: { A: '10.9.0.53' },
      both: { A: ['10.9.0.7', '192.0.2.7'], AAAA: ['2001:db8::7', 'fd00::7'] },
      four: { A: '10.9.0.4' },
      'deep.sub': { A: '10.9.0.8' },
      text: { TXT: 'no address' },
      alias: { CNAME: 'lasting.test.' },
    },
  })

const lastingZone = () =>
  describeZone({ origin: 'lasting.test', ttl: 3600, records: { '@': { NS: 'ns', A: '10.9.0.5', AAAA: 'fd00::5' } } })

interface Setting {
  readonly host: MemoryHost
  readonly clock: SkippingClock
  [Symbol.asyncDispose](): Promise<void>
}

/** A machine whose only name server is another machine. */
async function machine(options: MemoryHostOptions = {}, server: DnsServerOptions = {}): Promise<Setting> {
  const network = new MemoryNetwork()
  const far = new MemoryHost({ name: 'server', network, addresses: ['10.9.0.53'] })
  const names = far.run(() => new DnsServer({ zones: [zone(), lastingZone()], ...server }))
  await names.listen({ address: '10.9.0.53', port: 53 })
  const clock = new SkippingClock()
  const host = new MemoryHost({
    name: 'client',
    network,
    addresses: ['10.9.0.1'],
    nameServers: ['10.9.0.53'],
    clock,
    ...options,
  })
  return { host, clock, [Symbol.asyncDispose]: () => names.close() }
}

type Result = { error: (Error & { code?: string }) | null; addresses: HostAddress[] }

function lookup(host: Host, name: string, options: object = {}): Promise<Result> {
  return new Promise(resolve =>
    host.run(() =>
      dns.lookup(name, { ...options, all: true }, (error: Error | null, addresses: unknown) =>
        resolve({ error, addresses: (addresses ?? []) as HostAddress[] }),
      ),
    ),
  )
}

const textOf = async (asked: Promise<Result>) => (await asked).addresses.map(({ address }) => address)

describe('lookup() by name servers', () => {
  it('finds both families, in the order of RFC 6724', async () => {
    await using four = await machine()
    assert.deepEqual(await textOf(lookup(four.host, 'both.corp.test')), [
      '10.9.0.7',
      '192.0.2.7',
      '2001:db8::7',
      'fd00::7',
    ])
    await using six = await machine({ addresses: ['10.9.0.1', '2001:db8::1'] })
    assert.deepEqual((await textOf(lookup(six.host, 'both.corp.test')))[0], '2001:db8::7')
  })

  it('keeps to the family, the hints and the order that are asked for', async () => {
    await using setting = await machine()
    const { host } = setting
    assert.deepEqual(await textOf(lookup(host, 'both.corp.test', { family: 6 })), ['2001:db8::7', 'fd00::7'])
    assert.deepEqual(await textOf(lookup(host, 'four.corp.test', { family: 6, hints: dns.V4MAPPED })), [
      '::ffff:10.9.0.4',
    ])
    const everything = dns.V4MAPPED | dns.ALL
    assert.equal((await textOf(lookup(host, 'both.corp.test', { family: 6, hints: everything }))).length, 4)
    assert.deepEqual(await textOf(lookup(host, 'both.corp.test', { hints: dns.ADDRCONFIG })), ['10.9.0.7', '192.0.2.7'])
    assert.equal((await textOf(lookup(host, 'both.corp.test', { order: 'ipv6first' })))[0], '2001:db8::7')
  })

  it('goes through the search list', async () => {
    await using setting = await machine({ resolver: { search: ['elsewhere.test', 'corp.test'], ndots: 2 } })
    assert.deepEqual(await textOf(lookup(setting.host, 'four')), ['10.9.0.4'])
    assert.deepEqual(await textOf(lookup(setting.host, 'deep.sub')), ['10.9.0.8'])
    assert.equal((await lookup(setting.host, 'four.')).error?.code, 'EAI_AGAIN', 'as it is, and refused')
  })

  it('tells a name that is not there from servers that cannot say', async () => {
    await using setting = await machine()
    for (const name of ['missing.corp.test', 'text.corp.test']) {
      const { error } = await lookup(setting.host, name)
      assert.deepEqual([error?.code, error?.message], ['ENOTFOUND', `getaddrinfo ENOTFOUND ${name}`])
    }
    const { error } = await lookup(setting.host, 'four.elsewhere.test')
    assert.deepEqual([error?.code, error?.message], ['EAI_AGAIN', 'getaddrinfo EAI_AGAIN four.elsewhere.test'])
    await using silent = await machine({ nameServers: ['10.9.0.99'] })
    assert.equal((await lookup(silent.host, 'four.corp.test')).error?.code, 'EAI_AGAIN')
  })

  it('asks the hosts file first, and nobody about localhost', async () => {
    await using setting = await machine({ hosts: { 'four.corp.test': '10.9.9.9', localhost: '10.9.0.1' } })
    assert.deepEqual(await textOf(lookup(setting.host, 'four.corp.test')), ['10.9.9.9'])
    assert.deepEqual(await textOf(lookup(setting.host, 'localhost')), ['10.9.0.1'], 'it can be led elsewhere')
    assert.equal((await lookup(setting.host, 'a.localhost')).error?.code, 'ENOTFOUND')
  })

  it('takes international names', async () => {
    await using setting = await machine()
    assert.equal((await lookup(setting.host, 'münchen.corp.test')).error?.code, 'ENOTFOUND')
  })
})

describe('lookup() by the operating system', () => {
  it('says what that of node:dns says', async () => {
    for (const [name, options] of [
      ['localhost', {}],
      ['localhost', { family: 4 }],
      ['127.0.0.1', {}],
      ['::1', { family: 6 }],
      ['no-such-host.invalid', {}],
    ] as const) {
      const theirs = await new Promise<Result>(resolve =>
        builtIn.lookup(name, { ...options, all: true }, (error, addresses) =>
          resolve({ error, addresses: (addresses ?? []) as HostAddress[] }),
        ),
      )
      const ours = await lookup(osHost, name, options)
      assert.deepEqual(ours.addresses, theirs.addresses)
      assert.equal(ours.error?.message, theirs.error?.message)
    }
  })

  it('takes its order from --dns-result-order', () => {
    const url = new URL('../../../src/dns/index.js', import.meta.url).href
    const program = `import dns from '${url}'; console.log(dns.getDefaultResultOrder())`
    const orderWith = (args: string[], env = {}) =>
      spawnSync(process.execPath, [...args, '--input-type=module', '-e', program], {
        encoding: 'utf8',
        env: { ...process.env, ...env },
      }).stdout.trim()
    assert.equal(orderWith([]), 'verbatim')
    assert.equal(orderWith(['--dns-result-order=ipv4first']), 'ipv4first')
    assert.equal(orderWith([], { NODE_OPTIONS: '--dns-result-order=ipv4first' }), 'ipv4first')
  })
})

/** Counts the questions that reach the host's own service, and answers them when the test says. */
class CountingHost extends MemoryHost {
  asked = 0
  isFailing: string | undefined
  override lookup(
    name: string,
    options: LookupOptions,
    done: (error: Error | null, addresses: HostAddress[]) => void,
  ): void {
    this.asked++
    if (this.isFailing === undefined) super.lookup(name, options, done)
    else setImmediate(done, Object.assign(new Error('failed'), { code: this.isFailing }), [])
  }
}

describe('setLookupCache()', () => {
  const fresh = (options: MemoryHostOptions = {}) => {
    const clock = new SkippingClock()
    return {
      clock,
      host: new CountingHost({ clock, hosts: { a: '10.0.0.1', b: '10.0.0.2', c: '10.0.0.3' }, ...options }),
    }
  }

  it('is off until it is asked for, and off again with false', async () => {
    const { host } = fresh()
    await lookup(host, 'a')
    await lookup(host, 'a')
    assert.equal(host.asked, 2)
    host.run(() => setLookupCache(true))
    await lookup(host, 'a')
    await lookup(host, 'a')
    assert.equal(host.asked, 3)
    host.run(() => setLookupCache(false))
    await lookup(host, 'a')
    assert.equal(host.asked, 4)
  })

  it('asks equal questions once, and each caller has an answer of its own', async () => {
    const { host } = fresh()
    host.run(() => setLookupCache(true))
    const [first, second] = await Promise.all([lookup(host, 'a'), lookup(host, 'A')])
    assert.equal(host.asked, 1)
    const [given] = first.addresses
    assert.ok(given)
    given.address = 'changed'
    assert.deepEqual(second.addresses, [{ address: '10.0.0.1', family: 4 }])
    assert.deepEqual(await textOf(lookup(host, 'a')), ['10.0.0.1'])
    await lookup(host, 'a', { family: 4 })
    assert.equal(host.asked, 2, 'another question')
  })

  it('keeps what has no time to live for ttl and negativeTtl seconds', async () => {
    const { host, clock } = fresh()
    host.run(() => setLookupCache({ ttl: 20, negativeTtl: 5 }))
    await lookup(host, 'a')
    clock.skippedMs = 19_000
    await lookup(host, 'a')
    assert.equal(host.asked, 1)
    clock.skippedMs = 21_000
    await lookup(host, 'a')
    assert.equal(host.asked, 2)
    assert.equal((await lookup(host, 'missing')).error?.code, 'ENOTFOUND')
    assert.equal((await lookup(host, 'missing')).error?.message, 'getaddrinfo ENOTFOUND missing')
    assert.equal(host.asked, 3)
    clock.skippedMs = 27_000
    await lookup(host, 'missing')
    assert.equal(host.asked, 4)
  })

  it('keeps what name servers say as long as they say, negative answers too', async () => {
    await using setting = await machine()
    let asked = 0
    const bind = setting.host.bind.bind(setting.host)
    setting.host.bind = (target, sink) => {
      asked++
      return bind(target, sink)
    }
    setting.host.run(() => setLookupCache({ ttl: 0, negativeTtl: 0 }))
    const askedFor = async (name: string) => {
      asked = 0
      await lookup(setting.host, name)
      return asked > 0
    }
    assert.deepEqual([await askedFor('four.corp.test'), await askedFor('four.corp.test')], [true, false])
    setting.clock.skippedMs = 59_000
    assert.equal(await askedFor('four.corp.test'), false)
    setting.clock.skippedMs = 61_000
    assert.equal(await askedFor('four.corp.test'), true)
    assert.deepEqual([await askedFor('missing.corp.test'), await askedFor('missing.corp.test')], [true, false])
    setting.clock.skippedMs += 31_000
    assert.equal(await askedFor('missing.corp.test'), true, "the SOA's minimum is 30 seconds")
    assert.deepEqual([await askedFor('alias.corp.test'), await askedFor('alias.corp.test')], [true, false])
    setting.clock.skippedMs += 61_000
    assert.equal(await askedFor('alias.corp.test'), true, 'its alias holds 60 seconds, its address an hour')
  })

  it('keeps what the search list gave no longer than the names before it are known to be missing', async () => {
    await using setting = await machine({ resolver: { search: ['sub.corp.test', 'corp.test'], ndots: 1 } })
    setting.host.run(() => setLookupCache({ ttl: 0, negativeTtl: 0 }))
    let asked = 0
    const bind = setting.host.bind.bind(setting.host)
    setting.host.bind = (target, sink) => {
      asked++
      return bind(target, sink)
    }
    assert.deepEqual(await textOf(lookup(setting.host, 'four')), ['10.9.0.4'])
    setting.clock.skippedMs = 29_000
    asked = 0
    await lookup(setting.host, 'four')
    assert.equal(asked, 0)
    setting.clock.skippedMs = 31_000
    await lookup(setting.host, 'four')
    assert.ok(asked > 0, "the SOA's minimum is 30 seconds, the address holds 60")
  })

  it('keeps no failure but that a name is not there', async () => {
    const { host } = fresh()
    host.run(() => setLookupCache({ negativeTtl: 100 }))
    host.isFailing = 'EAI_AGAIN'
    await lookup(host, 'a')
    await lookup(host, 'a')
    assert.equal(host.asked, 2)
  })

  it('keeps maxEntries at most: the least recently used goes', async () => {
    const { host } = fresh()
    host.run(() => setLookupCache({ maxEntries: 2 }))
    for (const name of ['a', 'b', 'a', 'c', 'a']) await lookup(host, name)
    assert.equal(host.asked, 3)
    await lookup(host, 'b')
    assert.equal(host.asked, 4)
  })

  it('serves the whole stack: connections by name ask once', async () => {
    const host = new CountingHost()
    await host.run(async () => {
      setLookupCache(true)
      const server = net.createServer(socket => socket.end()).listen(0)
      await new Promise(resolve => server.once('listening', resolve))
      const { port } = server.address() as { port: number }
      for (let i = 0; i < 3; i++) {
        const socket = net.connect(port, 'localhost')
        await new Promise(resolve => socket.resume().once('close', resolve))
      }
      server.close()
    })
    assert.equal(host.asked, 1)
  })

  it('refuses options that cannot be', () => {
    assert.throws(() => setLookupCache({ maxEntries: 0 }), { code: 'ERR_OUT_OF_RANGE' })
    assert.throws(() => setLookupCache({ ttl: -1 }), { code: 'ERR_OUT_OF_RANGE' })
    assert.throws(() => setLookupCache(5 as never), { code: 'ERR_INVALID_ARG_TYPE' })
  })
})

it('a name that is none gives what the runtime gives for it: nothing up to Node 24, an error from 26 on', async () => {
  const told = ({ code }: NodeJS.ErrnoException) => code
  const questions = ['', null, undefined, 0, false].flatMap(name =>
    [{}, { all: true }, { family: 6 }, { family: 4 }, { all: true, family: 6 }].map(
      options => [name, options] as const,
    ),
  )
  const answers = async (module: typeof builtIn) => {
    const found: unknown[] = []
    for (const [name, options] of questions) {
      const call = module.lookup as unknown as (
        name: unknown,
        options: object,
        found: (...args: unknown[]) => void,
      ) => void
      try {
        found.push(await new Promise(resolve => call(name, options, (...args) => resolve(args))))
      } catch (error) {
        found.push(told(error as Error))
      }
      const promised = module.promises.lookup as unknown as (name: unknown, options: object) => Promise<unknown>
      found.push(await Promise.resolve(promised(name, options)).catch(told))
    }
    return found
  }
  assert.deepEqual(await answers(dns as unknown as typeof builtIn), await answers(builtIn))
})
