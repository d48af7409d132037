// Every protocol of the stack between simulated machines, over a network that loses and reorders.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import * as dgram from '../../src/dgram/index.ts'
import * as http from '../../src/http/index.ts'
import * as http2 from '../../src/http2/index.ts'
import * as https from '../../src/https/index.ts'
import * as net from '../../src/net/index.ts'
import { Network } from '../../src/sim/index.ts'
import { makeCertificate } from '../support/made-certificates.ts'

const authority = makeCertificate({ name: 'Authority', isAuthority: true })
const { key, cert } = makeCertificate({ name: 'server', altNames: ['DNS:server'], issuer: authority })

function pair() {
  const network = new Network({ seed: 9, epoch: new Date() })
  const lan = network.switch({ latency: '5ms', jitter: '3ms', loss: 0.03, reordering: 0.03, duplication: 0.03 })
  const server = network.host('server', { nics: [lan] })
  const client = network.host('client', { nics: [lan] })
  return { network, lan, server, client, ask: <T>(fn: () => Promise<T>) => network.until(client.run(fn)) }
}

test('https: keep-alive, resumption and a certificate that is checked', async () => {
  const { server, ask } = pair()
  server.run(() => https.createServer({ key, cert }, (request, response) => request.pipe(response)).listen(443))
  const agent = new https.Agent({ keepAlive: true, ca: [authority.cert] })
  const post = (body: string, options = {}) =>
    new Promise<string>((resolve, reject) => {
      const request = https.request('https://server/', { method: 'POST', agent, ...options }, response => {
        let text = ''
        response.on('data', chunk => (text += chunk))
        response.on('end', () => resolve(text))
      })
      request.on('error', reject)
      request.end(body)
    })
  for (const body of ['one', 'two', 'x'.repeat(100_000)]) assert.equal(await ask(() => post(body)), body)
  const refused = ask(() => post('', { agent: false, ca: [] }))
  await assert.rejects(refused, { code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' })
})

test('http2: many streams at once', async () => {
  const { server, ask } = pair()
  server.run(() => {
    const secure = http2.createSecureServer({ key, cert })
    secure.on('stream', (stream, headers) => {
      stream.respond({ ':status': 200 })
      stream.end(`${headers[':path']} `.repeat(1000))
    })
    secure.listen(443)
  })
  const texts = await ask(async () => {
    const session = http2.connect('https://server', { ca: [authority.cert] } as object)
    const answers = Array.from({ length: 20 }, (_, number) => {
      const stream = session.request({ ':path': `/${number}` })
      return new Promise<string>((resolve, reject) => {
        let text = ''
        stream.on('data', chunk => (text += chunk))
        stream.on('end', () => resolve(text))
        stream.on('error', reject)
      })
    })
    const all = await Promise.all(answers)
    session.close()
    return all
  })
  assert.deepEqual(
    texts,
    texts.map((_, number) => `/${number} `.repeat(1000)),
  )
})

test('datagrams: large ones in fragments, and to a group', async () => {
  const { network, lan, server, client } = pair()
  lan.set({ loss: 0, duplication: 0 })
  const heard: string[] = []
  for (const [index, machine] of [server, network.host('third', { nics: [lan] })].entries()) {
    machine.run(() => {
      const socket = dgram.createSocket('udp4')
      socket.on('message', message => heard.push(`${index}: ${message.length}`))
      socket.bind(5000, () => socket.addMembership('239.1.2.3'))
    })
  }
  client.run(() => {
    const socket = dgram.createSocket('udp4')
    socket.send(Buffer.alloc(20_000), 5000, 'server')
    socket.send('to many', 5000, '239.1.2.3')
  })
  await network.run('1s')
  assert.deepEqual(heard.sort(), ['0: 20000', '0: 7', '1: 7'])
})

test('an idle hour with open connections and idle servers is over in no time', async () => {
  const { network, server, client } = pair()
  server.run(() => http.createServer(() => {}).listen(80))
  server.run(() => net.createServer(() => {}).listen(81))
  client.run(() => {
    for (let count = 0; count < 10; count++) net.connect(81, 'server')
  })
  await network.run('10s')
  const begin = performance.now()
  await network.run('1h')
  assert.ok(performance.now() - begin < 1000)
})

test('real time, where that is wanted', async () => {
  const network = new Network({ seed: 1, time: 'real' })
  const lan = network.switch({ latency: '20ms' })
  const server = network.host('server', { nics: [lan] })
  const client = network.host('client', { nics: [lan] })
  server.run(() => http.createServer((_, response) => response.end()).listen(80))
  const begin = performance.now()
  await network.until(client.run(() => new Promise(resolve => http.get('http://server/', resolve))))
  const took = performance.now() - begin
  // Three round trips of forty milliseconds.
  assert.ok(took >= 120 && took < 2000, `${took} ms`)
  network.close()
})
