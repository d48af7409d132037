// The Connection between a backend and its reader: what it holds back, in what order it tells, and how it ends. The backend here
// writes each record as `[plaintext]`, and is told what happens in TLS by the test.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { osHost } from '../../../src/host/os/os-host.ts'
import type { Connection, ConnectionSink, Host, Timer, WriteDone } from '../../../src/host/types.ts'
import type { BackendHandler, TlsBackend } from '../../../src/tls/connection/backend.ts'
import { lingerMs, maxGatheredBytes, maxHeldBytes } from '../../../src/tls/connection/limits.ts'
import { TlsConnection } from '../../../src/tls/connection/tls-connection.ts'

class Transport {
  sink: ConnectionSink | undefined
  readonly sent: string[] = []
  readonly calls: string[] = []
  bufferedBytes = 0
  isFull = false
  #corks = 0
  #corked: string[] = []

  write(data: Uint8Array | string, _encoding: unknown, done?: WriteDone): boolean {
    const text = Buffer.from(data as Uint8Array).toString()
    if (this.#corks > 0) this.#corked.push(text)
    else if (text !== '') this.sent.push(text)
    if (done) queueMicrotask(() => done(null))
    return !this.isFull
  }

  cork(): void {
    this.#corks++
  }

  uncork(): void {
    if (--this.#corks > 0) return
    this.sent.push(this.#corked.join(''))
    this.#corked = []
  }

  pause(): void {
    this.calls.push('pause')
  }

  resume(): void {
    this.calls.push('resume')
  }

  end(done?: WriteDone): void {
    this.calls.push('end')
    done?.()
  }

  destroy(): void {
    this.calls.push('destroy')
  }
}

class Backend {
  readonly handler: BackendHandler
  readonly onKeyLog: () => void
  readonly isTransparent = false
  readonly pendingBytes = 0
  output: string[] = []
  words: string[] = []
  isDestroyed = false

  constructor(handler: BackendHandler, onKeyLog: () => void) {
    this.handler = handler
    this.onKeyLog = onKeyLog
  }

  start(): void {
    this.output.push('<hello>')
  }

  receive(bytes: Uint8Array): void {
    this.words.push(...Buffer.from(bytes).toString().split(' '))
  }

  receiveEnd(): void {
    this.words.push('cut')
  }

  get hasEvents(): boolean {
    return this.words.includes('write failed')
  }

  get hasPending(): boolean {
    return this.words.length > 0
  }

  /** `done`, `end`, `cut`, `fail`, `write failed` and `key` are events; all else is plaintext. */
  step(): boolean {
    const { handler } = this
    const word = this.words.shift()
    if (word === undefined) return false
    if (word === 'done') {
      this.output.push('<finished>')
      handler.onHandshakeDone()
    } else if (word === 'end') handler.onPeerEnd(false)
    else if (word === 'cut') handler.onPeerEnd(true)
    else if (word === 'key') this.onKeyLog()
    else if (word === 'fail' || word === 'write failed') {
      this.output.push('<alert>')
      handler.onFailure(new Error('failed'))
    } else handler.onPlaintext(Buffer.from(word))
    return true
  }

  write(data: Uint8Array | readonly Uint8Array[]): void {
    this.output.push(`[${data instanceof Uint8Array ? data : Buffer.concat(data)}]`)
    if (String(data) === 'poison') this.words.unshift('write failed')
    this.handler.onOutput()
  }

  takeOutput(): Uint8Array[] {
    return this.output.splice(0).map(text => Buffer.from(text))
  }

  closeNotify(done: () => void): void {
    this.output.push('<close>')
    done()
  }

  explain(error: Error): Error {
    return error
  }

  destroy(): void {
    this.isDestroyed = true
  }
}

const turn = () => new Promise(resolve => setImmediate(resolve))

interface MakeOptions {
  agree?: boolean
  /** The owner agrees when the test calls `open()`. */
  later?: boolean
  onData?: (text: string) => void
  host?: Host
}

function make({ agree = true, later = false, onData, host = osHost }: MakeOptions = {}) {
  const transport = new Transport()
  const told: string[] = []
  let backend: Backend | undefined
  const owner = {
    host,
    makeBackend: (handler: BackendHandler) => {
      backend = new Backend(handler, () => told.push('key'))
      return backend as unknown as TlsBackend
    },
    onSecure: () => {
      told.push('secure')
      if (!agree) connection.destroy()
      return !later
    },
    onDestroyed: () => told.push('released'),
    onTransportClosed: () => told.push('over'),
  }
  const sink: ConnectionSink = {
    onConnect() {},
    onData: chunk => {
      told.push(`${Buffer.from(chunk)}`)
      onData?.(String(chunk))
    },
    onEnd: () => told.push('end'),
    onDrain: () => told.push('drain'),
    onError: error => told.push(error.message),
    onClose: hadError => told.push(`close ${hadError}`),
  }
  const connection: TlsConnection = new TlsConnection(transport as unknown as Connection, owner, sink)
  connection.start()
  const receives = (text: string) => transport.sink?.onData(Buffer.from(text))
  return { transport, told, connection, receives, backend: () => backend as Backend }
}

describe('before the peer is agreed to', () => {
  it('nothing that is written leaves; afterwards it goes in one', async () => {
    const { transport, connection, receives } = make()
    const sent: string[] = []
    connection.write(Buffer.from('a'), undefined, () => sent.push('a'))
    connection.write('b', 'utf8', () => sent.push('b'))
    assert.equal(connection.bufferedBytes, 2)
    await turn()
    assert.deepEqual(transport.sent, ['<hello>'])
    receives('done')
    assert.deepEqual(transport.sent, ['<hello>', '<finished>[ab]'])
    await turn()
    assert.deepEqual([sent, connection.bufferedBytes, connection.bytesWritten], [['a', 'b'], 0, 2])
  })

  it('nothing that came is told', () => {
    const { told, connection, receives } = make()
    connection.resume()
    receives('early')
    assert.deepEqual(told, [])
    receives('done late')
    assert.deepEqual(told, [])
  })

  it('a refused one gets neither what was written nor the last flight', async () => {
    const { transport, told, connection, receives } = make({ agree: false })
    const failed: unknown[] = []
    connection.write('secret', 'utf8', error => failed.push((error as { code?: string } | null)?.code))
    connection.resume()
    receives('done data')
    // After all that the owner's error has led to.
    process.nextTick(async () => {
      for (let step = 0; step < 20; step++) await null
      assert.deepEqual(failed, [])
    })
    await turn()
    await turn()
    assert.deepEqual(transport.sent, ['<hello>'])
    assert.deepEqual([told, failed, transport.calls.at(-1)], [['secure', 'released'], ['ECANCELED'], 'destroy'])
  })

  it('the peer waits while the owner thinks, and goes on afterwards', async () => {
    const { transport, told, connection, receives } = make({ later: true })
    connection.resume()
    receives('done early')
    // A peer that goes away meanwhile is noticed.
    assert.deepEqual([told, transport.calls.at(-1)], [['secure'], 'resume'])
    receives('x'.repeat(maxHeldBytes + 1))
    assert.deepEqual([told, transport.calls.at(-1)], [['secure'], 'pause'])
    connection.open()
    await turn()
    assert.deepEqual([told.slice(0, 2), transport.calls.at(-1)], [['secure', 'early'], 'resume'])
  })

  it('says to wait when much has been written, and to go on later', async () => {
    const { told, connection, receives } = make()
    assert.equal(connection.write(Buffer.alloc(maxGatheredBytes - 1)), true)
    assert.equal(connection.write('x'), false)
    receives('done')
    assert.deepEqual(told, ['secure', 'drain'])
  })
})

describe('afterwards', () => {
  it('what is written while something is told goes in one, and so does what is corked', () => {
    const { transport, connection, receives } = make({
      onData: text => {
        connection.write(`${text}!`)
        connection.write('?')
      },
    })
    receives('done')
    connection.resume()
    receives('a b')
    assert.equal(transport.sent.at(-1), '[a!?b!?]')
    connection.cork()
    connection.write('c')
    connection.write('d')
    connection.uncork()
    assert.equal(transport.sent.at(-1), '[cd]')
  })

  it('a reader that pauses hears no more, and pauses the peer; then the rest in order, and the end last', async () => {
    const { transport, told, connection, receives } = make({ onData: () => connection.pause() })
    receives('done')
    connection.resume()
    receives('a b end')
    assert.deepEqual([told, transport.calls.at(-1)], [['secure', 'a'], 'pause'])
    for (const expected of ['b', 'end']) {
      connection.resume()
      await turn()
      assert.equal(told.at(-1), expected)
    }
    assert.equal(connection.isTruncated, false)
  })

  it('a reader that throws loses nothing', async () => {
    let hasThrown = false
    const { told, connection, receives } = make({
      onData: () => {
        if (hasThrown) return
        hasThrown = true
        throw new Error('thrown')
      },
    })
    receives('done')
    connection.resume()
    assert.throws(() => receives('a key b'), { message: 'thrown' })
    await turn()
    assert.deepEqual(told, ['secure', 'a', 'key', 'b'])
  })

  it('what fails in a write is reported on a turn of its own', async () => {
    const { transport, told, connection, receives } = make()
    receives('done')
    connection.write('poison')
    assert.deepEqual(told, ['secure'])
    await turn()
    assert.deepEqual(told, ['secure', 'failed', 'released'])
    assert.equal(transport.sent.at(-1), '<alert>')
  })

  it('no step is made ahead of a reader that has paused, but for the record that it is in', async () => {
    const { told, connection, receives, backend } = make({ onData: () => connection.pause() })
    receives('done')
    connection.resume()
    receives('a key b key c')
    assert.deepEqual(
      [told, backend().words],
      [
        ['secure', 'a', 'key'],
        ['key', 'c'],
      ],
    )
  })

  it('a write that fills the transport says so, and drains with it', () => {
    const { transport, told, connection, receives } = make()
    receives('done')
    transport.isFull = true
    assert.equal(connection.write('a'), false)
    assert.equal(transport.sent.at(-1), '[a]')
    transport.sink?.onDrain()
    transport.sink?.onDrain()
    assert.deepEqual(told, ['secure', 'drain'])
  })
})

describe('the end', () => {
  it('goes behind what was written, with close_notify', () => {
    const { transport, connection, receives } = make()
    connection.write('a')
    connection.end()
    receives('done')
    assert.equal(transport.sent.join(''), '<hello><finished>[a]<close>')
    assert.ok(transport.calls.includes('end'))
    assert.equal(connection.write('b'), false)
  })

  it('is known for a cut where the peer did not say it', () => {
    const { transport, told, connection, receives } = make()
    receives('done')
    connection.resume()
    transport.sink?.onEnd()
    assert.deepEqual([told.at(-1), connection.isTruncated], ['end', true])
  })

  it('of a failure: the alert, one error, one close, keys gone', () => {
    const { transport, told, connection, receives, backend } = make()
    receives('done')
    connection.resume()
    receives('a fail b')
    assert.deepEqual(transport.sent.at(-1), '<finished><alert>'.slice(10))
    assert.equal(transport.calls.at(-1), 'destroy')
    connection.destroy()
    transport.sink?.onClose(false)
    assert.deepEqual(told, ['secure', 'a', 'failed', 'released', 'over', 'close true'])
    assert.equal(backend().isDestroyed, true)
  })

  it('an alert that cannot leave at once has its time', () => {
    const { transport, receives } = make()
    transport.bufferedBytes = 1
    receives('fail')
    assert.deepEqual(transport.calls.slice(-2), ['end', 'destroy'])
  })

  it('an alert that does not leave within lingerMs is given up', () => {
    const timers: { callback: () => void; delayMs: number }[] = []
    const setTimer = (callback: () => void, delayMs: number): Timer => {
      timers.push({ callback, delayMs })
      return { unref() {}, ref() {}, cancel: () => void timers.pop() } as unknown as Timer
    }
    const host: Host = { ...osHost, clock: { ...osHost.clock, setTimer } }
    const { transport, receives } = make({ host })
    transport.bufferedBytes = 1
    // A peer that does not read: the end of what was written never comes.
    transport.end = () => transport.calls.push('end')
    receives('fail')
    assert.deepEqual([transport.calls.at(-1), timers.length, timers[0]?.delayMs], ['end', 1, lingerMs])
    timers[0]?.callback()
    assert.equal(transport.calls.at(-1), 'destroy')
  })

  it('comes from transport too, and ends all', async () => {
    const { transport, told, connection, receives, backend } = make()
    receives('done')
    transport.sink?.onError(new Error('reset'))
    transport.sink?.onClose(true)
    assert.deepEqual(told.slice(1), ['reset', 'released', 'over', 'close true'])
    assert.equal(backend().isDestroyed, true)
    assert.equal(connection.write('x'), false)
  })

  it('a peer that is gone before it has our end is no error', () => {
    const { transport, told, connection, receives } = make()
    receives('done')
    connection.end()
    transport.sink?.onError(Object.assign(new Error('write EPIPE'), { syscall: 'write' }))
    transport.sink?.onClose(true)
    assert.deepEqual(told.slice(1), ['released', 'over', 'close false'])
  })
})
