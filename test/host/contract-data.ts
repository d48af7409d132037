// The host contract, part one: bytes, their order, and backpressure.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Connection, Host } from '../../src/host/types.ts'
import type { HostUnderTest } from './contract.ts'
import { openPair, quietly, roundTrip } from './open-pair.ts'
import { RecordingSink } from './recording-sink.ts'

export function dataContract({ name, host }: HostUnderTest): void {
  const it = (title: string, fn: () => Promise<void>) => test(`${name}: ${title}`, fn)

  it('no call calls back from within', async () => {
    const pair = await openPair(host)
    const { client, clientSink, server, serverSink } = pair
    const sinks = [clientSink, serverSink]
    server.write('waits')
    await roundTrip(host)
    quietly(sinks, () => client.resume())
    quietly(sinks, () => client.cork())
    quietly(sinks, () => client.write('one', 'utf8', () => clientSink.react?.('done')))
    quietly(sinks, () => client.uncork())
    quietly(sinks, () => client.setNoDelay(true))
    quietly(sinks, () => client.setKeepAlive(true, 1000))
    quietly(sinks, () => client.pause())
    quietly(sinks, () => server.resume())
    quietly(sinks, () => client.end())
    await serverSink.heard('end')
    quietly(sinks, () => server.reset())
    quietly(sinks, () => client.destroy())
    await Promise.all([clientSink.heard('close'), serverSink.heard('close')])
    quietly([], () => pair.listening.listener.close())
    assert.equal(pair.listening.events.includes('close'), false)
    await pair.listening.heard('close')
  })

  it('`done` is never called from within write() or end()', async () => {
    const pair = await openPair(host)
    let isWithin = true
    const calls: boolean[] = []
    const done = () => calls.push(isWithin)
    pair.client.write('x', 'latin1', done)
    pair.client.end(done)
    pair.client.destroy()
    pair.client.write('x', 'latin1', done)
    isWithin = false
    await pair.clientSink.heard('close')
    await roundTrip(host)
    assert.deepEqual(calls, [false, false, false])
    await pair.close()
  })

  it('both ends start paused: nothing comes before resume(), and nothing is lost', async () => {
    const pair = await openPair(host)
    pair.client.write('to the server')
    pair.client.end()
    pair.server.write('to the client')
    await roundTrip(host)
    assert.deepEqual(pair.serverSink.events, [])
    assert.deepEqual(pair.clientSink.events, ['connect'])
    pair.server.resume()
    pair.client.resume()
    await Promise.all([pair.serverSink.heard('end'), pair.clientSink.heard('data')])
    assert.equal(pair.serverSink.text, 'to the server')
    assert.equal(pair.clientSink.text, 'to the client')
    await pair.close()
  })

  it('a reader that pauses from within onData hears nothing more before it resumes', async () => {
    const pair = await openPair(host)
    pair.serverSink.react = event => event === 'data' && pair.server.pause()
    pair.server.resume()
    pair.client.write('first')
    await pair.serverSink.heard('data')
    pair.client.write('second')
    pair.client.end()
    await roundTrip(host)
    assert.equal(pair.serverSink.text, 'first')
    pair.serverSink.react = undefined
    pair.server.resume()
    await pair.serverSink.heard('end')
    assert.equal(pair.serverSink.text, 'firstsecond')
    await pair.close()
  })

  it('what is written before the connection stands is sent when it does', async () => {
    const place = await openPair(host)
    const sink = new RecordingSink()
    const client = host.connect(place.listening.target, sink)
    client.write('early ')
    client.write('bird')
    client.end()
    const accepted = await place.listening.accepted()
    accepted.connection.resume()
    await accepted.sink.heard('end')
    assert.equal(accepted.sink.text, 'early bird')
    accepted.connection.end()
    client.resume()
    await Promise.all([sink.heard('close'), accepted.sink.heard('close')])
    assert.deepEqual(sink.events, ['connect', 'end', 'close'])
    await place.close()
  })

  it('text in every encoding', async () => {
    const pair = await openPair(host)
    pair.server.resume()
    const bytes = Buffer.from([0, 1, 127, 0xc3, 0xa9, 13, 10])
    pair.client.write(bytes.toString('utf8'))
    for (const encoding of ['utf8', 'latin1', 'hex', 'base64', 'base64url'] as const) {
      pair.client.write(bytes.toString(encoding), encoding)
    }
    pair.client.write('ascii', 'ascii')
    pair.client.write('16', 'utf16le')
    pair.client.end()
    await pair.serverSink.heard('end')
    const expected = [...Array.from({ length: 6 }, () => bytes), Buffer.from('ascii'), Buffer.from('16', 'utf16le')]
    assert.deepEqual(Buffer.concat(pair.serverSink.chunks), Buffer.concat(expected))
    assert.equal(pair.client.bytesWritten, pair.server.bytesRead)
    await pair.close()
  })

  it('an empty write calls `done`, and the peer hears nothing of it', async () => {
    const pair = await openPair(host)
    pair.server.resume()
    for (const nothing of ['', new Uint8Array(0)]) {
      await new Promise<void>((resolve, reject) =>
        pair.client.write(nothing, 'utf8', error => (error ? reject(error) : resolve())),
      )
    }
    pair.client.end()
    await pair.serverSink.heard('end')
    assert.deepEqual(pair.serverSink.events, ['end'])
    await pair.close()
  })

  it('what arrives is the receiver’s to keep: the sender may use its bytes again once they are sent', async () => {
    const pair = await openPair(host)
    pair.server.resume()
    const bytes = Buffer.from('unchanged')
    await new Promise(resolve => pair.client.write(bytes, undefined, resolve))
    bytes.fill(0)
    pair.client.write('|')
    pair.client.end()
    await pair.serverSink.heard('end')
    assert.equal(pair.serverSink.text, 'unchanged|')
    await pair.close()
  })

  it('cork holds, uncork sends; they nest; end() sends what is corked', async () => {
    const pair = await openPair(host)
    pair.server.resume()
    pair.client.cork()
    pair.client.cork()
    const order: string[] = []
    pair.client.write('a', 'latin1', () => order.push('a'))
    pair.client.write('b', 'latin1', () => order.push('b'))
    pair.client.uncork()
    await roundTrip(host)
    assert.equal(pair.serverSink.text, '')
    assert.equal(pair.client.bufferedBytes, 2)
    pair.client.uncork()
    await pair.serverSink.until(() => pair.serverSink.text === 'ab')
    assert.deepEqual(order, ['a', 'b'])
    pair.client.cork()
    pair.client.write('c')
    pair.client.end()
    await pair.serverSink.heard('end')
    assert.equal(pair.serverSink.text, 'abc')
    await pair.close()
  })

  it('`done` is called in the order of the writes, then that of end()', async () => {
    const pair = await openPair(host)
    pair.server.resume()
    const order: number[] = []
    for (let index = 0; index < 50; index++) {
      pair.client.write(new Uint8Array(index * 1000), undefined, error => order.push(error ? -1 : index))
    }
    await new Promise(resolve => pair.client.end(resolve))
    assert.deepEqual(
      order,
      Array.from({ length: 50 }, (_, index) => index),
    )
    await pair.close()
  })

  it('a reader that does not read stops the writer; reading brings drain', async () => {
    const pair = await openPair(host)
    const chunk = new Uint8Array(64 * 1024)
    let written = 0
    // An operating system's buffers take a good deal before anything waits here.
    for (let times = 0; times < 1000 && pair.client.bufferedBytes < 4 * chunk.length; times++) {
      pair.client.write(chunk)
      written += chunk.length
      await new Promise<void>(resolve => host.clock.setImmediate(resolve))
    }
    assert.ok(written < 60_000_000, 'the writer was never stopped')
    assert.equal(pair.client.write('more'), false)
    const { bufferedBytes } = pair.client
    pair.clientSink.events.length = 0
    await roundTrip(host)
    assert.equal(pair.client.bufferedBytes, bufferedBytes)
    assert.deepEqual(pair.clientSink.events, [])
    pair.server.resume()
    await pair.clientSink.heard('drain')
    assert.equal(pair.client.bufferedBytes, 0)
    pair.client.end()
    await pair.serverSink.heard('end')
    assert.equal(pair.serverSink.byteLength, written + 4)
    await pair.close()
  })

  it('large transfers both ways at once, with slow readers: in order, whole, with bounded buffers', async () => {
    const pair = await openPair(host)
    const size = 3_000_000
    const most = Math.max(
      ...(await Promise.all([
        transfer(host, pair.client, pair.serverSink, size),
        transfer(host, pair.server, pair.clientSink, size),
        readSlowly(host, pair.server, pair.serverSink),
        readSlowly(host, pair.client, pair.clientSink),
      ])),
    )
    assert.ok(most <= 256 * 1024, `${most} bytes waited at the writer`)
    for (const sink of [pair.serverSink, pair.clientSink]) {
      const received = Buffer.concat(sink.chunks)
      assert.equal(received.length, size)
      assert.equal(
        received.findIndex((byte, index) => byte !== pattern(index)),
        -1,
      )
    }
    await pair.close()
  })

  it('the sink may be replaced while the connection is open', async () => {
    const pair = await openPair(host)
    pair.server.resume()
    pair.client.write('first')
    await pair.serverSink.heard('data')
    const second = new RecordingSink()
    pair.server.sink = second
    pair.client.write('second')
    await second.heard('data')
    assert.equal(pair.serverSink.text, 'first')
    assert.equal(second.text, 'second')
    pair.server.sink = pair.serverSink
    await pair.close()
  })
}

/** A byte for each place, so that a chunk out of order cannot go unseen. */
function pattern(index: number): number {
  return (index * 7 + (index >> 8)) & 0xff
}

/** Writes while it may. @returns the most that ever waited at this end */
async function transfer(host: Host, from: Connection, to: RecordingSink, size: number): Promise<number> {
  let most = 0
  const bytes = Uint8Array.from({ length: size }, (_, index) => pattern(index))
  for (let at = 0; at < size; at += 50_000) {
    const hasRoom = from.write(bytes.subarray(at, at + 50_000))
    most = Math.max(most, from.bufferedBytes)
    while (!hasRoom && from.bufferedBytes > 0) await new Promise<void>(resolve => host.clock.setImmediate(resolve))
  }
  from.end()
  await to.heard('end')
  return most
}

async function readSlowly(host: Host, reader: Connection, sink: RecordingSink): Promise<number> {
  sink.react = event => {
    if (event !== 'data') return
    reader.pause()
    host.clock.setImmediate(() => reader.resume())
  }
  reader.resume()
  await sink.heard('end')
  return 0
}
