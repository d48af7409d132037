// Two ends of one connection on a host, each with a recording sink, and what a test needs to know that time has passed.

import assert from 'node:assert/strict'
import type { Connection, ConnectTarget, Endpoint, Host, Listener, ListenTarget } from '../../src/host/types.ts'
import { RecordingSink, record } from './recording-sink.ts'

export interface Listening {
  readonly listener: Listener
  readonly target: ConnectTarget
  readonly events: string[]
  /** What `onError` was given. */
  error: (Error & { code?: string }) | undefined
  /** The next connection that comes in, with its sink. */
  accepted(): Promise<{ connection: Connection; sink: RecordingSink }>
  heard(event: string): Promise<void>
}

export const loopback: ListenTarget = { kind: 'tcp', address: '127.0.0.1', port: 0 }

/** Listens, and waits until that has worked or failed. */
export async function listening(host: Host, target: ListenTarget = loopback): Promise<Listening> {
  const waiting: (() => void)[] = []
  const connections: { connection: Connection; sink: RecordingSink }[] = []
  const events: string[] = []
  const failed: { error?: Error & { code?: string } } = {}
  const told = (event: string) => {
    events.push(event)
    for (const wake of waiting.splice(0)) wake()
  }
  const listener = host.listen(target, {
    onListening: () => told('listening'),
    onConnection: connection => {
      connections.push({ connection, sink: record(connection) })
      told('connection')
    },
    onError: failure => {
      failed.error = failure
      told('error')
    },
    onClose: () => told('close'),
  })
  assert.equal(events.length, 0, 'nothing is told from within listen()')
  const until = async (isMet: () => boolean) => {
    while (!isMet()) await new Promise<void>(resolve => waiting.push(resolve))
  }
  await until(() => events.length > 0)
  return {
    listener,
    target: failed.error ? ({ kind: 'path', path: '' } as const) : targetOf(listener),
    events,
    error: failed.error,
    accepted: async () => {
      await until(() => connections.length > 0)
      return connections.shift() ?? assert.fail()
    },
    heard: event => until(() => events.includes(event)),
  }
}

function targetOf(listener: Listener): ConnectTarget {
  const address = listener.address()
  assert.ok(address !== null)
  if (typeof address === 'string') return { kind: 'path', path: address }
  return { kind: 'tcp', address: connectable(address), port: address.port }
}

function connectable({ address }: Endpoint): string {
  return address === '0.0.0.0' ? '127.0.0.1' : address === '::' ? '::1' : address
}

export interface Pair {
  readonly client: Connection
  readonly clientSink: RecordingSink
  readonly server: Connection
  readonly serverSink: RecordingSink
  readonly listening: Listening
  /** Both ends closed and the listener too. */
  close(): Promise<void>
}

/** Both ends open, both paused. */
export async function openPair(host: Host, target?: ListenTarget): Promise<Pair> {
  const place = await listening(host, target)
  const clientSink = new RecordingSink()
  const client = host.connect(place.target, clientSink)
  const { connection: server, sink: serverSink } = await place.accepted()
  await clientSink.heard('connect')
  return {
    client,
    clientSink,
    server,
    serverSink,
    listening: place,
    close: async () => {
      client.destroy()
      server.destroy()
      place.listener.close()
      await Promise.all([clientSink.heard('close'), serverSink.heard('close'), place.heard('close')])
    },
  }
}

/** Returns when a byte has gone there and back on a connection of its own: whatever was due before has come. */
export async function roundTrip(host: Host): Promise<void> {
  const pair = await openPair(host)
  for (let times = 0; times < 2; times++) {
    const [before, after] = [pair.serverSink.byteLength, pair.clientSink.byteLength]
    pair.server.resume()
    pair.client.resume()
    pair.client.write('x')
    await pair.serverSink.until(() => pair.serverSink.byteLength > before)
    pair.server.write('x')
    await pair.clientSink.until(() => pair.clientSink.byteLength > after)
  }
  await pair.close()
}

/** Runs a call and asserts that none of these sinks was told anything from within it. */
export function quietly<T>(sinks: readonly RecordingSink[], call: () => T): T {
  const before = sinks.map(sink => sink.count)
  const result = call()
  assert.deepEqual(
    sinks.map(sink => sink.count),
    before,
    'a sink was told something from within a call',
  )
  return result
}
