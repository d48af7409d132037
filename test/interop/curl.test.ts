// curl asks our https.Server: versions, certificates of both sides, a name and one that is wrong, ALPN, resumption.

import assert from 'node:assert/strict'
import { execFile, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { describe, it, type TestContext } from 'node:test'
import { promisify } from 'node:util'
import https from '../../src/https/index.ts'
import type { TLSSocket } from '../../src/tls/internal.ts'
import { authority, localhost } from '../tls/certificates.ts'
import { file, files } from './openssl.ts'

const run = promisify(execFile)
const skip = spawnSync('curl', ['--version']).error ? 'curl is not installed' : false

/** Answers with the method, the path, what came, and what the handshake was. */
async function serve(t: TestContext, options: object = {}): Promise<number> {
  const server = https.createServer({ key: localhost.key, cert: localhost.cert, ...options }, (request, response) => {
    const socket = request.socket as TLSSocket
    let body = ''
    request.setEncoding('utf8')
    request.on('data', text => {
      body += text
    })
    request.on('end', () =>
      response.end(`${request.method} ${request.url} ${body} ${socket.getProtocol()} ${socket.authorized}`),
    )
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => server.close())
  return (server.address() as { port: number }).port
}

async function curl(port: number, ...options: string[]): Promise<string> {
  const url = options.some(one => one.startsWith('https:')) ? [] : [`https://localhost:${port}/a`]
  const common = ['-sS', '--noproxy', '*', '--resolve', `localhost:${port}:127.0.0.1`, '--cacert', files.authority]
  return (await run('curl', [...common, ...options, ...url], { maxBuffer: 1e7 })).stdout
}

describe('curl', { skip }, () => {
  for (const [version, options] of [
    ['TLSv1.3', ['--tlsv1.3']],
    ['TLSv1.2', ['--tls-max', '1.2']],
  ] as const) {
    it(`gets and posts by ${version}`, async t => {
      const port = await serve(t)
      assert.equal(await curl(port, ...options), `GET /a  ${version} false`)
      assert.equal(await curl(port, ...options, '-d', 'x=1'), `POST /a x=1 ${version} false`)
    })

    it(`shows a certificate by ${version}, and is refused without`, async t => {
      const port = await serve(t, { requestCert: true, ca: authority.cert })
      const own = ['--cert', files.clientCert, '--key', files.clientKey]
      assert.equal(await curl(port, ...options, ...own), `GET /a  ${version} true`)
      await assert.rejects(curl(port, ...options), /certificate required|handshake failure|alert/)
    })
  }

  it('sends and gets megabytes', async t => {
    const port = await serve(t)
    const text = 'x'.repeat(3_000_000)
    assert.equal(await curl(port, '-d', `@${file('body', text)}`), `POST /a ${text} TLSv1.3 false`)
  })

  it('refuses a server of a name that its certificate does not have, and of an authority that it does not know', async t => {
    const port = await serve(t)
    const other = [`https://other.example:${port}/`, '--resolve', `other.example:${port}:127.0.0.1`]
    await assert.rejects(curl(port, ...other), /subject name|does not match/)
    await assert.rejects(run('curl', ['-sS', '--noproxy', '*', `https://127.0.0.1:${port}/`]), /certificate/i)
  })

  it('agrees on http/1.1 by ALPN', async t => {
    const port = await serve(t, { ALPNProtocols: ['http/1.1'] })
    const { stderr } = await run('curl', [
      ...['-sSv', '--noproxy', '*', '--cacert', files.authority, '--resolve', `localhost:${port}:127.0.0.1`],
      `https://localhost:${port}/`,
    ])
    assert.match(stderr, /ALPN[:,] server accepted (to use )?http\/1\.1/)
  })
})
