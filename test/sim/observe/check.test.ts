import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { test } from 'node:test'
import * as http from '../../../src/http/index.ts'
import * as https from '../../../src/https/index.ts'
import { checkRepeatable, type Network } from '../../../src/sim/index.ts'
import { altNames, basicConstraints, certificate, dns } from '../../support/certificates.ts'

/** Ten clients, a bad network, faults by chance. */
async function busy(network: Network): Promise<void> {
  const lan = network.switch({
    latency: '3ms',
    jitter: '2ms',
    loss: 0.05,
    reordering: 0.05,
    duplication: 0.02,
    bandwidth: '10mbit',
  })
  const server = network.host('server', { nics: [lan] })
  server.run(() => http.createServer((request, response) => request.pipe(response)).listen(80))
  const clients = Array.from({ length: 10 }, (_, index) => network.host(`client${index}`, { nics: [lan] }))
  network.chaos({ for: '20s', kinds: ['partition', 'loss', 'pause', 'latency'] })
  const asking = clients.map(client =>
    client.run(
      () =>
        new Promise<number>((resolve, reject) => {
          const request = http.request('http://server/', { method: 'POST' }, response => {
            let size = 0
            response.on('data', chunk => (size += chunk.length))
            response.on('end', () => resolve(size))
          })
          request.on('error', reject)
          request.end('x'.repeat(20_000))
        }),
    ),
  )
  assert.deepEqual(await network.until(Promise.all(asking)), new Array(10).fill(20_000))
}

test('a busy scenario is the same each time, packet for packet, and another with another seed', async () => {
  const hash = await checkRepeatable(busy, { seed: 1, times: Number(process.env['SIM_REPETITIONS'] ?? 5) })
  assert.equal(await checkRepeatable(busy, { seed: 1 }), hash)
  assert.notEqual(await checkRepeatable(busy, { seed: 2 }), hash)
})

test('a TLS handshake is the same each time too, with a certificate whose signatures are', async () => {
  const key = generateKeyPairSync('ed25519').privateKey
  const names = altNames(dns('server'))
  const { pem, keyPem } = certificate({
    subject: [['CN', 'server']],
    key,
    extensions: [basicConstraints(true), names],
  })
  const epoch = new Date()
  const secure = async (network: Network) => {
    const lan = network.switch({ loss: 0.05, latency: '5ms' })
    const server = network.host('server', { nics: [lan] })
    const client = network.host('client', { nics: [lan] })
    server.run(() => https.createServer({ key: keyPem, cert: pem }, (_, response) => response.end('hello')).listen(443))
    const get = () =>
      new Promise((resolve, reject) => {
        https
          .get('https://server/', { ca: [pem], agent: false }, response => response.on('data', resolve))
          .on('error', reject)
      })
    for (let count = 0; count < 3; count++) await network.until(client.run(get))
  }
  await checkRepeatable(secure, { seed: 5, epoch, times: 5 })
})

test('a scenario that is not the same each time is told by its first packet that differs', async () => {
  const differing = async (network: Network) => {
    const server = network.host('server')
    server.run(() => http.createServer((_, response) => response.end()).listen(80))
    const client = network.host('client')
    const path = `/${process.hrtime.bigint()}`
    await network.until(client.run(() => new Promise(resolve => http.get(`http://server${path}`, resolve))))
  }
  await assert.rejects(checkRepeatable(differing, { seed: 3 }), {
    code: 'ERR_SIM_DIFFERENT',
    message: /^Run 2 with seed 3 was not as the first: packet \d+, of client at [\d.]+ s, GET \/\d+.*, differs$/,
  })
  let runs = 0
  const shorter = async (network: Network) => {
    const client = network.host('client')
    if (runs++ === 0) await network.until(client.ping('10.0.0.77', { timeout: '100ms' }))
  }
  await assert.rejects(checkRepeatable(shorter), { message: /it sent 0 packets in place of \d/ })
})

test('what a scenario throws is thrown', async () => {
  const error = new Error('of the scenario')
  await assert.rejects(
    checkRepeatable(() => {
      throw error
    }),
    error,
  )
})
