// Programs on two machines, through the host port: who reaches whom, the errors that Linux gives, names, UDP to many.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { BindTarget, Connection, DatagramSink, Endpoint, Host, HostAddress } from '../../../src/host/types.ts'
import { listening, openPair } from '../../host/open-pair.ts'
import { RecordingSink } from '../../host/recording-sink.ts'
import { machines, RunningTimeline, TestLink, testHost } from '../small-network.ts'

const MS = 1e6

function lan(count = 2) {
  const timeline = new RunningTimeline()
  const link = new TestLink(timeline, { delay: 5 * MS })
  const all = machines(count, timeline, link)
  const hosts: readonly Host[] = all.map(({ host }) => host)
  const [client, server] = hosts
  assert.ok(client && server)
  return { timeline, link, all, hosts, client, server }
}

async function fails(host: Host, target: { address: string; port: number }) {
  const sink = new RecordingSink()
  host.connect({ kind: 'tcp', ...target }, sink)
  await sink.heard('close')
  return sink.error
}

const port80 = (address: string | undefined) => ({ kind: 'tcp', address, port: 80 }) as const

test('a connection between machines: bytes both ways, addresses of both ends', async () => {
  const { client, server } = lan()
  const place = await listening(server, port80(undefined))
  const sink = new RecordingSink()
  const connection = client.connect({ kind: 'tcp', address: '10.0.0.2', port: 80 }, sink)
  const { connection: accepted, sink: acceptedSink } = await place.accepted()
  await sink.heard('connect')
  assert.deepEqual(connection.remote, { address: '10.0.0.2', family: 'IPv4', port: 80 })
  assert.equal(connection.local?.address, '10.0.0.1')
  assert.equal(accepted.remote?.address, '::ffff:10.0.0.1')
  accepted.resume()
  connection.resume()
  connection.write('ping')
  await acceptedSink.heard('data')
  accepted.write('pong')
  accepted.end()
  await sink.heard('end')
  connection.end()
  await Promise.all([sink.heard('close'), acceptedSink.heard('close')])
  assert.deepEqual([sink.text, acceptedSink.text], ['pong', 'ping'])
})

test('the handshake takes one round trip, and so does the close', async () => {
  const { client, server, timeline } = lan()
  const place = await listening(server, port80('10.0.0.2'))
  // So that no neighbour is asked for.
  await connected(client, '10.0.0.2', 80)
  const before = timeline.now()
  const { connection, sink } = await connected(client, '10.0.0.2', 80)
  assert.equal(timeline.now() - before, 10 * MS)
  await place.accepted()
  const { connection: accepted, sink: acceptedSink } = await place.accepted()
  accepted.resume()
  connection.resume()
  await new Promise<void>(resolve => client.clock.setTimer(resolve, 100))
  const closing = timeline.now()
  acceptedSink.react = event => event === 'end' && accepted.end()
  connection.end()
  await Promise.all([sink.heard('close'), acceptedSink.heard('close')])
  assert.equal(timeline.now() - closing, 10 * MS)
})

test('bound to 127.0.0.1: reached from its own machine, and from no other', async () => {
  const { client, server } = lan()
  await listening(server, port80('127.0.0.1'))
  await connected(server, '127.0.0.1', 80)
  assert.equal((await fails(server, { address: '10.0.0.2', port: 80 }))?.code, 'ECONNREFUSED')
  assert.equal((await fails(client, { address: '10.0.0.2', port: 80 }))?.code, 'ECONNREFUSED')
  assert.equal((await fails(client, { address: '127.0.0.1', port: 80 }))?.code, 'ECONNREFUSED')
})

test('bound to all: reached by each of its addresses', async () => {
  const { client, server } = lan()
  await listening(server, port80(undefined))
  for (const address of ['10.0.0.2', 'fd00::2', '::ffff:10.0.0.2']) await connected(client, address, 80)
})

test('the errors of a connect, as Node shows them', async () => {
  const { client, link } = lan()
  const message = async (address: string) => (await fails(client, { address, port: 80 }))?.message
  assert.equal(await message('10.0.0.2'), 'connect ECONNREFUSED 10.0.0.2:80')
  assert.equal(await message('10.0.0.99'), 'connect EHOSTUNREACH 10.0.0.99:80')
  assert.equal(await message('192.0.2.1'), 'connect ENETUNREACH 192.0.2.1:80 - Local (0.0.0.0:0)')
  assert.equal(await message('2001:db8::1'), 'connect ENETUNREACH 2001:db8::1:80 - Local (:::0)')
  link.options = { loses: ({ payload }) => payload.kind !== 'arp' }
  assert.equal(await message('10.0.0.2'), 'connect ETIMEDOUT 10.0.0.2:80')
})

