// Judges from outside against the session engine on real sockets: h2spec (in the clear and over TLS), curl, nghttp and
// h2load. Each is skipped by name where it is not installed.

import assert from 'node:assert/strict'
import { execFile, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { type AddressInfo, createServer, type Server } from 'node:net'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import tls from 'node:tls'
import { serve } from './h2-driver.ts'

function installed(name: string, ...elsewhere: string[]): string | undefined {
  for (const path of elsewhere) if (existsSync(path)) return path
  const found = spawnSync('sh', ['-c', `command -v ${name}`], { encoding: 'utf8' })
  return found.status === 0 ? found.stdout.trim() : undefined
}

const h2spec = installed('h2spec', join(homedir(), 'go', 'bin', 'h2spec'))
const curl = installed('curl')
const nghttp = installed('nghttp')
const h2load = installed('h2load')
const openssl = installed('openssl')

const need = (name: string, path: string | undefined): { skip: string | false } => ({
  skip: path === undefined ? `${name} is not installed` : false,
})

function run(program: string | undefined, args: string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(program ?? '', args, { encoding: 'utf8', timeout: 60_000 }, (error, stdout, stderr) => {
      if (error !== null && stdout === '') reject(new Error(`${error.message}\n${stderr}`))
      else resolve(stdout)
    })
  })
}

function listening(server: Server): Promise<number> {
  return new Promise(resolve => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port))
  })
}

async function inTheClear(use: (port: number) => Promise<void>): Promise<void> {
  const server = createServer({ noDelay: true }, socket => serve(socket))
  try {
    await use(await listening(server))
  } finally {
    server.close()
  }
}

async function overTls(use: (port: number) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'plainwire-h2-'))
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
  const made = spawnSync(openssl ?? '', [
    ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'],
    ...['-subj', '/CN=localhost', '-days', '2', '-keyout', key, '-out', cert],
  ])
  assert.equal(made.status, 0, String(made.stderr))
  const options = { key: readFileSync(key), cert: readFileSync(cert), ALPNProtocols: ['h2'] }
  rmSync(folder, { recursive: true })
  const server = tls.createServer(options, socket => serve(socket))
  try {
    await use(await listening(server))
  } finally {
    server.close()
  }
}

/** Releases have 146 tests, what has come since one more. */
function assertAllPassed(report: string): void {
  const [, count] = /\b(\d+) tests, \1 passed, 0 skipped, 0 failed/.exec(report) ?? []
  assert.ok(Number(count) >= 146, report)
}

test('h2spec, strict, in the clear', need('h2spec', h2spec), () =>
  inTheClear(async port => {
    const report = await run(h2spec, ['-S', '-h', '127.0.0.1', '-p', String(port)])
    assertAllPassed(report)
  }),
)

test('h2spec, strict, over TLS', need('h2spec and openssl', h2spec && openssl), () =>
  overTls(async port => {
    const report = await run(h2spec, ['-S', '-t', '-k', '-h', '127.0.0.1', '-p', String(port)])
    assertAllPassed(report)
  }),
)

test('curl', need('curl', curl), () =>
  inTheClear(async port => {
    const url = `http://127.0.0.1:${port}/`
    const answer = await run(curl, ['-s', '-w', ' %{http_version}', '--http2-prior-knowledge', '-d', 'a=1', url])
    assert.equal(answer, 'hello, world 2')
  }),
)

test('nghttp', need('nghttp', nghttp), () =>
  inTheClear(async port => {
    assert.equal(await run(nghttp, [`http://127.0.0.1:${port}/`]), 'hello, world')
  }),
)

test('h2load', need('h2load', h2load), () =>
  inTheClear(async port => {
    const report = await run(h2load, ['-n', '2000', '-c', '4', '-m', '16', `http://127.0.0.1:${port}/`])
    assert.match(report, /2000 succeeded, 0 failed, 0 errored/)
  }),
)
