// Who is not the name server, and name servers that are slow, cut off or talk nonsense. RFC 5452; the limits of limits.ts.

import assert from 'node:assert/strict'
import { describe, it, type TestContext } from 'node:test'
import { MAX_QUERIES_PER_PORT, MAX_QUERIES_PER_STREAM, STREAM_IDLE_MS } from '../../src/dns/engine/query-limits.ts'
import { promises } from '../../src/dns/index.ts'
import { FrameReader, frameMessage } from '../../src/dns/wire/framing.ts'
import { type Message, readMessage, writeMessage } from '../../src/dns/wire/message.ts'
import { MemoryHost, MemoryNetwork, silentSink } from '../../src/host/index.ts'
import { RuntimeClock } from '../../src/host/os/runtime-clock.ts'
import type { Connection, DatagramPort, Endpoint, Host } from '../../src/host/types.ts'

type Resolver = InstanceType<typeof promises.Resolver>
type Question = { query: Message; bytes: Uint8Array; from: Endpoint; reply(bytes: Uint8Array): void }

function answer(query: Message, address: string, change: Partial<Message> = {}): Uint8Array {
  const [question] = query.questions
  const name = question?.name ?? ''
  return writeMessage({
    ...query,
    flags: { ...query.flags, qr: true, ra: true },
    answers: [{ name, type: 'A', class: 1, ttl: 60, address }],
    ...change,
  })
}

interface Setting {
  readonly server: MemoryHost
  readonly attacker: MemoryHost
  readonly client: MemoryHost
  readonly resolver: Resolver
}

/** A client that asks a server on another machine, and a third that would like to answer in its place. */
function machines(
  options: ConstructorParameters<typeof promises.Resolver>[0] = {},
  clock = new RuntimeClock(),
): Setting {
  const network = new MemoryNetwork()
  const [server, attacker, client] = ['10.5.0.53', '10.5.0.66', '10.5.0.1'].map(
    address => new MemoryHost({ network, name: address, addresses: [address], clock }),
  ) as [MemoryHost, MemoryHost, MemoryHost]
  const resolver = client.run(() => new promises.Resolver(options))
  resolver.setServers(['10.5.0.53'])
  return { server, attacker, client, resolver }
}

function bind(
  t: TestContext,
  host: Host,
  port: number,
  onMessage: (message: Uint8Array, from: Endpoint, own: DatagramPort) => void,
): DatagramPort {
  const own = host.bind(
    { family: 4, port },
    { onListening() {}, onMessage: (message, from) => onMessage(message, from, own), onError() {}, onClose() {} },
  )
  t.after(() => own.close())
  return own
}

/** A name server that leaves the answering to the test. */
function serveUdp(t: TestContext, host: Host, onQuestion: (question: Question) => void): DatagramPort {
  return bind(t, host, 53, (bytes, from, own) => {
    onQuestion({ query: readMessage(bytes), bytes, from, reply: reply => own.send([reply], from) })
  })
}

function serveTcp(
  t: TestContext,
  host: Host,
  onConnection: (connection: Connection, onMessage: (hear: (message: Uint8Array) => void) => void) => void,
): void {
  const listener = host.listen(
    { kind: 'tcp', port: 53, address: '0.0.0.0' },
    {
      onListening() {},
      onConnection: connection => {
        const frames = new FrameReader()
        let hear: (message: Uint8Array) => void = () => {}
        const onData = (chunk: Uint8Array) => {
          for (const message of frames.receive(chunk)) hear(message)
        }
        connection.sink = { ...silentSink, onData }
        connection.resume()
        onConnection(connection, heard => {
          hear = heard
        })
      },
      onError: error => assert.fail(error),
      onClose() {},
    },
  )
  t.after(() => listener.close())
}

const turns = async (count = 6) => {
  for (let i = 0; i < count; i++) await new Promise(setImmediate)
}

