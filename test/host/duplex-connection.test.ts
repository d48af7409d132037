import assert from 'node:assert/strict'
import type { EventEmitter } from 'node:events'
import { Duplex, type DuplexOptions } from 'node:stream'
import { test } from 'node:test'
import { duplexConnection } from '../../src/host/duplex-connection.ts'
import { RecordingSink } from './recording-sink.ts'

/** A stream that hands what is written to it straight to its twin, from within the call. */
class Twin extends Duplex {
  twin: Twin | undefined
  #more: (() => void) | undefined

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    if (this.twin === undefined || this.twin.push(chunk)) done()
    else this.twin.#more = done
  }

  override _final(done: () => void): void {
    this.twin?.push(null)
    done()
  }

  override _read(): void {
    const more = this.#more
    this.#more = undefined
    more?.()
  }
}

function twins(options?: DuplexOptions): [Twin, Twin] {
  const [left, right] = [new Twin(options), new Twin(options)]
  left.twin = right
  right.twin = left
  return [left, right]
}

function adapted(duplex: Duplex) {
  const sink = new RecordingSink()
  return { connection: duplexConnection(duplex, sink), sink }
}

async function turn(): Promise<void> {
  await new Promise(resolve => setImmediate(resolve))
}

test('starts paused, and tells what was buffered after resume', async () => {
  const [left, right] = twins()
  const { connection, sink } = adapted(left)
  right.write('one')
  right.end('two')
  await turn()
  assert.deepEqual(sink.events, [])
  connection.resume()
  assert.deepEqual(sink.events, [])
  await sink.heard('end')
  assert.equal(sink.text, 'onetwo')
  assert.equal(connection.bytesRead, 6)
})

test('nothing is told from within a call, even by a stream that answers from within it', async () => {
  const [left, right] = twins()
  right.on('data', chunk => right.write(`echo ${chunk}`))
  const { connection, sink } = adapted(left)
  connection.resume()
  await turn()
  connection.write('a')
  connection.write('b')
  assert.deepEqual(sink.events, [])
  await turn()
  assert.equal(sink.text, 'echo aecho b')
  assert.equal(connection.bytesWritten, 2)
})

test('what was held while a call ran stays held through a pause', async () => {
  const [left, right] = twins()
  right.on('data', chunk => right.write(chunk))
  const { connection, sink } = adapted(left)
  connection.resume()
  await turn()
  connection.write('a')
  connection.pause()
  await turn()
  assert.deepEqual(sink.events, [])
  connection.resume()
  await sink.heard('data')
  assert.equal(sink.text, 'a')
})

test('a slow reader stops the writer, and drain follows', async () => {
  const [left, right] = twins({ highWaterMark: 1000 })
  const writer = adapted(left)
  const reader = adapted(right)
  let accepted = 0
  while (writer.connection.write(new Uint8Array(500))) accepted += 500
  assert.ok(accepted <= 4000, `${accepted} bytes went nowhere`)
  await turn()
  assert.ok(!writer.sink.has('drain'))
  reader.connection.resume()
  await writer.sink.heard('drain')
  assert.equal(writer.connection.bufferedBytes, 0)
})

test('both ends, then close', async () => {
  const [left, right] = twins()
  const a = adapted(left)
  const b = adapted(right)
  a.connection.resume()
  b.connection.resume()
  a.connection.end()
  await b.sink.heard('end')
  b.connection.write('still open')
  b.connection.end()
  await Promise.all([a.sink.heard('close'), b.sink.heard('close')])
  assert.deepEqual(a.sink.events, ['data', 'end', 'close'])
  assert.deepEqual(b.sink.events, ['end', 'close'])
})

for (const [what, code, undo] of [
  ['destroyed', 'ECANCELED', (duplex: Duplex) => duplex.destroy()],
  ['ended', 'EPIPE', (duplex: Duplex) => duplex.end()],
] as const) {
  test(`a write to a stream that its owner has ${what} fails, and counts as not written`, async () => {
    const [left] = twins()
    const { connection, sink } = adapted(left)
    connection.resume()
    undo(left)
    const done: unknown[] = []
    connection.write('text', 'utf8', error => done.push((error as { code?: string }).code))
    assert.equal(connection.bufferedBytes, 4)
    await sink.heard('close')
    assert.deepEqual([done, sink.events], [[code], [`error ${code}`, 'close hadError']])
  })
}

test('a stream without autoDestroy closes when both directions are through', async () => {
  const [left, right] = twins({ autoDestroy: false })
  const a = adapted(left)
  a.connection.resume()
  a.connection.end()
  right.end()
  await a.sink.heard('close')
  assert.deepEqual(a.sink.events, ['end', 'close'])
  assert.ok(left.destroyed)
})

test('a stream that never says that it closed is closed by destroy', async () => {
  const [left] = twins({ emitClose: false })
  const { connection, sink } = adapted(left)
  connection.destroy()
  assert.deepEqual(sink.events, [])
  await sink.heard('close')
  assert.deepEqual(sink.events, ['close'])
})

test('an error is told once, then close; without autoDestroy too', async () => {
  for (const autoDestroy of [true, false]) {
    const [left] = twins({ autoDestroy })
    const { sink } = adapted(left)
    if (autoDestroy) left.destroy(new Error('broken'))
    else left.emit('error', new Error('broken'))
    await sink.heard('close')
    left.emit('error', new Error('once more'))
    await turn()
    assert.deepEqual(sink.events, ['error broken', 'close hadError'])
  }
})

