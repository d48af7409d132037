// When 'error' and 'close' come of a socket that is destroyed on its way to its peer: behind which ticks, microtasks and immediates.
// Held against node:net, which emits 'close' once its handle has closed.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import nodeNet from 'node:net'
import { after, before, describe, it } from 'node:test'
import * as ourNet from '../../src/net/index.ts'

type Net = Pick<typeof nodeNet, 'Socket'>
type Socket = nodeNet.Socket
type Destroy = (socket: Socket) => void

const server = nodeNet.createServer(socket => socket.on('error', () => {}))
let port = 0
/** One at which nobody listens. */
let deadPort = 0

before(async () => {
  for (const listen of [
    () => server.listen(0, '127.0.0.1'),
    () => nodeNet.createServer().listen(0, '127.0.0.1'),
  ] as const) {
    const listening = listen()
    await once(listening, 'listening')
    const bound = (listening.address() as nodeNet.AddressInfo).port
    if (listening === server) port = bound
    else {
      deadPort = bound
      listening.close()
      await once(listening, 'close')
    }
  }
})
after(() => server.close())

type Found = (error: Error | null, address?: unknown, family?: number) => void
/** Answers on a turn of its own, as a name service does. */
const answering =
  (...addresses: [string, 4 | 6][]) =>
  (_name: string, { all }: { all?: boolean }, found: Found) => {
    const [[address, family]] = addresses as [[string, number]]
    setImmediate(() => {
      if (all)
        found(
          null,
          addresses.map(([address, family]) => ({ address, family })),
        )
      else found(null, address, family)
    })
  }
const failing = (_name: string, _options: unknown, found: Found) =>
  setImmediate(() => found(Object.assign(new Error('unknown'), { code: 'ENOTFOUND' })))

const byAddress = (socket: Socket) => socket.connect(port, '127.0.0.1')
const toDeadPort = (socket: Socket) => socket.connect(deadPort, '127.0.0.1')
const byName =
  (lookup: unknown, rest: object = {}) =>
  (socket: Socket) =>
    socket.connect({ port, host: 'name.test', lookup, ...rest } as nodeNet.TcpNetConnectOpts)
const one = byName(answering(['127.0.0.1', 4]))
const two = byName(answering(['127.0.0.1', 4], ['::1', 6]))

/** Connects, and destroys once it is time. */
type Moment = (socket: Socket, destroy: () => void) => void
const during =
  (event: string, connect: (socket: Socket) => unknown): Moment =>
  (socket, destroy) => {
    socket.once(event, destroy)
    connect(socket)
  }
const afterwards =
  (connect: (socket: Socket) => unknown, schedule: (fn: () => void) => void = fn => fn()): Moment =>
  (socket, destroy) => {
    connect(socket)
    schedule(destroy)
  }
const withWrites = (socket: Socket): void => {
  byAddress(socket)
  socket.write('some', error => socket.emit('wrote', error))
  socket.end('more', (error?: Error) => socket.emit('ended', error))
}

const moments: Record<string, Moment> = {
  'before connect()': (_socket, destroy) => destroy(),
  'at once behind connect()': afterwards(byAddress),
  'at once behind connect() by name': afterwards(one),
  'at once behind unref()': afterwards(socket => byAddress(socket).unref()),
  'with writes behind connect()': afterwards(withWrites),
  'a tick later': afterwards(byAddress, process.nextTick),
  'a microtask later': afterwards(byAddress, queueMicrotask),
  "in 'lookup'": during('lookup', one),
  "in 'lookup' without a choice of families": during(
    'lookup',
    byName(answering(['127.0.0.1', 4]), { autoSelectFamily: false }),
  ),
  "in the first 'lookup' of two": during('lookup', two),
  "in the 'lookup' that failed": during('lookup', byName(failing)),
  "in 'connectionAttemptFailed'": during('connectionAttemptFailed', toDeadPort),
  "in the 'error' of the attempt": during('error', toDeadPort),
  "in 'connect'": during('connect', byAddress),
  "in 'ready'": during('ready', byAddress),
  'of a pipe behind connect()': afterwards(socket => socket.connect('/nonexistent/pipe')),
}

const ways: Record<string, Destroy> = {
  'destroy()': socket => void socket.destroy(),
  'destroy(error)': socket => void socket.destroy(Object.assign(new Error('mine'), { code: 'EMINE' })),
  'resetAndDestroy()': socket => void socket.resetAndDestroy(),
}