describe('off the path', () => {
  it('an answer from another machine, or from another port of the server, is dropped', async t => {
    const { server, attacker, resolver } = machines()
    const asked = deferred<Question>()
    serveUdp(t, server, asked.resolve)
    const answered = resolver.resolve4('a.test')
    const question = await asked.promise
    const forged = answer(question.query, '6.6.6.6')
    bind(t, attacker, 53, () => {}).send([forged], question.from)
    bind(t, server, 54, () => {}).send([forged], question.from)
    await turns()
    question.reply(answer(question.query, '192.0.2.1'))
    assert.deepEqual(await answered, ['192.0.2.1'])
  })

  it('an answer with another id, to another question, of another type or class, is dropped', async t => {
    const { server, resolver } = machines()
    const asked = deferred<Question>()
    serveUdp(t, server, asked.resolve)
    const answered = resolver.resolve4('a.test')
    const { query, reply } = await asked.promise
    const [question] = query.questions
    assert.ok(question)
    reply(answer({ ...query, id: query.id ^ 1 }, '6.6.6.6'))
    reply(answer(query, '6.6.6.6', { questions: [{ ...question, name: 'b.test' }] }))
    reply(answer(query, '6.6.6.6', { questions: [{ ...question, type: 'AAAA' }] }))
    reply(answer(query, '6.6.6.6', { questions: [{ ...question, class: 3 }] }))
    reply(answer(query, '6.6.6.6', { flags: query.flags }))
    await turns()
    reply(answer(query, '192.0.2.1'))
    assert.deepEqual(await answered, ['192.0.2.1'])
  })

  it('an answer in another case is not believed: the server is asked over TCP', async t => {
    const { server, resolver } = machines()
    serveUdp(t, server, ({ query, reply }) => {
      const questions = query.questions.map(question => ({ ...question, name: swapCase(question.name) }))
      reply(answer(query, '6.6.6.6', { questions }))
    })
    serveTcp(t, server, (connection, onMessage) => {
      onMessage(message => connection.write(frameMessage(answer(readMessage(message), '192.0.2.1'))))
    })
    assert.deepEqual(await resolver.resolve4('abcdefghijklmnop.test'), ['192.0.2.1'])
  })

  it('records of other names, behind the answer or beside it, are not taken', async t => {
    const { server, resolver } = machines({ cache: true } as never)
    let asked = 0
    serveUdp(t, server, ({ query, reply }) => {
      asked++
      const name = query.questions[0]?.name ?? ''
      const stray = { name: 'bank.test', type: 'A' as const, class: 1, ttl: 9999, address: '6.6.6.6' }
      const own = { name, type: 'A' as const, class: 1, ttl: 60, address: '192.0.2.1' }
      reply(answer(query, '', { answers: [stray, own], authorities: [stray], additionals: [stray] }))
    })
    assert.deepEqual(await resolver.resolve4('a.test'), ['192.0.2.1'])
    assert.deepEqual(
      await resolver.resolve4('bank.test'),
      ['6.6.6.6', '192.0.2.1'].slice(0, 2),
      'asked, not remembered',
    )
    assert.equal(asked, 2)
  })

  it('a late answer is dropped, and does no harm to the question that has its id by then', async t => {
    const timeout = 600_000
    const waits: (() => void)[] = []
    class WatchedClock extends RuntimeClock {
      override setTimer(callback: () => void, delayMs: number) {
        if (delayMs === timeout) waits.push(callback)
        return super.setTimer(callback, delayMs)
      }
    }
    const { server, resolver } = machines({ timeout, tries: 2 }, new WatchedClock())
    const questions: Question[] = []
    serveUdp(t, server, question => {
      questions.push(question)
      // The first wait is over before its answer goes out.
      if (questions.length === 1) setImmediate(() => waits[0]?.())
      if (questions.length === 2) {
        questions[0]?.reply(answer((questions[0] as Question).query, '6.6.6.6'))
        question.reply(answer(question.query, '192.0.2.1'))
      }
    })
    assert.deepEqual(await resolver.resolve4('a.test'), ['192.0.2.1'])
    questions[0]?.reply(answer((questions[0] as Question).query, '6.6.6.6'))
    await turns()
  })

  it('ids and ports do not repeat: a port is given up after MAX_QUERIES_PER_PORT questions', async t => {
    const { server, resolver } = machines()
    const ports = new Map<number, Set<number>>()
    serveUdp(t, server, ({ query, from, reply }) => {
      const ids = ports.get(from.port) ?? new Set()
      ports.set(from.port, ids.add(query.id))
      reply(answer(query, '192.0.2.1'))
    })
    const count = MAX_QUERIES_PER_PORT * 2 + 1
    await Promise.all(Array.from({ length: count }, (_, i) => resolver.resolve4(`h${i}.test`)))
    assert.deepEqual(
      [...ports.values()].map(ids => ids.size),
      [MAX_QUERIES_PER_PORT, MAX_QUERIES_PER_PORT, 1],
    )
  })
})

