// Our http2 module with other people's clients: curl, nghttp, h2load, in the clear and over TLS. Skipped by name where one
// is not installed. The engine alone has its judges in http2-judges.test.ts.

import assert from 'node:assert/strict'
import { execFile, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it, type TestContext } from 'node:test'
import { promisify } from 'node:util'
import http2 from '../../src/http2/index.ts'
import { authority, localhost } from '../tls/certificates.ts'

const run = promisify(execFile)
const folder = mkdtempSync(join(tmpdir(), 'plainwire-http2-'))
after(() => rmSync(folder, { recursive: true }))
const caFile = join(folder, 'ca.pem')
writeFileSync(caFile, authority.cert)

function missing(command: string): string | false {
  return spawnSync(command, ['--version']).error ? `${command} is not installed` : false
}

async function start(t: TestContext, isSecure: boolean): Promise<number> {
  const server = isSecure
    ? http2.createSecureServer({ key: localhost.key, cert: localhost.cert })
    : http2.createServer()
  server.on('request', (request, response) => {
    if (request.url === '/push') {
      response.createPushResponse({ ':path': '/pushed' }, (error: Error | null, push: typeof response) => {
        if (!error) push.end('this was pushed')
      })
      response.end('this was asked for')
      return
    }
    let length = 0
    request.on('data', (chunk: Buffer) => {
      length += chunk.length
    })
    request.on('end', () => {
      response.setHeader('x-version', request.httpVersion)
      response.end(`${request.method} ${request.url} ${length}`)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => server.close())
  return (server.address() as AddressInfo).port
}

for (const [how, isSecure] of [
  ['in the clear', false],
  ['over TLS', true],
] as const) {
  const scheme = isSecure ? 'https' : 'http'

  describe(`clients ${how}`, () => {
    it('curl: GET, HEAD and a POST of a megabyte', { skip: missing('curl') }, async t => {
      const port = await start(t, isSecure)
      const file = join(folder, 'body')
      writeFileSync(file, Buffer.alloc(1_000_000, 'x'))
      const version = isSecure ? ['--http2', '--cacert', caFile] : ['--http2-prior-knowledge']
      const curl = async (...args: string[]): Promise<string> => {
        const all = [...version, '-sS', '--noproxy', '*', '--resolve', `localhost:${port}:127.0.0.1`, ...args]
        return (await run('curl', [...all, `${scheme}://localhost:${port}/a`])).stdout
      }
      assert.equal(await curl(), 'GET /a 0')
      assert.match(await curl('-I'), /^HTTP\/2 200[\s\S]*x-version: 2\.0/)
      assert.equal(await curl('--data-binary', `@${file}`), 'POST /a 1000000')
    })

    it('nghttp: an answer and what is pushed with it', { skip: missing('nghttp') }, async t => {
      const port = await start(t, isSecure)
      const { stdout } = await run('nghttp', [`${scheme}://127.0.0.1:${port}/push`])
      assert.match(stdout, /this was asked for/)
      assert.match(stdout, /this was pushed/)
    })

    it('h2load: a thousand requests on ten connections of ten streams', { skip: missing('h2load') }, async t => {
      const port = await start(t, isSecure)
      const { stdout } = await run('h2load', ['-n1000', '-c10', '-m10', `${scheme}://127.0.0.1:${port}/`])
      assert.match(stdout, /1000 succeeded, 0 failed, 0 errored, 0 timeout/)
    })
  })
}