const events = [
  'lookup',
  'connectionAttempt',
  'connectionAttemptFailed',
  'connect',
  'ready',
  'end',
  'error',
  'close',
  'wrote',
  'ended',
]

/** Of the event loop, after which 'close' does not come any more. */
const MOST_TURNS = 10_000

/** What comes to pass around the call, in order. */
async function order(net: Net, moment: Moment, destroy: Destroy): Promise<string[]> {
  const log: string[] = []
  const socket = new net.Socket()
  for (const event of events) {
    socket.on(event, (first?: unknown) => {
      const about =
        event === 'lookup' || first === undefined ? '' : `:${(first as { code?: string } | null)?.code ?? first}`
      log.push(event.startsWith('connectionA') ? event : event + about)
    })
  }
  const isOver = new Promise<void>(resolve => {
    let turns = 0
    const check = () => {
      const isClosed = log.includes('next turn') && log.some(one => one.startsWith('close'))
      if (isClosed || ++turns === MOST_TURNS) resolve()
      else setImmediate(check)
    }
    check()
  })
  const around = (when: string) => {
    process.nextTick(() => log.push(`tick ${when}`))
    queueMicrotask(() => log.push(`microtask ${when}`))
    setImmediate(() => {
      log.push(`immediate ${when}`)
      process.nextTick(() => log.push(`tick of immediate ${when}`))
      if (when === 'after') setImmediate(() => log.push('next turn'))
    })
  }
  moment(socket, () => {
    around('before')
    try {
      destroy(socket)
    } catch (error) {
      log.push(`thrown:${(error as { code?: string }).code}`)
      socket.destroy()
    }
    around('after')
  })
  await isOver
  return log
}

describe('the order of events of a socket destroyed while it connects is that of node:net', () => {
  for (const [when, moment] of Object.entries(moments)) {
    for (const [way, destroy] of Object.entries(ways)) {
      // node:net says EINVAL there, and 'close' never: the next test.
      if (way === 'resetAndDestroy()' && when.startsWith('with writes')) continue
      it(`${way} ${when}`, async () => {
        const theirs = await order(nodeNet, moment, destroy)
        const ours = await order(ourNet as unknown as Net, moment, destroy)
        assert.deepEqual(ours, theirs)
      })
    }
  }

  it("resetAndDestroy() behind end() still emits 'close'", async () => {
    const ours = await order(ourNet as unknown as Net, moments['with writes behind connect()'] as Moment, socket =>
      socket.resetAndDestroy(),
    )
    assert.equal(ours.filter(event => event.startsWith('close')).length, 1)
    assert.ok(ours.includes('close:false'))
  })

  it("a socket that connects again before its 'close' is not ended by it", async () => {
    const reconnect = async (net: Net) => {
      const socket = new net.Socket()
      const log: string[] = []
      for (const event of ['connect', 'close', 'error'])
        socket.on(event, (had?: boolean) => log.push(`${event} ${had}`))
      byAddress(socket)
      await once(socket, 'connect')
      byAddress(socket.destroy())
      await Promise.all([once(socket, 'close'), once(socket, 'connect')])
      const after = [socket.destroyed, socket.readyState]
      socket.destroy()
      await once(socket, 'close')
      return [log.sort(), after]
    }
    assert.deepEqual(await reconnect(ourNet as unknown as Net), await reconnect(nodeNet))
  })

  it('an attempt that was given up makes no second connection when its socket connects again', async () => {
    const socket = new ourNet.Socket() as unknown as Socket
    let connections = 0
    socket.on('connect', () => connections++)
    byAddress(socket).destroy()
    byAddress(socket)
    await once(socket, 'connect')
    socket.destroy()
    await once(socket, 'close')
    assert.equal(connections, 1)
  })

  it("destroy() in 'connectionAttempt' is followed by 'close', not by an exception of the attempt", async () => {
    for (const connect of [byAddress, one, two, (socket: Socket) => socket.connect('/nonexistent/pipe')]) {
      const ours = await order(
        ourNet as unknown as Net,
        during('connectionAttempt', connect),
        socket => void socket.destroy(),
      )
      const from = ours.indexOf('connectionAttempt')
      const afterwards = ours.slice(from + 1).filter(event => !event.includes('immediate') && event !== 'next turn')
      assert.equal(afterwards.at(-1), 'close:false')
      assert.equal(afterwards.length, 5, 'ticks and microtasks, and close')
    }
  })
})
