// A client that tries again, and a network that makes it: one request in five is answered too late, frames get lost, and
// the server is down for a while. The scenario fails if the client gives up, or if an order is carried out twice.
//
//   npx plainwire sim examples/sim/retry.mjs --seeds 1..100
//
// `order` is the code that is tested. It knows nothing of a simulation: node's http, setTimeout, and an idempotency key.

import assert from 'node:assert/strict'
import http from 'node:http'

function post(url, key, timeout) {
  return new Promise((resolve, reject) => {
    const request = http.request(url, { method: 'POST', agent: false, timeout, headers: { 'idempotency-key': key } })
    request.on('timeout', () => request.destroy(new Error('timed out')))
    request.on('error', reject)
    request.on('response', response => {
      response.resume()
      response.on('end', () => resolve(response.statusCode))
      response.on('error', reject)
    })
    request.end('one pizza')
  })
}

/** Tries until it is answered: after 0.2, 0.4, 0.8 ... seconds, ten times at most. */
async function order(url, key) {
  for (let attempt = 1; ; attempt++) {
    try {
      const status = await post(url, key, 2000)
      if (status === 201) return attempt
      throw new Error(`status ${status}`)
    } catch (error) {
      if (attempt === 10) throw error
      await new Promise(resolve => setTimeout(resolve, 100 * 2 ** attempt))
    }
  }
}

export default async function retry(net) {
  const lan = net.switch({ latency: '20ms', jitter: '10ms', loss: 0.05 })
  const shop = net.host('shop', { nics: [lan] })
  const phone = net.host('phone', { nics: [lan] })

  const carriedOut = new Map()
  const seen = new Set()
  shop.run(() => {
    let count = 0
    const server = http.createServer((request, response) => {
      const key = request.headers['idempotency-key']
      // Remembered in a file, were this a real shop: it outlives a crash.
      if (!seen.has(key)) carriedOut.set(key, (carriedOut.get(key) ?? 0) + 1)
      seen.add(key)
      // Too late for the client's patience: the work is done, and the client does not know.
      const delay = ++count % 5 === 0 ? 5000 : 50
      setTimeout(() => response.writeHead(201).end(), delay)
    })
    server.listen(80)
  })

  // Down from second 3 to second 6.
  net.at('3s', () => shop.crash())
  net.at('6s', () => shop.restart())

  const attempts = []
  for (let number = 1; number <= 8; number++) {
    attempts.push(await net.until(phone.run(() => order('http://shop/orders', `order-${number}`))))
    await net.run('500ms')
  }
  assert.equal(carriedOut.size, 8)
  for (const [key, times] of carriedOut) assert.equal(times, 1, `${key} was carried out ${times} times`)
  return attempts
}
