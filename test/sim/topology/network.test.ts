// Whole networks, by what programs on them see.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as http from '../../../src/http/index.ts'
import * as net from '../../../src/net/index.ts'
import { type Machine, Network, type NetworkOptions } from '../../../src/sim/index.ts'

function serve(machine: Machine, answer = machine.name, host?: string): void {
  machine.run(() => {
    http
      .createServer((request, response) => {
        response.setHeader('connection', 'close')
        response.end(`${answer} ${request.url}`)
      })
      .listen(80, host)
  })
}

function get(url: string, options: { timeout?: number } = {}): Promise<string> {
  return new Promise((resolve, reject) => {
    http
      .get(url, { agent: false, ...options }, response => {
        let text = ''
        response.on('data', chunk => (text += chunk))
        response.on('end', () => resolve(text))
        response.on('error', reject)
      })
      .on('error', reject)
  })
}

/** Two machines on a switch; the server answers on port 80. */
function pair(options: NetworkOptions = {}) {
  const network = new Network({ seed: 1, ...options })
  const lan = network.switch({ latency: '1ms', subnet: '10.0.0.0/24' })
  const server = network.host('server', { nics: [lan] })
  const client = network.host('client', { nics: [lan] })
  serve(server)
  const ask = (url = 'http://server/') => network.until(client.run(() => get(url)))
  return { network, lan, server, client, ask }
}

test('a server is found by its machine name', async () => {
  const { ask, network } = pair()
  assert.equal(await ask('http://server/path'), 'server /path')
  // ARP, SYN, request: three round trips of two milliseconds.
  assert.ok(network.elapsed >= 6 && network.elapsed < 8, String(network.elapsed))
})

test('programs see each other ports on their own machine alone', async () => {
  const { network, server, client } = pair()
  serve(client, 'the client itself')
  assert.equal(await network.until(client.run(() => get('http://localhost/'))), 'the client itself /')
  assert.equal(await network.until(server.run(() => get('http://127.0.0.1/'))), 'server /')
})

test('loopback never reaches a card, and 127.0.0.1 no other machine', async () => {
  const { network, lan, client } = pair()
  const shy = network.host('shy', { nics: [lan] })
  serve(shy, 'shy', '127.0.0.1')
  const capture = network.capture()
  assert.equal(await network.until(shy.run(() => get('http://127.0.0.1/'))), 'shy /')
  assert.deepEqual(capture.packets, [])
  await assert.rejects(network.until(client.run(() => get('http://shy/'))), { code: 'ECONNREFUSED' })
})

test('localhost comes from the hosts file, and can be mapped elsewhere', async () => {
  const { network, lan, server } = pair()
  const odd = network.host('odd', { nics: [lan], hosts: { localhost: server.address, alias: server.address } })
  assert.equal(await network.until(odd.run(() => get('http://localhost/'))), 'server /')
  assert.equal(await network.until(odd.run(() => get('http://alias/'))), 'server /')
})

test('a machine may have several cards with several addresses of both families', async () => {
  const network = new Network({ seed: 1 })
  const [one, two] = [network.switch({ name: 'one' }), network.switch({ name: 'two' })]
  const both = network.host('both', {
    nics: [one.nic(['10.1.0.1/24', '10.1.0.2/24', 'fd01::1/64']), two.nic('10.2.0.1/24')],
  })
  serve(both)
  const left = network.host('left', { nics: [one.nic(['10.1.0.9/24', 'fd01::9/64'])] })
  const right = network.host('right', { nics: [two.nic('10.2.0.9/24')] })
  for (const address of ['10.1.0.1', '10.1.0.2', '[fd01::1]']) {
    assert.equal(await network.until(left.run(() => get(`http://${address}/`))), 'both /')
  }
  assert.equal(await network.until(right.run(() => get('http://both/'))), 'both /')
  assert.notEqual(both.nic('eth0').mac, both.nic('eth1').mac)
  // No router, and nothing is handed on.
  await assert.rejects(network.until(right.run(() => get('http://10.1.0.1/'))), { code: 'ENETUNREACH' })
})

test('nobody there: refused by a machine, unreachable without one', async () => {
  const { network, client } = pair()
  await assert.rejects(network.until(client.run(() => get('http://server:81/'))), { code: 'ECONNREFUSED' })
  await assert.rejects(network.until(client.run(() => get('http://10.0.0.77/'))), { code: 'EHOSTUNREACH' })
  await assert.rejects(network.until(client.run(() => get('http://nowhere/'))), { code: 'ENOTFOUND' })
})

test('a partition loses packets both ways, and heals by itself', async () => {
  const { network, server, client, ask } = pair()
  await ask()
  network.partition([server], [client], { for: '5s' })
  const begin = network.elapsed
  assert.equal(await ask(), 'server /')
  // The SYN is sent again after 1, 3 and 7 seconds.
  assert.equal(Math.round((network.elapsed - begin) / 1000), 7)
})