test('an error passes what a paused reader has not taken', async () => {
  const [left, right] = twins()
  right.on('data', chunk => right.write(chunk))
  const { connection, sink } = adapted(left)
  connection.resume()
  await turn()
  connection.write('a')
  connection.pause()
  left.destroy(new Error('broken'))
  await sink.heard('close')
  assert.deepEqual(sink.events, ['error broken', 'close hadError'])
})

test('after destroy only close is told, once', async () => {
  const [left, right] = twins()
  const { connection, sink } = adapted(left)
  right.write('x')
  right.end()
  connection.resume()
  connection.destroy()
  connection.destroy()
  assert.deepEqual(sink.events, [])
  await turn()
  left.emit('close')
  left.emit('data', Buffer.from('late'))
  await turn()
  assert.deepEqual(sink.events, ['close'])
})

test('destroy from within each callback', async () => {
  for (const event of ['data', 'end', 'drain']) {
    const [left, right] = twins({ highWaterMark: 10 })
    const { connection, sink } = adapted(left)
    sink.react = told => told === event && connection.destroy()
    right.resume()
    connection.resume()
    connection.write(new Uint8Array(100))
    right.end(event === 'data' ? 'x' : undefined)
    await sink.heard('close')
    assert.equal(sink.events.at(-2), event)
    assert.equal(sink.events.at(-1), 'close')
  }
})

test('a stream that was over before it was adapted tells its end and its close', async () => {
  const [ended] = twins()
  ended.push(null)
  ended.resume()
  await turn()
  const first = adapted(ended)
  first.connection.resume()
  await first.sink.heard('end')

  const [failed] = twins()
  failed.on('error', () => {})
  failed.destroy(new Error('early'))
  await turn()
  const second = adapted(failed)
  assert.deepEqual(second.sink.events, [])
  await second.sink.heard('close')
  assert.deepEqual(second.sink.events, ['error early', 'close hadError'])
})

test('what a sink throws does not keep the rest from being told', async () => {
  const [left] = twins()
  const { connection, sink } = adapted(left)
  connection.resume()
  await turn()
  sink.react = event => {
    if (event === 'data') throw new Error('from a sink')
  }
  const caught = new Promise<unknown>(resolve => process.setUncaughtExceptionCaptureCallback(resolve))
  left._write = (_chunk, _encoding, done) => {
    left.push('reply')
    left.push(null)
    done()
  }
  connection.write('x')
  assert.equal(((await caught) as Error).message, 'from a sink')
  process.setUncaughtExceptionCaptureCallback(null)
  await sink.heard('end')
})

test('text and object streams: text becomes bytes, anything else is an error', async () => {
  const [left] = twins()
  left.setEncoding('latin1')
  const text = adapted(left)
  text.connection.resume()
  left.push(Buffer.from([0xe9, 0x00, 0xff]))
  await text.sink.heard('data')
  assert.deepEqual([...Buffer.concat(text.sink.chunks)], [0xe9, 0x00, 0xff])

  const [objects] = twins({ objectMode: true })
  const other = adapted(objects)
  other.connection.resume()
  objects.push({ not: 'bytes' })
  await other.sink.heard('close')
  assert.deepEqual(other.sink.events, ['error ERR_INVALID_ARG_TYPE', 'close hadError'])
})

test('addresses, options and connect are those of a socket-like stream', async () => {
  const calls: unknown[] = []
  const [left] = twins()
  Object.assign(left, {
    connecting: true,
    remoteAddress: '2001:db8::1',
    remotePort: 80,
    setNoDelay: (on: boolean) => calls.push(['setNoDelay', on]),
    setKeepAlive: (on: boolean, ms: number) => calls.push(['setKeepAlive', on, ms]),
    ref: () => calls.push('ref'),
    unref: () => calls.push('unref'),
    resetAndDestroy: () => {
      calls.push('reset')
      left.destroy()
    },
  })
  const { connection, sink } = adapted(left)
  assert.equal(connection.local, undefined)
  assert.deepEqual(connection.remote, { address: '2001:db8::1', family: 'IPv6', port: 80 })
  left.emit('connect')
  assert.deepEqual(sink.events, ['connect'])
  connection.setNoDelay(true)
  connection.setKeepAlive(true, 500)
  connection.unref()
  connection.ref()
  connection.reset()
  await sink.heard('close')
  assert.deepEqual(calls, [['setNoDelay', true], ['setKeepAlive', true, 500], 'unref', 'ref', 'reset'])
  Object.assign(left, { remoteAddress: undefined })
  assert.equal(connection.remote?.port, 80)
})

test('release gives the stream back with what was not told', async () => {
  const [left, right] = twins()
  right.on('data', chunk => right.write(chunk))
  const { connection, sink } = adapted(left)
  connection.resume()
  await turn()
  connection.write('held')
  connection.release()
  const emitter: EventEmitter = left
  for (const event of ['data', 'drain', 'error', 'connect']) assert.equal(emitter.listenerCount(event), 0, event)
  assert.equal(left.read()?.toString(), 'held')
  left.on('data', chunk => sink.chunks.push(chunk))
  right.write('later')
  await turn()
  assert.deepEqual(sink.events, [])
  assert.equal(sink.text, 'later')
})
