// Chromium, without a window, loads a page, its script and its style sheet over our TLS: by HTTP/2 where it is offered, and by
// HTTP/1.1; what it says of the connection is compared with what our server says.

import assert from 'node:assert/strict'
import { execFile, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo, Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { promisify } from 'node:util'
import * as http2 from '../../src/http2/index.ts'
import https from '../../src/https/index.ts'
import { localhost } from '../tls/certificates.ts'

const browser = ['chromium', 'chromium-browser'].find(name => spawnSync(name, ['--version']).status === 0)
const noBrowser = browser === undefined ? 'chromium is not installed' : false
const identity = { key: localhost.key, cert: localhost.cert }

/** The page's script writes down what the browser knows of its own connection. */
const files: Readonly<Record<string, readonly [type: string, body: string]>> = {
  '/': [
    'text/html',
    '<!doctype html><link rel="stylesheet" href="/style.css"><body><p id="said"></p><script src="/script.js"></script>',
  ],
  '/style.css': ['text/css', 'p { color: rgb(1, 2, 3) }'],
  '/script.js': [
    'text/javascript',
    `const [page] = performance.getEntriesByType('navigation')
     const request = new XMLHttpRequest()
     request.open('POST', '/echo', false)
     request.send('posted')
     const color = getComputedStyle(document.getElementById('said')).color
     document.getElementById('said').textContent = [page.nextHopProtocol, color, request.responseText].join(' | ')`,
  ],
}

function answerTo(versions: Set<string>) {
  return (request: IncomingMessage, response: ServerResponse): void => {
    versions.add(request.httpVersion)
    if (request.method === 'POST') {
      response.setHeader('Content-Type', 'text/plain')
      request.pipe(response)
      return
    }
    const [type, body] = files[request.url ?? ''] ?? []
    response.statusCode = type === undefined ? 404 : 200
    response.setHeader('Content-Type', type ?? 'text/plain')
    response.end(body ?? '')
  }
}

/** The page as it is once its script has run. */
async function load(t: TestContext, server: Server): Promise<string> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const profile = mkdtempSync(join(tmpdir(), 'plainwire-chromium-'))
  t.after(() => {
    server.close()
    ;(server as unknown as { closeAllConnections?(): void }).closeAllConnections?.()
    rmSync(profile, { recursive: true, force: true, maxRetries: 3 })
  })
  const { port } = server.address() as AddressInfo
  const { stdout } = await promisify(execFile)(
    browser as string,
    [
      ...['--headless', '--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking'],
      ...['--ignore-certificate-errors', `--user-data-dir=${profile}`, '--virtual-time-budget=5000', '--dump-dom'],
      `https://localhost:${port}/`,
    ],
    { timeout: 60_000 },
  )
  return stdout
}

describe('Chromium', { skip: noBrowser }, () => {
  it('speaks HTTP/2 over our TLS 1.3 to our server', async t => {
    const versions = new Set<string>()
    const server = http2.createSecureServer(identity, answerTo(versions) as never) as unknown as Server
    assert.match(await load(t, server), /<p id="said">h2 \| rgb\(1, 2, 3\) \| posted<\/p>/)
    assert.deepEqual([...versions], ['2.0'])
  })

  it('speaks HTTP/1.1 over our TLS, with https and beside HTTP/2', async t => {
    const versions = new Set<string>()
    const server = https.createServer(identity as never, answerTo(versions) as never) as unknown as Server
    assert.match(await load(t, server), /<p id="said">http\/1\.1 \| rgb\(1, 2, 3\) \| posted<\/p>/)
    assert.deepEqual([...versions], ['1.1'])
  })

  it('speaks TLS 1.2 where the server knows no newer', async t => {
    const versions = new Set<string>()
    const options = { ...identity, maxVersion: 'TLSv1.2' as const }
    const server = http2.createSecureServer(options, answerTo(versions) as never) as unknown as Server
    assert.match(await load(t, server), /<p id="said">h2 \| /)
  })
})
