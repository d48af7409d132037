// Name servers as machines: authoritative ones, and a recursive one that asks its way down.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as dns from '../../../src/dns/index.ts'
import { Network } from '../../../src/sim/index.ts'

function internet() {
  const net = new Network({ seed: 1 })
  const lan = net.switch({ latency: '5ms', subnet: '10.0.0.0/24' })
  const root = net.nameServer('root', {
    nics: [lan.nic('10.0.0.1/24')],
    zones: [
      { origin: '.', records: { '@': { NS: 'root.' }, 'test.': { NS: 'ns.test.' }, 'ns.test.': { A: '10.0.0.2' } } },
    ],
  })
  net.nameServer('ns-test', {
    nics: [lan.nic('10.0.0.2/24')],
    zones: [
      {
        origin: 'test',
        records: {
          '@': { NS: 'ns' },
          ns: { A: '10.0.0.2' },
          example: { NS: ['ns.other', 'ns2.other'] },
          other: { NS: 'ns.other' },
          'ns.other': { A: '10.0.0.3' },
        },
      },
    ],
  })
  net.nameServer('ns-example', {
    nics: [lan.nic('10.0.0.3/24')],
    zones: [
      {
        origin: 'example.test',
        ttl: 60,
        records: {
          '@': { NS: 'ns.other.test.' },
          www: { A: ['192.0.2.1', '192.0.2.2'], AAAA: '2001:db8::1' },
          alias: { CNAME: 'www.example.test.' },
          outside: { CNAME: 'www.other.test.' },
        },
      },
      { origin: 'other.test', records: { '@': { NS: 'ns' }, ns: { A: '10.0.0.3' }, www: { A: '192.0.2.9' } } },
    ],
  })
  const recursive = net.recursiveServer('recursive', { nics: [lan.nic('10.0.0.53/24')], roots: [root] })
  const client = net.host('client', { nics: [lan], nameServers: ['10.0.0.53'] })
  const ask = <T>(fn: () => Promise<T>) => net.until(client.run(fn))
  return { net, lan, recursive, client, ask }
}

test('a recursive server asks its way down, by glue and without, and follows aliases', async () => {
  const { ask } = internet()
  assert.deepEqual(await ask(() => dns.promises.resolve4('www.example.test')), ['192.0.2.1', '192.0.2.2'])
  assert.deepEqual(await ask(() => dns.promises.resolve6('www.example.test')), ['2001:db8::1'])
  assert.deepEqual(await ask(() => dns.promises.resolve4('alias.example.test')), ['192.0.2.1', '192.0.2.2'])
  assert.deepEqual(await ask(() => dns.promises.resolve4('outside.example.test')), ['192.0.2.9'])
  await assert.rejects(
    ask(() => dns.promises.resolve4('nowhere.example.test')),
    { code: 'ENOTFOUND' },
  )
  await assert.rejects(
    ask(() => dns.promises.resolveMx('www.example.test')),
    { code: 'ENODATA' },
  )
})

test('what it heard it remembers, as long as it holds', async () => {
  const { net, ask, recursive } = internet()
  const once = () => ask(() => dns.promises.resolve4('www.example.test'))
  await once()
  const capture = recursive.capture()
  await once()
  assert.equal(capture.packets.length, 2)
  await net.run('61s')
  await once()
  assert.ok(capture.packets.length > 4)
})

test('look-ups of programs go there too, and to the hosts file before', async () => {
  const { net, lan, ask } = internet()
  const found = await ask(() => dns.promises.lookup('www.example.test', { all: true }))
  assert.deepEqual(found.map(({ address }) => address).sort(), ['192.0.2.1', '192.0.2.2', '2001:db8::1'])
  await assert.rejects(
    ask(() => dns.promises.lookup('client')),
    { code: 'ENOTFOUND' },
  )
  const other = net.host('other', {
    nics: [lan],
    nameServers: ['10.0.0.53'],
    hosts: { 'www.example.test': '10.9.9.9' },
  })
  const { address } = await net.until(other.run(() => dns.promises.lookup('www.example.test')))
  assert.equal(address, '10.9.9.9')
})

test('lost questions are asked again, and a server that is gone is an error in the end', async () => {
  const { net, lan, ask } = internet()
  lan.set({ loss: 0.2 })
  assert.equal((await ask(() => dns.promises.resolve4('www.example.test'))).length, 2)
  lan.set({ loss: 0 })
  net.machine('root').crash()
  net.machine('recursive').restart()
  await assert.rejects(
    ask(() => dns.promises.resolve4('www.example.test')),
    (error: NodeJS.ErrnoException) => {
      return error.code === 'ESERVFAIL' || error.code === 'ETIMEOUT'
    },
  )
})

test('mistakes are told before anything runs', () => {
  const net = new Network({ seed: 1 })
  assert.throws(() => net.nameServer('ns', { zones: [{ origin: 'test', records: { a: { A: 'no address' } } }] }))
  assert.equal(net.machineNamed('ns'), undefined)
  assert.throws(() => net.recursiveServer('r', { roots: [] }), { message: /must name a server/ })
  assert.throws(() => net.recursiveServer('r', { roots: ['here'] }), { message: /must be an IP address/ })
})