test('a one-way cut', async () => {
  const { network, server, client, ask } = pair()
  await ask()
  const cut = network.partition(client, server, { direction: 'from' })
  const capture = server.capture()
  const asking = client.run(() => get('http://server/', { timeout: 500 }).catch((error: Error) => error))
  await network.run('100ms')
  assert.ok(capture.packets.some(({ direction }) => direction === 'in'))
  assert.ok(capture.packets.some(({ direction, isLost }) => direction === 'out' && isLost))
  cut.heal()
  assert.equal(await network.until(asking), 'server /')
})

test('a crash takes connections along; after the restart its program runs again', async () => {
  const { network, server, client, ask } = pair()
  const heard: string[] = []
  client.run(() => {
    const socket = net.connect(80, 'server')
    socket.on('connect', () => heard.push('connect'))
    socket.on('error', (error: NodeJS.ErrnoException) => heard.push(String(error.code)))
    setTimeout(() => socket.write('GET'), 2000)
  })
  await network.run('1s')
  server.crash()
  assert.equal(server.isUp, false)
  await network.run('500ms')
  // Nothing has been said: the client knows of nothing.
  assert.deepEqual(heard, ['connect'])
  server.restart()
  await network.run('2s')
  assert.deepEqual(heard, ['connect', 'ECONNRESET'])
  assert.equal(await ask(), 'server /')
})

test('what a crashed program had going never goes on', async () => {
  const { network, server } = pair()
  let ticks = 0
  server.run(() => setInterval(() => ticks++, 10))
  await network.run('100ms')
  server.crash()
  const before = ticks
  await network.run('1s')
  assert.equal(ticks, before)
  assert.throws(() => server.run(() => {}), { message: /must be up/ })
})

test('a paused machine answers later', async () => {
  const { network, server, ask } = pair()
  await ask()
  server.pause({ for: '300ms' })
  const begin = network.elapsed
  assert.equal(await ask(), 'server /')
  assert.ok(network.elapsed - begin >= 300)
})

test('a machine clock may be wrong', async () => {
  const { network, lan } = pair({ epoch: '2030-01-01T00:00:00Z' })
  const late = network.host('late', { nics: [lan], clockSkew: '-90s' })
  assert.equal(
    late.run(() => new Date().toISOString()),
    '2029-12-31T23:58:30.000Z',
  )
  late.skewClock('2s')
  assert.equal(
    late.run(() => new Date().toISOString()),
    '2030-01-01T00:00:02.000Z',
  )
})

test('conditions change while it runs', async () => {
  const { network, lan, server, ask } = pair()
  await ask()
  lan.set({ latency: '100ms' })
  let begin = network.elapsed
  await ask()
  assert.equal(Math.round((network.elapsed - begin) / 100), 4)
  lan.set({ latency: '1ms' })
  server.set({ upload: { latency: '500ms' } })
  begin = network.elapsed
  await ask()
  assert.ok(network.elapsed - begin >= 1000 && network.elapsed - begin < 1200)
})

test('routers hand on, machines learn of them, and ping tells how far', async () => {
  const network = new Network({ seed: 1 })
  const [home, office, far] = ['home', 'office', 'far'].map((name, index) =>
    network.switch({ name, subnet: `10.${index + 1}.0.0/24`, latency: '1ms' }),
  ) as [ReturnType<Network['switch']>, ReturnType<Network['switch']>, ReturnType<Network['switch']>]
  const alice = network.host('alice', { nics: [home] })
  network.router('r1', {
    nics: [home.nic('10.1.0.254/24'), office.nic('10.2.0.253/24')],
    routes: [{ to: '10.3.0.0/24', via: '10.2.0.254' }],
  })
  network.router('r2', {
    nics: [office.nic('10.2.0.254/24'), far.nic('10.3.0.254/24')],
    routes: [{ to: '10.1.0.0/24', via: '10.2.0.253' }],
  })
  const bob = network.host('bob', { nics: [far] })
  serve(bob)
  assert.equal(await network.until(alice.run(() => get('http://bob/'))), 'bob /')
  const reply = await network.until(alice.ping(bob))
  assert.equal(reply.kind, 'reply')
  const hops = await Promise.all([1, 2, 3].map(count => network.until(alice.ping(bob, { hops: count }))))
  assert.deepEqual(
    hops.map(hop => (hop.kind === 'reply' ? 'bob' : `${hop.from}: ${hop.reason}`)),
    ['10.1.0.254: time to live exceeded', '10.2.0.254: time to live exceeded', 'bob'],
  )
  const lost = await network.until(alice.ping('10.3.0.99'))
  assert.equal(lost.kind === 'error' && lost.reason, 'destination unreachable')
})

