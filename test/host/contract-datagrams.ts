// The host contract, part five: UDP ports. Left out, by name, where a host has none.

import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import type { BindTarget, DatagramPort, DatagramSink, Endpoint, Host } from '../../src/host/types.ts'
import type { HostUnderTest } from './contract.ts'

/** A port's sink that writes down what it is told, and lets a test wait for it. */
class DatagramRecord implements DatagramSink {
  readonly events: string[] = []
  readonly messages: string[] = []
  readonly senders: Endpoint[] = []
  error: (Error & { code?: string }) | undefined
  #wake: (() => void)[] = []

  onListening(): void {
    this.#told('listening')
  }

  onMessage(message: Uint8Array, from: Endpoint): void {
    this.messages.push(Buffer.from(message).toString('latin1'))
    this.senders.push(from)
    this.#told('message')
  }

  onError(error: Error): void {
    this.error = error
    this.#told('error')
  }

  onClose(): void {
    this.#told('close')
  }

  async until(isMet: () => boolean): Promise<void> {
    while (!isMet()) await new Promise<void>(resolve => this.#wake.push(resolve))
  }

  heard(event: string): Promise<void> {
    return this.until(() => this.events.includes(event))
  }

  #told(event: string): void {
    this.events.push(event)
    for (const wake of this.#wake.splice(0)) wake()
  }
}

interface Bound {
  readonly port: DatagramPort
  readonly sink: DatagramRecord
  close(): Promise<void>
}

async function bound(host: Host, target: BindTarget): Promise<Bound> {
  const sink = new DatagramRecord()
  const port = host.bind(target, sink)
  assert.equal(sink.events.length, 0, 'nothing is told from within bind()')
  await sink.until(() => sink.events.length > 0)
  const close = async () => {
    port.close()
    assert.equal(sink.events.includes('close'), false, 'nothing is told from within close()')
    await sink.heard('close')
  }
  return { port, sink, close }
}

function sent(port: DatagramPort, chunks: readonly string[], to?: Endpoint): Promise<number> {
  return new Promise((resolve, reject) =>
    port.send(
      chunks.map(chunk => Buffer.from(chunk, 'latin1')),
      to && { address: to.address, port: to.port },
      (error, bytes) => (error ? reject(error) : resolve(bytes)),
    ),
  )
}

export function datagramContract({ name, host }: HostUnderTest): void {
  const loopback: BindTarget = { family: 4, address: '127.0.0.1', port: 0 }
  const it = (title: string, fn: () => Promise<void>) =>
    test(`${name}: ${title}`, async (context: TestContext) => {
      try {
        const { close } = await bound(host, loopback)
        await close()
      } catch (error) {
        if ((error as { code?: string }).code !== 'ERR_FEATURE_UNAVAILABLE_ON_PLATFORM') throw error
        context.skip(`${name} has no datagrams`)
        return
      }
      await fn()
    })

  it('a datagram arrives as one message, with its sender', async () => {
    const [one, other] = [await bound(host, loopback), await bound(host, loopback)]
    const to = other.port.address()
    assert.deepEqual({ ...to, port: 0 }, { address: '127.0.0.1', family: 'IPv4', port: 0 })
    assert.equal(await sent(one.port, ['in ', 'three ', 'parts'], to), 14)
    assert.equal(await sent(one.port, [], to), 0)
    assert.equal(await sent(one.port, ['second'], to), 6)
    await other.sink.until(() => other.sink.messages.length === 3)
    assert.deepEqual(other.sink.messages, ['in three parts', '', 'second'])
    const from = one.port.address()
    for (const sender of other.sink.senders) {
      assert.deepEqual({ address: sender.address, family: sender.family, port: sender.port }, from)
    }
    await one.close()
    await other.close()
    assert.deepEqual(other.sink.events, ['listening', 'message', 'message', 'message', 'close'])
  })

  it('a connected port hears its peer alone', async () => {
    const [one, other, third] = [await bound(host, loopback), await bound(host, loopback), await bound(host, loopback)]
    const peer = other.port.address()
    await new Promise<void>((resolve, reject) =>
      one.port.connect(peer.address, peer.port, error => (error ? reject(error) : resolve())),
    )
    assert.deepEqual(one.port.remoteAddress(), peer)
    await sent(one.port, ['without an address'])
    await other.sink.heard('message')
    await sent(third.port, ['from a stranger'], one.port.address())
    await sent(other.port, ['from the peer'], one.port.address())
    await one.sink.heard('message')
    assert.deepEqual(one.sink.messages, ['from the peer'])
    // What port it has from here on is the system's affair: Linux takes one away that nobody asked for by number.
    one.port.disconnect()
    assert.throws(() => one.port.remoteAddress())
    for (const { close } of [one, other, third]) await close()
  })

  it('a bound address is in use, unless both say that it may be shared', async () => {
    const first = await bound(host, loopback)
    const { port } = first.port.address()
    const second = await bound(host, { ...loopback, port })
    assert.deepEqual(second.sink.events, ['error'])
    assert.equal(second.sink.error?.code, 'EADDRINUSE')
    await first.close()
    const third = await bound(host, { ...loopback, port, reuseAddr: true })
    const fourth = await bound(host, { ...loopback, port, reuseAddr: true })
    assert.deepEqual(fourth.sink.events, ['listening'])
    await third.close()
    await fourth.close()
  })

  it('a port that could not be bound says so once, and closing it does nothing', async () => {
    const sink = new DatagramRecord()
    const port = host.bind({ ...loopback, address: '192.0.2.1' }, sink)
    port.close()
    await sink.heard('error')
    assert.equal(sink.error?.code, 'EADDRNOTAVAIL')
    port.close()
    // As many turns as closing a port takes, and some more.
    const other = await bound(host, loopback)
    await other.close()
    assert.deepEqual(sink.events, ['error'])
  })

  it('what nobody hears is lost without an error', async () => {
    const [one, other] = [await bound(host, loopback), await bound(host, loopback)]
    const to = other.port.address()
    await other.close()
    assert.equal(await sent(one.port, ['lost'], to), 4)
    await one.close()
    assert.deepEqual(one.sink.events, ['listening', 'close'])
  })

  it('a datagram that is too long is EMSGSIZE', async () => {
    const one = await bound(host, loopback)
    await assert.rejects(sent(one.port, ['x'.repeat(65_600)], one.port.address()), { code: 'EMSGSIZE' })
    await one.close()
  })

  it('the sender may use its bytes again once they are sent', async () => {
    const one = await bound(host, loopback)
    const bytes = Buffer.from('unchanged')
    await new Promise<void>(resolve => one.port.send([bytes], one.port.address(), () => resolve()))
    bytes.fill(0)
    await one.sink.heard('message')
    assert.deepEqual(one.sink.messages, ['unchanged'])
    await one.close()
  })
}
