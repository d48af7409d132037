// The host contract, part two: how connections and listeners come to their end.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { HostUnderTest } from './contract.ts'
import { listening, openPair, quietly, roundTrip } from './open-pair.ts'
import { RecordingSink } from './recording-sink.ts'

export function closeContract({ name, host, freePath }: HostUnderTest): void {
  const it = (title: string, fn: () => Promise<void>) => test(`${name}: ${title}`, fn)

  it('half-close both ways: the other direction stays open, then both ends close', async () => {
    for (const [first, second] of [
      ['client', 'server'],
      ['server', 'client'],
    ] as const) {
      const pair = await openPair(host)
      const sinks = { client: pair.clientSink, server: pair.serverSink }
      pair.client.resume()
      pair.server.resume()
      pair[first].write('last words')
      pair[first].end()
      await sinks[second].heard('end')
      assert.equal(sinks[second].text, 'last words')
      pair[second].write('heard')
      await sinks[first].heard('data')
      pair[second].write(', goodbye')
      pair[second].end()
      await Promise.all([pair.clientSink.heard('close'), pair.serverSink.heard('close')])
      assert.equal(sinks[first].text, 'heard, goodbye')
      assert.deepEqual(sinks[first].events.slice(-3), ['data', 'end', 'close'])
      assert.deepEqual(sinks[second].events.slice(-3), ['data', 'end', 'close'])
      await pair.close()
    }
  })

  it('close is told last, and once, however often it is asked for', async () => {
    const pair = await openPair(host)
    pair.client.resume()
    pair.client.write('x')
    pair.client.destroy()
    pair.client.destroy()
    pair.client.reset()
    pair.client.end()
    pair.client.resume()
    await pair.clientSink.heard('close')
    pair.client.destroy()
    await roundTrip(host)
    assert.deepEqual(pair.clientSink.events, ['connect', 'close'])
    await pair.close()
  })

  it('destroy from within every callback: close follows, nothing else', async () => {
    for (const event of ['connect', 'data', 'end', 'drain', 'done'] as const) {
      const place = await listening(host)
      const sink = new RecordingSink()
      const client = host.connect(place.target, sink)
      sink.react = told => told === event && quietly([sink], () => client.destroy())
      const { connection: server, sink: serverSink } = await place.accepted()
      serverSink.react = told => told.startsWith('error') && server.destroy()
      server.resume()
      client.resume()
      client.write(
        new Uint8Array(event === 'drain' ? 1_000_000 : 1),
        undefined,
        () => event === 'done' && client.destroy(),
      )
      if (event === 'data') server.write('something')
      if (event === 'data' || event === 'end') server.end()
      await sink.heard('close')
      if (event !== 'done') assert.equal(sink.events.at(-2), event)
      assert.equal(sink.events.at(-1), 'close')
      const before = sink.count
      server.destroy()
      await serverSink.heard('close')
      await roundTrip(host)
      assert.equal(sink.count, before)
      place.listener.close()
      await place.heard('close')
    }
  })

  it('destroyed before it stands: only close is told', async () => {
    const place = await listening(host)
    const sink = new RecordingSink()
    const client = host.connect(place.target, sink)
    client.write('never')
    quietly([sink], () => client.destroy())
    await sink.heard('close')
    assert.deepEqual(sink.events, ['close'])
    place.listener.close()
    await place.heard('close')
  })

  it('a reset reaches a peer that reads as ECONNRESET, then close with an error', async () => {
    const pair = await openPair(host)
    pair.server.resume()
    pair.client.reset()
    await Promise.all([pair.serverSink.heard('close'), pair.clientSink.heard('close')])
    assert.deepEqual(pair.serverSink.events, ['error ECONNRESET', 'close hadError'])
    assert.deepEqual(pair.clientSink.events, ['connect', 'close'])
    const { error } = pair.serverSink
    assert.deepEqual({ ...error }, { errno: -104, code: 'ECONNRESET', syscall: 'read' })
    assert.equal(error?.message, 'read ECONNRESET')
    await pair.close()
  })

  it('a reset mid-write reaches a writer that does not read', async () => {
    const pair = await openPair(host)
    const results: (Error | null | undefined)[] = []
    const chunk = new Uint8Array(64 * 1024)
    for (let times = 0; times < 1000 && pair.client.bufferedBytes < 4 * chunk.length; times++) {
      pair.client.write(chunk, undefined, error => results.push(error))
      await new Promise<void>(resolve => host.clock.setImmediate(resolve))
    }
    pair.server.reset()
    await pair.clientSink.heard('close')
    assert.equal(pair.clientSink.error?.code, 'ECONNRESET')
    assert.equal(pair.clientSink.events.at(-1), 'close hadError')
    assert.ok(results.at(-1) instanceof Error, 'the write that could not be finished is told why')
    // Another connection does not suffer.
    await roundTrip(host)
    await pair.close()
  })

  it('writing to a peer that is gone ends in EPIPE or ECONNRESET', async () => {
    const pair = await openPair(host)
    pair.server.destroy()
    await pair.serverSink.heard('close')
    while (!pair.clientSink.has('close')) {
      pair.client.write('into the void')
      await new Promise<void>(resolve => host.clock.setImmediate(resolve))
    }
    assert.match(pair.clientSink.error?.code ?? '', /^(EPIPE|ECONNRESET)$/)
    assert.deepEqual(pair.clientSink.events.slice(-2), [`error ${pair.clientSink.error?.code}`, 'close hadError'])
    await pair.close()
  })

  it('`done` is called once for each write, in order; after destroy with an error', async () => {
    const pair = await openPair(host)
    const order: number[] = []
    let late: Error | null | undefined
    let lateCalls = 0
    for (let index = 0; index < 20; index++)
      pair.client.write(new Uint8Array(1_000_000), undefined, () => order.push(index))
    pair.client.destroy()
    assert.equal(
      pair.client.write('late', 'utf8', error => {
        lateCalls++
        late = error
      }),
      false,
    )
    await pair.clientSink.heard('close')
    await roundTrip(host)
    assert.deepEqual(
      order,
      Array.from({ length: 20 }, (_, index) => index),
    )
    assert.equal(lateCalls, 1)
    assert.equal((late as Error & { code?: string }).code, 'ERR_STREAM_DESTROYED')
    assert.deepEqual(pair.clientSink.events.slice(-1), ['close'])
    await pair.close()
  })

  it('write after end is an error', async () => {
    const pair = await openPair(host)
    pair.client.end()
    let code: string | undefined
    pair.client.write('late', 'utf8', error => {
      code = (error as Error & { code?: string }).code
    })
    await pair.clientSink.heard('close')
    assert.equal(code, 'ERR_STREAM_WRITE_AFTER_END')
    assert.deepEqual(pair.clientSink.events, ['connect', 'error ERR_STREAM_WRITE_AFTER_END', 'close hadError'])
    await pair.close()
  })

  it('nobody listens: ECONNREFUSED, with address and port', async () => {
    const place = await listening(host)
    place.listener.close()
    await place.heard('close')
    const sink = new RecordingSink()
    const connection = host.connect(place.target, sink)
    let fate: Error | null | undefined
    connection.write('never', 'utf8', error => {
      fate = error
    })
    await sink.heard('close')
    const { port } = place.target as { port: number }
    assert.deepEqual(sink.events, ['error ECONNREFUSED', 'close hadError'])
    assert.equal(sink.error?.message, `connect ECONNREFUSED 127.0.0.1:${port}`)
    assert.deepEqual(
      { ...sink.error },
      { errno: -111, code: 'ECONNREFUSED', syscall: 'connect', address: '127.0.0.1', port },
    )
    assert.ok(fate instanceof Error)
  })

  it('a listener closes at once; its connections stay', async () => {
    const pair = await openPair(host)
    quietly([pair.clientSink, pair.serverSink], () => pair.listening.listener.close())
    await pair.listening.heard('close')
    assert.equal(pair.listening.listener.address(), null)
    pair.listening.listener.close()
    const refused = new RecordingSink()
    host.connect(pair.listening.target, refused)
    await refused.heard('error ECONNREFUSED')
    pair.server.resume()
    pair.client.write('still here')
    await pair.serverSink.heard('data')
    assert.equal(pair.serverSink.text, 'still here')
    await pair.close()
    assert.deepEqual(pair.listening.events, ['listening', 'connection', 'close'])
  })

  it('paths: half-close, reset and refusal as pipes have them', async () => {
    const pair = await openPair(host, { kind: 'path', path: freePath() })
    pair.client.resume()
    pair.server.resume()
    pair.client.write('over a pipe')
    pair.client.end()
    await pair.serverSink.heard('end')
    assert.equal(pair.serverSink.text, 'over a pipe')
    pair.server.reset()
    await Promise.all([pair.clientSink.heard('close'), pair.serverSink.heard('close')])
    assert.equal(pair.serverSink.events.at(-1), 'close')
    await pair.close()
  })
}