test('NAT hides the inside, lets answers in, and forwards a port', async () => {
  const network = new Network({ seed: 1 })
  const inside = network.switch({ name: 'inside', subnet: '192.168.0.0/24' })
  const outside = network.switch({ name: 'outside', subnet: '203.0.113.0/24' })
  const web = network.host('web', { nics: [outside.nic('203.0.113.9/24')] })
  const seen: (string | undefined)[] = []
  web.run(() => {
    net
      .createServer(socket => {
        seen.push(socket.remoteAddress)
        socket.end('from outside')
      })
      .listen(7)
  })
  const laptop = network.host('laptop', { nics: [inside.nic('192.168.0.10/24')] })
  serve(laptop)
  network.router('nat', {
    nics: [inside.nic('192.168.0.1/24'), outside.nic('203.0.113.1/24')],
    nat: { outside: 'eth1', forwards: [{ port: 8080, to: '192.168.0.10', toPort: 80 }] },
  })
  const text = await network.until(
    laptop.run(
      () =>
        new Promise(resolve => {
          net.connect(7, 'web').on('data', data => resolve(String(data)))
        }),
    ),
  )
  assert.equal(text, 'from outside')
  assert.deepEqual(seen, ['::ffff:203.0.113.1'])
  assert.equal(await network.until(web.run(() => get('http://203.0.113.1:8080/'))), 'laptop /')
  await assert.rejects(network.until(web.run(() => get('http://203.0.113.1:81/'))), { code: 'ECONNREFUSED' })
  assert.equal((await network.until(laptop.ping(web))).kind, 'reply')
})

test('a deadlock is reported with the seed and the open connections', async () => {
  const { network, client, server } = pair({ seed: 77 })
  server.run(() => net.createServer(() => {}).listen(7))
  const waiting = client.run(() => new Promise(resolve => net.connect(7, 'server').on('data', resolve)))
  await assert.rejects(network.until(waiting), (error: Error) => {
    assert.match(
      error.message,
      /^Deadlock: no event is scheduled, and these are waiting \(at 600\.\d+ s, with seed 77\):\n/,
    )
    assert.match(error.message, /client:\n {4}connection .* to 10\.0\.0\.1:7: established/)
    return true
  })
  await assert.rejects(network.until(new Promise(() => {}), { within: '1ms' }), { code: 'ERR_SIM_DEADLOCK' })
})

test('a failure bears the seed in its stack', async () => {
  const { ask } = pair({ seed: 4711 })
  const error = await ask('http://nowhere/').catch((caught: Error) => caught)
  assert.match((error as Error).stack ?? '', /in a simulated network with seed 4711, at \d/)
})

test('time cannot be let pass from within a program', () => {
  const { network, client } = pair()
  assert.throws(() => client.run(() => network.run('1s')), { code: 'ERR_INVALID_STATE' })
})

test('mistakes in setting up are told at once', () => {
  const { network, lan, server } = pair()
  const refused = (what: () => unknown, message: RegExp) => assert.throws(what, { message })
  refused(() => network.host('x', { nics: [lan.nic('10.0.0.300/24')] }), /must begin with an IP address/)
  refused(() => network.host('x', { nics: [lan.nic('10.0.0.1/24')] }), /'10.0.0.1'|is that of server/)
  refused(() => network.host('server'), /is taken by another machine/)
  refused(() => network.host('not a name'), /must be a host name/)
  refused(() => network.host('localhost'), /own name for itself/)
  refused(() => network.host('x', { nics: [lan], gateway: '10.9.9.9' }), /must be on a network of x: 10.0.0.0\/24/)
  refused(
    () =>
      network.host('y', {
        nics: [lan],
        routes: [
          { to: '10.5.0.0/16', via: '10.0.0.1' },
          { to: '10.5.0.0/16', via: '10.0.0.2' },
        ],
      }),
    /must not overlap: y has two for it, via 10.0.0.1 and via 10.0.0.2/,
  )
  const other = network.switch({ name: 'other' })
  refused(() => network.host('z', { nics: [lan.nic('10.0.0.50/24'), other.nic('10.0.0.51/24')] }), /must not overlap/)
  refused(() => network.partition('server', 'nobody'), /must be a machine of the network. There are: server, client/)
  refused(() => network.switch({ latency: '-1ms' }), /must not be negative/)
  refused(() => server.set({ loss: 7 }), /probability/)
  refused(() => server.nic('wlan0'), /must be one of the cards of server: eth0/)
  refused(() => new Network({ seed: 1.5 }), /must be an integer/)
  refused(() => new Network({ epoch: 'soon' }), /must be a date/)
  refused(() => network.host('w'), /must be given where there is more than one switch/)
  refused(() => network.toxic('client', 'server', { type: 'latency', latency: 'long' }), /must be a duration/)
})

test('toxics change what a connection carries', async () => {
  const { network, client, server, ask } = pair()
  const toxic = network.toxic(client, server, { type: 'latency', latency: '3s' })
  let begin = network.elapsed
  await ask()
  assert.ok(network.elapsed - begin >= 3000)
  toxic.remove()
  begin = network.elapsed
  await ask()
  assert.ok(network.elapsed - begin < 100)
  network.toxic(client, server, { type: 'reset_peer', timeout: '1ms', port: 80 })
  await assert.rejects(ask(), { code: 'ECONNRESET' })
})

test('corruption is found by checksums, and sent again', async () => {
  const { network, lan, ask } = pair()
  lan.set({ corruption: 0.2, duplication: 0.1, reordering: 0.1 })
  for (let count = 0; count < 20; count++) assert.equal(await ask(`http://server/${count}`), `server /${count}`)
  assert.ok(network.elapsed > 0)
})
