import assert from 'node:assert/strict'
import { test } from 'node:test'
import { currentHost } from '../../../src/host/current.ts'
import { MemoryHost } from '../../../src/host/memory/memory-host.ts'
import { memoryLimits } from '../../../src/host/memory/memory-limits.ts'
import { MemoryNetwork } from '../../../src/host/memory/memory-network.ts'
import type { Clock, ConnectTarget, Endpoint, HostAddress, LookupOptions } from '../../../src/host/types.ts'
import { listening, openPair } from '../open-pair.ts'
import { RecordingSink } from '../recording-sink.ts'

function lookup(host: MemoryHost, name: string, options: Partial<LookupOptions> = {}): Promise<HostAddress[]> {
  return new Promise((resolve, reject) =>
    host.lookup(name, { family: 0, hints: 0, ...options }, (error, addresses) =>
      error ? reject(error) : resolve(addresses),
    ),
  )
}

async function failureOf(host: MemoryHost, target: ConnectTarget): Promise<string | undefined> {
  const sink = new RecordingSink()
  host.connect(target, sink)
  await sink.heard('close')
  return sink.error?.message
}

test('machines on one network reach each other by address and by name', async () => {
  const network = new MemoryNetwork()
  const server = new MemoryHost({ network, name: 'server', addresses: ['192.0.2.1', '2001:DB8:0::1'] })
  const client = new MemoryHost({ network, name: 'client' })
  assert.deepEqual(client.addresses, ['10.0.0.2', 'fd00::2'])
  assert.deepEqual(await lookup(client, 'SERVER'), [
    { address: '192.0.2.1', family: 4 },
    { address: '2001:db8::1', family: 6 },
  ])
  const place = await listening(server, { kind: 'tcp', address: undefined, port: 80 })
  for (const [address, from, seen] of [
    ['192.0.2.1', '10.0.0.2', '::ffff:10.0.0.2'],
    ['2001:db8::1', 'fd00::2', 'fd00::2'],
  ] as const) {
    const sink = new RecordingSink()
    const connection = client.connect({ kind: 'tcp', address, port: 80 }, sink)
    const accepted = await place.accepted()
    await sink.heard('connect')
    assert.equal(connection.local?.address, from)
    assert.equal(accepted.connection.remote?.address, seen)
  }
})

test('loopback, paths and ports belong to one machine', async () => {
  const network = new MemoryNetwork()
  const one = new MemoryHost({ network, name: 'one' })
  const other = new MemoryHost({ network, name: 'other' })
  await listening(one, { kind: 'tcp', address: '127.0.0.1', port: 80 })
  const second = await listening(other, { kind: 'tcp', address: '127.0.0.1', port: 80 })
  assert.deepEqual(second.events, ['listening'])
  await listening(one, { kind: 'path', path: '/run/app' })
  assert.equal(await failureOf(other, { kind: 'path', path: '/run/app' }), 'connect ENOENT /run/app')
  const [address = ''] = one.addresses
  assert.equal(await failureOf(other, { kind: 'tcp', address, port: 80 }), `connect ECONNREFUSED ${address}:80`)
})

test('an address nobody has is unreachable, a family nobody has too', async () => {
  const host = new MemoryHost({ addresses: ['10.0.0.1'] })
  assert.equal(
    await failureOf(host, { kind: 'tcp', address: '10.0.0.9', port: 80 }),
    'connect EHOSTUNREACH 10.0.0.9:80',
  )
  assert.equal(
    await failureOf(host, { kind: 'tcp', address: '2001:db8::1', port: 80 }),
    'connect ENETUNREACH 2001:db8::1:80 - Local (:::0)',
  )
})

test('two machines cannot have one name or one address', () => {
  const network = new MemoryNetwork()
  new MemoryHost({ network, name: 'one', addresses: ['10.0.0.1'] })
  assert.throws(() => new MemoryHost({ network, name: 'ONE' }), /already has a host named ONE/)
  assert.throws(() => new MemoryHost({ network, name: 'two', addresses: ['10.0.0.1'] }), /already belongs to one/)
  assert.throws(() => new MemoryHost({ network, name: 'three', addresses: ['10.0.0.256'] }), /Not an IP address/)
})