test('a peer that has vanished: written bytes time out, an idle connection by its keep-alive', async () => {
  const { client, server, link } = lan()
  await listening(server, port80('10.0.0.2'))
  const writer = await connected(client, '10.0.0.2', 80)
  const idle = await connected(client, '10.0.0.2', 80)
  link.options = { loses: () => true }
  for (const { connection } of [writer, idle]) connection.resume()
  writer.connection.write('anybody there?')
  idle.connection.setKeepAlive(true, 1000)
  await Promise.all([writer.sink.heard('close'), idle.sink.heard('close')])
  assert.equal(writer.sink.error?.message, 'read ETIMEDOUT')
  assert.equal(idle.sink.error?.message, 'read ETIMEDOUT')
})

test('a machine that came up anew resets what it knows nothing of', async () => {
  const { client, server, all, timeline } = lan()
  await listening(server, port80('10.0.0.2'))
  const { connection, sink } = await connected(client, '10.0.0.2', 80)
  const crashed = all[1]
  assert.ok(crashed)
  for (const endpoint of [...crashed.stack.tcp.endpoints]) endpoint.forget()
  void testHost(timeline, crashed.stack, 'again')
  connection.resume()
  connection.write('still there?')
  await sink.heard('close')
  assert.equal(sink.error?.message, 'read ECONNRESET')
})

test('a full backlog drops what knocks, and lets it in when it knocks again', async () => {
  const { client, server, link } = lan()
  const place = await listening(server, { kind: 'tcp', address: '10.0.0.2', port: 80, backlog: 2 })
  await connected(client, '10.0.0.2', 80)
  // The third part of the handshake does not come for a while: those connections stay half open.
  const isAck = (frame: { payload: { kind: string } }) => {
    const { payload } = frame as never as { payload: { kind: string; payload: { flags?: number } } }
    return payload.kind === 'ipv4' && payload.payload.flags === 16
  }
  link.options = { delay: 5 * MS, loses: isAck }
  const sinks = Array.from({ length: 4 }, () => new RecordingSink())
  for (const sink of sinks) client.connect({ kind: 'tcp', address: '10.0.0.2', port: 80 }, sink)
  await new Promise<void>(resolve => client.clock.setTimer(resolve, 500))
  assert.equal(sinks.filter(sink => sink.has('connect')).length, 2)
  link.options = { delay: 5 * MS }
  await Promise.all(sinks.map(sink => sink.heard('connect')))
  assert.ok(place.events.length > 0)
})

test('the type of service stands in the packets', async () => {
  const { client, server, link } = lan()
  await listening(server, port80('10.0.0.2'))
  const { connection, sink } = await connected(client, '10.0.0.2', 80)
  link.frames.length = 0
  connection.setTypeOfService?.(0x10)
  assert.equal(connection.getTypeOfService?.(), 0x10)
  connection.resume()
  await new Promise<void>(resolve => connection.write('x', 'latin1', () => resolve()))
  await new Promise<void>(resolve => client.clock.setTimer(resolve, 100))
  const seen = link.frames.map(({ payload }) => payload.kind === 'ipv4' && payload.typeOfService)
  assert.deepEqual(seen, [0x10, 0])
  assert.deepEqual(sink.events, ['connect'])
})

test('names: the hosts file, in the order of RFC 6724', async () => {
  const { all, timeline } = lan()
  const [machine] = all
  assert.ok(machine)
  const host = testHost(timeline, machine.stack, 'named', {
    localhost: ['10.0.0.2'],
    both: ['10.0.0.2', 'fd00::2'],
    far: ['2001:db8::1', '10.0.0.2'],
  })
  const lookup = (name: string) =>
    new Promise<string[]>((resolve, reject) =>
      host.lookup(name, { family: 0, hints: 0 }, (error, found: HostAddress[]) =>
        error ? reject(error) : resolve(found.map(({ address }) => address)),
      ),
    )
  assert.deepEqual(await lookup('localhost'), ['10.0.0.2'], 'it can be mapped to another address')
  // Unique local addresses come after IPv4 in the default table.
  assert.deepEqual(await lookup('both'), ['10.0.0.2', 'fd00::2'])
  assert.deepEqual(await lookup('far'), ['10.0.0.2', '2001:db8::1'], 'what cannot be reached comes last')
  assert.deepEqual(
    host.interfaces().map(({ name, address, prefixLength, mac }) => `${name} ${address}/${prefixLength} ${mac}`),
    [
      'lo 127.0.0.1/8 00:00:00:00:00:00',
      'lo ::1/128 00:00:00:00:00:00',
      'eth0 10.0.0.1/24 02:00:00:00:00:01',
      'eth0 fd00::1/64 02:00:00:00:00:01',
    ],
  )
})

class Messages implements DatagramSink {
  readonly heard: string[] = []
  error: (Error & { code?: string }) | undefined
  #wake: (() => void)[] = []

