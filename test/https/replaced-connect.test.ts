// Programs put their own in place of `tls.connect`: https looks it up with each call, as in Node.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { duplexPair } from 'node:stream'
import { it } from 'node:test'
import https from '../../src/https/index.ts'
import tls from '../../src/tls/index.ts'

function mocked() {
  const [near, far] = duplexPair()
  far.once('data', () => far.end('HTTP/1.1 299 Mocked\r\nContent-Length: 0\r\n\r\n'))
  return near
}

it('asks the tls.connect of now', async t => {
  const { mock } = t.mock.method(tls, 'connect', mocked as never)
  const [response] = await once(https.get({ host: 'example.test', port: 9, agent: new https.Agent() }), 'response')
  assert.equal(response.statusCode, 299)
  assert.equal(mock.callCount(), 1)
})