test('the hosts file, and what hints and family select', async () => {
  const host = new MemoryHost({
    addresses: ['10.0.0.1'],
    hosts: { 'db.example': '192.0.2.5', 'both.example': ['2001:db8::5', '192.0.2.6'] },
  })
  assert.deepEqual(await lookup(host, 'db.example.'), [{ address: '192.0.2.5', family: 4 }])
  await assert.rejects(lookup(host, 'db.example', { family: 6 }), { code: 'ENOTFOUND', hostname: 'db.example' })
  const [ADDRCONFIG, V4MAPPED, ALL] = [32, 8, 16]
  assert.deepEqual(await lookup(host, 'db.example', { family: 6, hints: V4MAPPED }), [
    { address: '::ffff:192.0.2.5', family: 6 },
  ])
  assert.deepEqual(await lookup(host, 'both.example', { family: 6, hints: V4MAPPED }), [
    { address: '2001:db8::5', family: 6 },
  ])
  assert.equal((await lookup(host, 'both.example', { family: 6, hints: V4MAPPED | ALL })).length, 2)
  assert.deepEqual(await lookup(host, 'both.example', { hints: ADDRCONFIG }), [{ address: '192.0.2.6', family: 4 }])
})

test('no more than the named limit is ever on its way', async () => {
  const host = new MemoryHost()
  const pair = await openPair(host)
  pair.client.write(new Uint8Array(memoryLimits.bytesInFlight - 1))
  assert.equal(pair.client.bufferedBytes, 0)
  pair.client.write(new Uint8Array(3))
  assert.equal(pair.client.bufferedBytes, 2)
  assert.equal(pair.client.write(new Uint8Array(memoryLimits.bytesWaiting - 3)), true)
  assert.equal(pair.client.write(new Uint8Array(1)), false)
  assert.equal(pair.client.bufferedBytes, memoryLimits.bytesWaiting)
})

test('bytes that nobody will read reset their sender', async () => {
  const pair = await openPair(new MemoryHost())
  pair.client.resume()
  pair.client.write('unread')
  pair.server.destroy()
  await pair.clientSink.heard('close')
  assert.deepEqual(pair.clientSink.events, ['connect', 'error ECONNRESET', 'close hadError'])
})

test('a shared port takes turns', async () => {
  const host = new MemoryHost()
  const shared = { kind: 'tcp', address: '127.0.0.1', reusePort: true } as const
  const first = await listening(host, { ...shared, port: 0 })
  const { port } = first.listener.address() as Endpoint
  const second = await listening(host, { ...shared, port })
  const third = await listening(host, { ...shared, reusePort: false, port })
  assert.deepEqual([second.events, third.events], [['listening'], ['error']])
  host.connect(first.target, new RecordingSink())
  host.connect(first.target, new RecordingSink())
  await Promise.all([first.accepted(), second.accepted()])
})

test('a seed makes random bytes repeat', () => {
  const [one, same, other] = [7, 7, 8].map((seed, index) => new MemoryHost({ seed, name: `h${index}` }).random(32))
  assert.deepEqual(one, same)
  assert.notDeepEqual(one, other)
})

test('all that happens, happens on turns of the given clock', async () => {
  const turns: (() => void)[] = []
  const clock: Clock = {
    now: () => 0,
    monotonic: () => 0,
    setImmediate: callback => void turns.push(callback),
    setTimer: () => assert.fail('no timers are needed'),
  }
  const host = new MemoryHost({ clock })
  const heard: string[] = []
  const serverSink = new RecordingSink()
  host.listen(
    { kind: 'path', path: 'p' },
    {
      onListening: () => heard.push('listening'),
      onConnection: connection => {
        connection.sink = serverSink
        connection.resume()
      },
      onError: () => {},
      onClose: () => {},
    },
  )
  const client = new RecordingSink()
  host.connect({ kind: 'path', path: 'p' }, client).write('hello')
  assert.deepEqual([heard, client.events, serverSink.events], [[], [], []])
  for (let turn = turns.shift(); turn !== undefined; turn = turns.shift()) turn()
  assert.deepEqual([heard, client.events, serverSink.events], [['listening'], ['connect'], ['data']])
})

test('descriptors and handles are refused by name', () => {
  const host = new MemoryHost()
  const sink = new RecordingSink()
  const unavailable = { code: 'ERR_FEATURE_UNAVAILABLE_ON_PLATFORM' }
  assert.throws(() => host.connect({ kind: 'fd', fd: 0, readable: true, writable: true }, sink), unavailable)
  const listenerSink = { onListening() {}, onConnection() {}, onError() {}, onClose() {} }
  assert.throws(() => host.listen({ kind: 'fd', fd: 0 }, listenerSink), unavailable)
  assert.throws(() => host.listen({ kind: 'handle', handle: {} }, listenerSink), unavailable)
})

test('machines do not see each other as the current host', async () => {
  const network = new MemoryNetwork()
  const hosts = ['a', 'b'].map(name => new MemoryHost({ network, name }))
  const seen = await Promise.all(
    hosts.map(host =>
      host.run(async () => {
        await new Promise<void>(resolve => host.clock.setTimer(resolve, 1))
        return currentHost()
      }),
    ),
  )
  assert.deepEqual(
    seen.map(({ name }) => name),
    ['a', 'b'],
  )
})