describe('a server that misbehaves delays its own question alone', () => {
  it('by silence', async t => {
    const { server, resolver } = machines({ tries: 1 })
    serveUdp(t, server, ({ query, reply }) => {
      if (!query.questions[0]?.name.toLowerCase().startsWith('slow')) reply(answer(query, '192.0.2.1'))
    })
    const slow = assert.rejects(resolver.resolve4('slow.test'), { code: 'ECANCELLED' })
    assert.deepEqual(await resolver.resolve4('quick.test'), ['192.0.2.1'])
    resolver.cancel()
    await slow
  })

  it('by garbage behind a question that fits: EBADRESP', async t => {
    const { server, resolver } = machines({ tries: 1 })
    serveUdp(t, server, ({ query, bytes, reply }) => {
      if (query.questions[0]?.name.toLowerCase().startsWith('good')) {
        reply(answer(query, '192.0.2.1'))
        return
      }
      const garbage = Buffer.concat([bytes, Buffer.alloc(40, 0xff)])
      garbage[2] = 0x81
      garbage.writeUInt16BE(9, 6)
      reply(garbage)
    })
    await assert.rejects(resolver.resolve4('bad.test'), { code: 'EBADRESP' })
    assert.deepEqual(await resolver.resolve4('good.test'), ['192.0.2.1'])
  })

  it('by half an answer over TCP, and then nothing, or the end of the connection', async t => {
    const { server, resolver } = machines({ tries: 1 })
    const halfSent = deferred<void>()
    let connections = 0
    const isTruncated = (query: Message) =>
      answer(query, '', { answers: [], flags: { ...query.flags, qr: true, tc: true } })
    serveUdp(t, server, ({ query, reply }) => reply(isTruncated(query)))
    serveTcp(t, server, (connection, onMessage) => {
      connections++
      onMessage(message => {
        const query = readMessage(message)
        const whole = frameMessage(answer(query, '192.0.2.1'))
        const name = query.questions[0]?.name.toLowerCase() ?? ''
        if (name.startsWith('half')) {
          connection.write(whole.subarray(0, 20))
          halfSent.resolve()
        } else if (name.startsWith('cut')) connection.end()
        else connection.write(whole)
      })
    })
    const half = assert.rejects(resolver.resolve4('half.test'), { code: 'ECANCELLED' })
    await halfSent.promise
    await turns()
    assert.deepEqual(await resolver.resolve4('whole.test'), ['192.0.2.1'])
    await assert.rejects(resolver.resolve4('cut.test'), { code: 'ECONNREFUSED' })
    assert.deepEqual(await resolver.resolve4('whole.test'), ['192.0.2.1'])
    assert.equal(connections, 3)
    resolver.cancel()
    await half
  })

  it('a connection that nobody asks over is closed after STREAM_IDLE_MS, and kept while somebody waits', async t => {
    const idle: (() => void)[] = []
    class WatchedClock extends RuntimeClock {
      override setTimer(callback: () => void, delayMs: number) {
        if (delayMs === STREAM_IDLE_MS) idle.push(callback)
        return super.setTimer(callback, delayMs)
      }
    }
    const { server, resolver } = machines({ tries: 1 }, new WatchedClock())
    serveUdp(t, server, ({ query, reply }) =>
      reply(answer(query, '', { answers: [], flags: { ...query.flags, qr: true, tc: true } })),
    )
    const released = deferred<void>()
    let connections = 0
    serveTcp(t, server, (connection, onMessage) => {
      connections++
      onMessage(message => {
        idle.at(-1)?.()
        void released.promise.then(() => connection.write(frameMessage(answer(readMessage(message), '192.0.2.1'))))
      })
    })
    const first = resolver.resolve4('a.test')
    await turns(20)
    released.resolve()
    assert.deepEqual(await first, ['192.0.2.1'], 'not closed while a question is open')
    assert.deepEqual(await resolver.resolve4('b.test'), ['192.0.2.1'])
    assert.equal(connections, 1)
    idle.at(-1)?.()
    assert.deepEqual(await resolver.resolve4('c.test'), ['192.0.2.1'])
    assert.equal(connections, 2)
  })

  it('one connection carries many questions at once, MAX_QUERIES_PER_STREAM at most', async t => {
    const { server, resolver } = machines({ tries: 1 })
    const perConnection: number[] = []
    serveUdp(t, server, ({ query, reply }) =>
      reply(answer(query, '', { answers: [], flags: { ...query.flags, qr: true, tc: true } })),
    )
    const held: (() => void)[] = []
    const count = MAX_QUERIES_PER_STREAM + 10
    serveTcp(t, server, (connection, onMessage) => {
      const mine = perConnection.push(0) - 1
      onMessage(message => {
        perConnection[mine] = (perConnection[mine] as number) + 1
        held.push(() => connection.write(frameMessage(answer(readMessage(message), '192.0.2.1'))))
        if (held.length === count) for (const release of held.reverse()) release()
      })
    })
    const answers: Promise<string[]>[] = []
    for (let i = 0; i < count; i++) {
      answers.push(resolver.resolve4(`h${i}.test`))
      // No more at once than a receive buffer holds.
      if (i % 500 === 499) await turns()
    }
    await Promise.all(answers)
    assert.deepEqual(perConnection, [MAX_QUERIES_PER_STREAM, 10])
  })
})

function deferred<T>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => {}
  const promise = new Promise<T>(settle => {
    resolve = settle
  })
  return { promise, resolve }
}

function swapCase(name: string): string {
  return [...name]
    .map(letter => (letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase()))
    .join('')
}
