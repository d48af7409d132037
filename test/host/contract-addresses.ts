// The host contract, part three: addresses, ports and paths.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Endpoint, ListenTarget } from '../../src/host/types.ts'
import type { HostUnderTest } from './contract.ts'
import { listening, openPair } from './open-pair.ts'
import { RecordingSink } from './recording-sink.ts'

export function addressContract({ name, host, freePath }: HostUnderTest): void {
  const it = (title: string, fn: () => Promise<void>) => test(`${name}: ${title}`, fn)
  const tcp = (address: string | undefined, port = 0): ListenTarget => ({ kind: 'tcp', address, port })

  it('addresses of both ends match, and stay readable after the end', async () => {
    const place = await listening(host)
    const bound = place.listener.address() as Endpoint
    assert.deepEqual(bound, { address: '127.0.0.1', family: 'IPv4', port: bound.port })
    assert.ok(bound.port > 0)
    const sink = new RecordingSink()
    const client = host.connect(place.target, sink)
    assert.equal(client.remote, undefined)
    const { connection: server, sink: serverSink } = await place.accepted()
    await sink.heard('connect')
    assert.deepEqual(client.remote, bound)
    assert.deepEqual(server.local, bound)
    assert.deepEqual(server.remote, client.local)
    client.destroy()
    server.destroy()
    await Promise.all([sink.heard('close'), serverSink.heard('close')])
    assert.deepEqual(server.remote, client.local)
    assert.deepEqual(client.remote, bound)
    place.listener.close()
    await place.heard('close')
  })

  it('the local address and port can be chosen', async () => {
    const spare = await listening(host)
    const { port } = spare.listener.address() as Endpoint
    spare.listener.close()
    await spare.heard('close')
    const place = await listening(host)
    const sink = new RecordingSink()
    const target = { ...place.target, kind: 'tcp', localAddress: '127.0.0.1', localPort: port } as const
    const client = host.connect(target as never, sink)
    const { connection: server } = await place.accepted()
    await sink.heard('connect')
    assert.deepEqual(server.remote, { address: '127.0.0.1', family: 'IPv4', port })
    client.reset()
    server.reset()
    await sink.heard('close')
    place.listener.close()
    await place.heard('close')

    const elsewhere = new RecordingSink()
    host.connect({ kind: 'tcp', address: '127.0.0.1', port, localAddress: '203.0.113.9' }, elsewhere)
    await elsewhere.heard('close')
    assert.equal(elsewhere.error?.message, 'bind EADDRNOTAVAIL 203.0.113.9')
  })

  it('an address in use is told to the listener that comes second', async () => {
    const first = await listening(host)
    const { port } = first.listener.address() as Endpoint
    const second = await listening(host, tcp('127.0.0.1', port))
    assert.deepEqual(second.events, ['error'])
    assert.equal(second.error?.message, `listen EADDRINUSE: address already in use 127.0.0.1:${port}`)
    assert.deepEqual(
      { ...second.error },
      { code: 'EADDRINUSE', errno: -98, syscall: 'listen', address: '127.0.0.1', port },
    )
    assert.equal(second.listener.address(), null)
    first.listener.close()
    await first.heard('close')
    const third = await listening(host, tcp('127.0.0.1', port))
    assert.deepEqual(third.events, ['listening'])
    third.listener.close()
    await third.heard('close')
  })

  it('which addresses exclude each other on one port', async () => {
    const cases: [ListenTarget, ListenTarget, boolean][] = [
      [tcp('127.0.0.1'), tcp('127.0.0.2'), true],
      [tcp('127.0.0.1'), tcp('::1'), true],
      [tcp('127.0.0.1'), tcp('0.0.0.0'), false],
      [tcp('0.0.0.0'), tcp('127.0.0.1'), false],
      [tcp('0.0.0.0'), tcp('::1'), true],
      [tcp('0.0.0.0'), tcp('::'), false],
      [tcp('::'), tcp('127.0.0.1'), false],
      [tcp('::'), tcp('::1'), false],
      [tcp('0.0.0.0'), { ...tcp('::'), ipv6Only: true } as ListenTarget, true],
      [tcp(undefined), tcp('127.0.0.1'), false],
    ]
    for (const [one, other, fits] of cases) {
      const first = await listening(host, one)
      const { port } = first.listener.address() as Endpoint
      const second = await listening(host, { ...other, port } as ListenTarget)
      assert.equal(
        second.events[0],
        fits ? 'listening' : 'error',
        `${JSON.stringify(one)} and ${JSON.stringify(other)}`,
      )
      if (!fits) assert.equal(second.error?.code, 'EADDRINUSE')
      for (const place of [first, second]) {
        place.listener.close()
        await place.heard('close')
      }
    }
  })

  it('all addresses: both families arrive, IPv4 as mapped addresses', async () => {
    const place = await listening(host, tcp(undefined))
    const { address, family, port } = place.listener.address() as Endpoint
    assert.deepEqual({ address, family }, { address: '::', family: 'IPv6' })
    for (const [to, seen] of [
      ['127.0.0.1', '::ffff:127.0.0.1'],
      ['::1', '::1'],
    ] as const) {
      const sink = new RecordingSink()
      const client = host.connect({ kind: 'tcp', address: to, port }, sink)
      const { connection: server, sink: serverSink } = await place.accepted()
      await sink.heard('connect')
      assert.equal(client.remote?.address, to)
      assert.deepEqual(server.local, { address: seen, family: 'IPv6', port })
      assert.deepEqual(server.remote, { address: seen, family: 'IPv6', port: client.local?.port })
      client.destroy()
      server.destroy()
      await Promise.all([sink.heard('close'), serverSink.heard('close')])
    }
    place.listener.close()
    await place.heard('close')
  })

  it('an address of another machine cannot be listened on', async () => {
    const place = await listening(host, tcp('203.0.113.9'))
    assert.equal(place.error?.message, 'listen EADDRNOTAVAIL: address not available 203.0.113.9')
    const withPort = await listening(host, tcp('203.0.113.9', 65000))
    assert.equal(withPort.error?.message, 'listen EADDRNOTAVAIL: address not available 203.0.113.9:65000')
  })

  it('paths: data both ways, no endpoints, the path free again after close', async () => {
    const path = freePath()
    const pair = await openPair(host, { kind: 'path', path })
    assert.equal(pair.listening.listener.address(), path)
    for (const end of [pair.client, pair.server]) {
      assert.equal(end.local, undefined)
      assert.equal(end.remote, undefined)
      end.setNoDelay(true)
      end.setKeepAlive(true, 1000)
      end.unref()
      end.ref()
      end.resume()
    }
    pair.client.write('there')
    pair.server.write('back')
    await Promise.all([pair.serverSink.heard('data'), pair.clientSink.heard('data')])
    assert.deepEqual([pair.serverSink.text, pair.clientSink.text], ['there', 'back'])

    const second = await listening(host, { kind: 'path', path })
    assert.equal(second.error?.message, `listen EADDRINUSE: address already in use ${path}`)
    assert.deepEqual(
      { ...second.error },
      { code: 'EADDRINUSE', errno: -98, syscall: 'listen', address: path, port: -1 },
    )
    await pair.close()
    const third = await listening(host, { kind: 'path', path })
    assert.deepEqual(third.events, ['listening'])
    third.listener.close()
    await third.heard('close')
  })

  it('nobody listens on a path: ENOENT', async () => {
    const path = freePath()
    const sink = new RecordingSink()
    host.connect({ kind: 'path', path }, sink)
    await sink.heard('close')
    assert.deepEqual(sink.events, ['error ENOENT', 'close hadError'])
    assert.equal(sink.error?.message, `connect ENOENT ${path}`)
    assert.deepEqual({ ...sink.error }, { errno: -2, code: 'ENOENT', syscall: 'connect', address: path })
  })
}
