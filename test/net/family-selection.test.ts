import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { MemoryHost } from '../../src/host/index.ts'
import type { ConnectionSink, ConnectTarget } from '../../src/host/types.ts'
import { connect, createServer } from '../../src/net/index.ts'
import { event, record } from './both-hosts.ts'

// Connections in memory keep no process alive.
const held = setInterval(() => {}, 60_000)
after(() => clearInterval(held))

/** A memory host on which some addresses never answer. */
class SilentHost extends MemoryHost {
  readonly silent = new Set<string>()
  readonly destroyed: string[] = []

  override connect(target: ConnectTarget, sink: ConnectionSink) {
    if (target.kind !== 'tcp' || !this.silent.has(target.address)) return super.connect(target, sink)
    const { address } = target
    // Held: a connection whose SYN is lost says nothing until it is given up.
    const connection = super.connect({ kind: 'tcp', address: '127.0.0.1', port: target.port }, quiet)
    const destroy = connection.destroy.bind(connection)
    connection.destroy = () => {
      this.destroyed.push(address)
      destroy()
      this.clock.setImmediate(() => sink.onClose(false))
    }
    return connection
  }
}

const quiet: ConnectionSink = {
  onConnect() {},
  onData() {},
  onEnd() {},
  onDrain() {},
  onError() {},
  onClose() {},
}

const both = [
  { address: '::1', family: 6 },
  { address: '127.0.0.1', family: 4 },
]

function lookup(_: string, __: object, callback: (error: null, addresses: object[]) => void): void {
  process.nextTick(callback, null, both)
}

test('an address that does not answer loses to the next one, beside which it goes on', async () => {
  const host = new SilentHost()
  host.silent.add('::1')
  await host.run(async () => {
    const server = createServer(socket => socket.end()).listen(0)
    await event(server, 'listening')
    const { port } = server.address() as { port: number }
    const client = connect({
      port,
      host: 'x',
      lookup,
      autoSelectFamily: true,
      autoSelectFamilyAttemptTimeout: 10,
    } as never)
    const log = record(client, ['connectionAttempt', 'connectionAttemptTimeout', 'connectionAttemptFailed', 'connect'])
    await event(client, 'connect')
    assert.deepEqual(log, ['connectionAttempt', 'connectionAttemptTimeout', 'connectionAttempt', 'connect'])
    assert.deepEqual(client.autoSelectFamilyAttemptedAddresses, [`::1:${port}`, `127.0.0.1:${port}`])
    assert.deepEqual(host.destroyed, ['::1'], 'the loser is given up when the race is won')
    client.destroy()
    server.close()
  })
})

test('when all fail, an AggregateError lists every attempt with address and duration', async () => {
  const host = new MemoryHost()
  await host.run(async () => {
    const client = connect({ port: 9, host: 'x', lookup, autoSelectFamily: true } as never)
    const [error] = await event<[AggregateError & { code: string }]>(client, 'error')
    assert.equal(error.name, 'AggregateError')
    assert.equal(error.code, 'ECONNREFUSED')
    const attempts = error.errors as (NodeJS.ErrnoException & { address: string; durationMs: number })[]
    assert.deepEqual(
      attempts.map(({ code, address }) => [code, address]),
      [
        ['ECONNREFUSED', '::1'],
        ['ECONNREFUSED', '127.0.0.1'],
      ],
    )
    assert.ok(attempts.every(({ durationMs }) => durationMs >= 0))
  })
})

test('destroying in the middle of the race gives up every attempt', async () => {
  const host = new SilentHost()
  host.silent.add('::1').add('127.0.0.1')
  await host.run(async () => {
    const client = connect({
      port: 9,
      host: 'x',
      lookup,
      autoSelectFamily: true,
      autoSelectFamilyAttemptTimeout: 10,
    } as never)
    await event(client, 'connectionAttemptTimeout')
    await new Promise<void>(resolve => setImmediate(resolve))
    client.destroy()
    await event(client, 'close')
    assert.deepEqual(host.destroyed, ['::1', '127.0.0.1'])
  })
})

test('a lookup that answers twice makes one connection; a second connect() is an error of its own', async () => {
  await new MemoryHost().run(async () => {
    let accepted = 0
    const server = createServer(() => accepted++).listen(0, '127.0.0.1')
    await event(server, 'listening')
    const { port } = server.address() as { port: number }
    const twice = (_: string, __: object, callback: (error: null, addresses: object[]) => void) => {
      callback(null, both.slice(1))
      callback(null, both.slice(1))
    }
    const client = connect({ port, host: 'x', lookup: twice } as never)
    await event(client, 'connect')
    for (let turn = 0; turn < 10; turn++) await new Promise<void>(resolve => setImmediate(resolve))
    assert.equal(accepted, 1)
    client.connect(port, '127.0.0.1')
    const [error] = await event<[NodeJS.ErrnoException]>(client, 'error')
    assert.equal(error.code, 'EISCONN')
    server.close()
  })
})

test('what a custom lookup gives is checked', async () => {
  const cases: [unknown[], string][] = [
    [[null, [{ address: 'nonsense', family: 4 }]], 'ERR_INVALID_IP_ADDRESS'],
    [[null, [{ address: '1.2.3.4', family: 7 }]], 'ERR_INVALID_ADDRESS_FAMILY'],
    [[Object.assign(new Error('no'), { code: 'EFAIL' })], 'EFAIL'],
  ]
  for (const [answer, code] of cases) {
    const client = connect({
      port: 1,
      host: 'x',
      lookup: (_: string, __: object, done: (...args: unknown[]) => void) => done(...answer),
      autoSelectFamily: true,
    } as never)
    const [error] = await event<[NodeJS.ErrnoException]>(client, 'error')
    assert.equal(error.code, code)
  }
})

test('a signal that was aborted before lets no attempt begin', async () => {
  class CountingHost extends MemoryHost {
    attempts = 0

    override connect(target: ConnectTarget, sink: ConnectionSink) {
      this.attempts++
      return super.connect(target, sink)
    }
  }
  const host = new CountingHost()
  await host.run(async () => {
    const server = createServer(socket => socket.end()).listen(0)
    await event(server, 'listening')
    const { port } = server.address() as { port: number }
    const client = connect({ port, host: 'x', lookup, signal: AbortSignal.abort() } as never)
    const [error] = await event<[Error]>(client, 'error')
    assert.equal(error.name, 'AbortError')
    await new Promise(resolve => setImmediate(resolve))
    assert.deepEqual([host.attempts, client.destroyed], [0, true])
    server.close()
  })
})