  onListening(): void {
    this.#told('listening')
  }
  onMessage(message: Uint8Array, from: Endpoint): void {
    this.#told(`${from.address} ${Buffer.from(message)}`)
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
  #told(event: string): void {
    this.heard.push(event)
    for (const wake of this.#wake.splice(0)) wake()
  }
}

async function udp(host: Host, port: number, target: Partial<BindTarget> = {}) {
  const sink = new Messages()
  const bound = host.bind({ family: 4, port, ...target }, sink)
  await sink.until(() => sink.heard.length > 0)
  return { port: bound, sink }
}

const errorOf = (send: (done: (error: Error | null) => void) => void) =>
  new Promise<string | undefined>(resolve => send(error => resolve(error?.message)))

test('UDP: to one, to all on the link, to a group', async () => {
  const { hosts, client } = lan(3)
  const [sender, ...others] = await Promise.all(hosts.map(host => udp(host, 9000)))
  assert.ok(sender && others[0] && others[1])
  const send = (text: string, address: string) =>
    errorOf(done => sender.port.send([Buffer.from(text)], { address, port: 9000 }, done))
  assert.equal(await send('to one', '10.0.0.2'), undefined)
  // The first packet to a neighbour waits for its address; the others need none.
  await new Promise<void>(resolve => client.clock.setTimer(resolve, 100))
  assert.equal(await send('to all', '10.0.0.255'), 'send EACCES 10.0.0.255:9000')
  sender.port.setBroadcast(true)
  assert.equal(await send('to all', '10.0.0.255'), undefined)
  assert.equal(await send('to all, limited', '255.255.255.255'), undefined)
  others[1].port.addMembership('239.1.2.3')
  sender.port.addMembership('239.1.2.3')
  assert.equal(await send('to the group', '239.1.2.3'), undefined)
  await new Promise<void>(resolve => client.clock.setTimer(resolve, 100))
  const all = ['10.0.0.1 to all', '10.0.0.1 to all, limited']
  assert.deepEqual(others[0].sink.heard, ['listening', '10.0.0.1 to one', ...all])
  assert.deepEqual(others[1].sink.heard, ['listening', ...all, '10.0.0.1 to the group'])
  assert.deepEqual(sender.sink.heard, ['listening', '10.0.0.1 to the group'])
  others[1].port.dropMembership('239.1.2.3')
  assert.throws(() => others[1]?.port.dropMembership('239.1.2.3'), { code: 'EADDRNOTAVAIL' })
  assert.throws(() => sender.port.addMembership('10.0.0.2'), { code: 'EINVAL' })
  for (let group = 1; group < 20; group++) sender.port.addMembership(`239.0.0.${group}`)
  assert.throws(() => sender.port.addMembership('239.0.1.1'), { code: 'ENOBUFS' })
})

test('UDP: a connected port hears that nobody is there', async () => {
  const { client } = lan()
  const { port, sink } = await udp(client, 0)
  await new Promise<void>((resolve, reject) =>
    port.connect('10.0.0.2', 9, error => (error ? reject(error) : resolve())),
  )
  assert.equal(port.address().address, '10.0.0.1')
  port.send([Buffer.from('?')], undefined)
  await sink.until(() => sink.error !== undefined)
  assert.equal(sink.error?.message, 'recvmsg ECONNREFUSED')
})

test('UDP: a slow reader loses what is too much', async () => {
  const { client, server } = lan()
  const { port, sink } = await udp(server, 9000)
  port.setRecvBufferSize(1000)
  const { port: sender } = await udp(client, 0)
  for (let index = 0; index < 20; index++) sender.send([new Uint8Array(400)], { address: '10.0.0.2', port: 9000 })
  await new Promise<void>(resolve => client.clock.setTimer(resolve, 100))
  assert.equal(sink.heard.length, 3)
})

test('what a report of everybody who waits can say', async () => {
  const { all } = lan()
  const [machine] = all
  assert.ok(machine)
  const pair = await openPair(machine.host)
  const { sink } = await udp(machine.host, 5353)
  const port = (pair.listening.target as { port: number }).port
  assert.deepEqual(machine.host.describeOpen(), [
    `connection to 127.0.0.1 port ${port}`,
    `listening on 127.0.0.1 port ${port}`,
    'UDP port 5353',
  ])
  await pair.close()
  assert.deepEqual(machine.host.describeOpen(), ['UDP port 5353'])
  assert.deepEqual(sink.heard, ['listening'])
})

async function connected(
  host: Host,
  address: string,
  port: number,
): Promise<{ connection: Connection; sink: RecordingSink }> {
  const sink = new RecordingSink()
  const connection = host.connect({ kind: 'tcp', address, port }, sink)
  await Promise.race([sink.heard('connect'), sink.heard('close')])
  assert.deepEqual(sink.events, ['connect'], sink.error?.message ?? 'it was not made')
  return { connection, sink }
}
