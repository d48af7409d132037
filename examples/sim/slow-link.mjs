// An Express application behind a slow link. The scenario fails if the catalogue takes too long on a bad telephone line, if
// the office next door has to wait for it, or if an order does not survive a reset connection.
//
//   npx plainwire sim examples/sim/slow-link.mjs --seeds 1..20
//
// express-app.mjs is the application, unmodified: `npm install express` first.

import assert from 'node:assert/strict'
import http from 'node:http'

function request(url, { method = 'GET', body } = {}) {
  return new Promise((resolve, reject) => {
    const headers = body === undefined ? {} : { 'content-type': 'application/json' }
    const sent = http.request(url, { method, headers, agent: false }, response => {
      const chunks = []
      response.on('data', chunk => chunks.push(chunk))
      response.on('end', () => resolve({ status: response.statusCode, text: Buffer.concat(chunks).toString() }))
      response.on('error', reject)
    })
    sent.on('error', reject)
    sent.end(body)
  })
}

export default async function slowLink(net) {
  const lan = net.switch({ latency: '1ms', bandwidth: '1gbit' })
  const server = net.host('server', { nics: [lan] })
  const office = net.host('office', { nics: [lan] })
  const phone = net.host('phone', {
    nics: [
      lan.nic([], {
        latency: '150ms',
        jitter: '30ms',
        loss: 0.01,
        upload: { bandwidth: '128kbit' },
        download: { bandwidth: '1mbit' },
      }),
    ],
  })
  // Loaded before anything is asked of it: reading files takes real time, and no simulated time.
  await net.until(server.load(new URL('./express-app.mjs', import.meta.url)))

  const times = {}
  const timed = async (name, host, fn) => {
    const begin = net.elapsed
    const result = await net.until(host.run(fn))
    times[name] = Math.round(net.elapsed - begin)
    return result
  }

  const home = await timed('front page by telephone', phone, () => request('http://server/'))
  assert.equal(home.text, '<h1>Catalogue</h1>')

  // Both at once: the office must not wait for the telephone.
  const slow = phone.run(() => request('http://server/catalogue'))
  const quick = await timed('catalogue in the office', office, () => request('http://server/catalogue'))
  const catalogue = await timed('catalogue by telephone', phone, () => slow)
  assert.equal(JSON.parse(catalogue.text).length, 2000)
  assert.equal(quick.text, catalogue.text)
  assert.ok(times['catalogue in the office'] < 100, `the office waited for ${times['catalogue in the office']} ms`)
  assert.ok(times['catalogue by telephone'] < 20_000, `the telephone took ${times['catalogue by telephone']} ms`)

  // The connection is reset under the first order; the client sees it, and orders again.
  const toxic = net.toxic('phone', 'server', { type: 'reset_peer', timeout: '100ms' })
  const body = JSON.stringify({ article: 7 })
  const post = () => request('http://server/orders', { method: 'POST', body })
  await assert.rejects(net.until(phone.run(post)), { code: 'ECONNRESET' })
  toxic.remove()
  const order = await timed('order by telephone', phone, post)
  assert.equal(order.status, 201)
  return times
}
