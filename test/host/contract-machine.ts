// The host contract, part four: the clock, names, interfaces, random bytes, and the current host.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { runWithHost } from '../../src/host/ambient.ts'
import { currentHost } from '../../src/host/current.ts'
import { osHost } from '../../src/host/os/os-host.ts'
import type { Host, HostAddress, LookupOptions } from '../../src/host/types.ts'
import type { HostUnderTest } from './contract.ts'
import { listening, loopback } from './open-pair.ts'
import { RecordingSink } from './recording-sink.ts'

export function machineContract({ name, host }: HostUnderTest): void {
  const it = (title: string, fn: () => Promise<void>) => test(`${name}: ${title}`, fn)
  const { clock } = host

  it('timers run once, in the order of their times; a cancelled one never', async () => {
    const order: string[] = []
    await new Promise<void>(resolve => {
      clock.setTimer(resolve, 20)
      clock.setTimer(() => order.push('10'), 10)
      clock.setTimer(() => order.push('1'), 1)
      clock.setTimer(() => order.push('never'), 5).cancel()
      order.push('now')
    })
    assert.deepEqual(order, ['now', '1', '10'])
  })

  it('setImmediate waits until what is going on is over, microtasks too', async () => {
    const order: string[] = []
    await new Promise<void>(resolve => {
      clock.setImmediate(() => order.push('first'))
      clock.setImmediate(() => resolve(void order.push('second')))
      queueMicrotask(() => order.push('microtask'))
      order.push('now')
    })
    assert.deepEqual(order, ['now', 'microtask', 'first', 'second'])
  })

  it('refresh starts a timer anew, also one that has run', async () => {
    let runs = 0
    const timer = clock.setTimer(() => runs++, 1)
    await new Promise<void>(resolve => clock.setTimer(resolve, 5))
    assert.equal(runs, 1)
    timer.refresh()
    await new Promise<void>(resolve => clock.setTimer(resolve, 5))
    assert.equal(runs, 2)
    timer.cancel()
    timer.unref()
    timer.ref()
  })

  it('the clock goes forward', async () => {
    const [now, monotonic] = [clock.now(), clock.monotonic()]
    await new Promise<void>(resolve => clock.setTimer(resolve, 3))
    assert.ok(clock.now() >= now + 1)
    assert.ok(clock.monotonic() > monotonic)
  })

  const lookup = (hostname: string, options: Partial<LookupOptions> = {}) =>
    new Promise<HostAddress[]>((resolve, reject) => {
      let isWithin = true
      host.lookup(hostname, { family: 0, hints: 0, ...options }, (error, addresses) => {
        assert.equal(isWithin, false, 'called back from within')
        if (error) reject(error)
        else resolve(addresses)
      })
      isWithin = false
    })

  it('localhost has a loopback address', async () => {
    for (const hostname of ['localhost', 'LocalHost']) {
      assert.deepEqual(await lookup(hostname, { family: 4 }), [{ address: '127.0.0.1', family: 4 }])
    }
    assert.ok((await lookup('localhost')).length > 0)
  })

  it('an address is its own name', async () => {
    assert.deepEqual(await lookup('192.0.2.7'), [{ address: '192.0.2.7', family: 4 }])
    assert.deepEqual(await lookup('2001:db8::7'), [{ address: '2001:db8::7', family: 6 }])
  })

  it('an unknown name is ENOTFOUND, as getaddrinfo gives it', async () => {
    const hostname = 'no-such-name.invalid'
    const error = await lookup(hostname).then(
      () => assert.fail(),
      (failure: Error) => failure,
    )
    assert.equal(error.message, `getaddrinfo ENOTFOUND ${hostname}`)
    assert.deepEqual({ ...error }, { errno: -3008, code: 'ENOTFOUND', syscall: 'getaddrinfo', hostname })
  })

  it('lookupService names host and service', async () => {
    const [hostname, service] = await new Promise<[string, string]>((resolve, reject) =>
      host.lookupService('127.0.0.1', 80, (error, ...names) => (error ? reject(error) : resolve(names))),
    )
    assert.equal(hostname, 'localhost')
    assert.equal(service, 'http')
  })

  it('interfaces include loopback; name servers are a list of text', async () => {
    const lo = host.interfaces().find(({ address }) => address === '127.0.0.1')
    assert.deepEqual(
      { internal: lo?.internal, family: lo?.family, prefixLength: lo?.prefixLength },
      { internal: true, family: 4, prefixLength: 8 },
    )
    for (const server of host.nameServers()) assert.equal(typeof server, 'string')
  })

  it('random bytes: as many as asked for, and never the same', async () => {
    assert.equal(host.random(0).length, 0)
    assert.equal(host.random(33).length, 33)
    assert.notDeepEqual(host.random(16), host.random(16))
  })

  it('run() makes it the current host, for what is started within too; runs nest', async () => {
    assert.equal(currentHost(), osHost)
    await host.run(async () => {
      assert.equal(currentHost(), host)
      await new Promise<void>(resolve => clock.setImmediate(resolve))
      assert.equal(currentHost(), host)
      osHost.run(() => assert.equal(currentHost(), osHost))
      assert.equal(currentHost(), host)
      await new Promise<void>(resolve => clock.setTimer(resolve, 1))
      assert.equal(currentHost(), host)
    })
    assert.equal(currentHost(), osHost)
    assert.equal(
      host.run(() => 5),
      5,
    )
    assert.throws(() =>
      host.run(() => {
        throw new Error('out')
      }),
    )
    assert.equal(currentHost(), osHost)
  })

  it('sinks are called on the host that the object was made on, whatever the other end’s', async () => {
    const [listeningHost, connectingHost]: Host[] = [Object.create(host), Object.create(host)]
    assert.ok(listeningHost && connectingHost)
    const seen = new Set<string>()
    const note = (end: string) => {
      const current = currentHost()
      const known = current === listeningHost ? 'listening' : current === connectingHost ? 'connecting' : 'another'
      seen.add(`${end} on ${known}`)
    }
    const place = await runWithHost(listeningHost, () => listening(host, loopback))
    const sink = new RecordingSink()
    sink.react = () => note('client')
    const client = runWithHost(connectingHost, () => host.connect(place.target, sink))
    const { connection: server, sink: serverSink } = await place.accepted()
    serverSink.react = () => note('server')
    server.resume()
    client.resume()
    await sink.heard('connect')
    client.write('x')
    await serverSink.heard('data')
    server.write('x')
    server.end()
    await sink.heard('end')
    client.end()
    await Promise.all([sink.heard('close'), serverSink.heard('close')])
    assert.deepEqual(seen, new Set(['client on connecting', 'server on listening']))
    place.listener.close()
    await place.heard('close')
  })
}
