// Our TLS and HTTPS with others, both ways: curl, the openssl command, the runtime's node:tls. Skipped by name where one is
// not installed.

import assert from 'node:assert/strict'
import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it, type TestContext } from 'node:test'
import runtimeTls from 'node:tls'
import { promisify } from 'node:util'
import https from '../../src/https/index.ts'
import tls from '../../src/tls/index.ts'
import { authority, client, localhost, makeCertificate, otherAuthority } from '../tls/certificates.ts'
import { connect, listen, secured, textOf } from '../tls/pair.ts'

const run = promisify(execFile)
const folder = mkdtempSync(join(tmpdir(), 'plainwire-tls-'))
after(() => rmSync(folder, { recursive: true }))

function file(name: string, text: string): string {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}

const caFile = file('ca.pem', authority.cert)
const certFile = file('cert.pem', localhost.cert)
const keyFile = file('key.pem', localhost.key)
const clientCertFile = file('client.pem', client.cert)
const clientKeyFile = file('client-key.pem', client.key)

function missing(command: string, argument: string): string | false {
  return spawnSync(command, [argument]).error ? `${command} is not installed` : false
}

describe('curl', { skip: missing('curl', '--version') }, () => {
  it('asks our server', async t => {
    const server = https.createServer({ key: localhost.key, cert: localhost.cert }, (request, response) => {
      response.end(`${request.method} ${request.url}`)
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    t.after(() => server.close())
    const { port } = server.address() as { port: number }
    const resolve = ['--resolve', `localhost:${port}:127.0.0.1`, '--noproxy', '*', '--cacert', caFile, '-sS']
    for (const version of ['--tlsv1.3', '--tls-max=1.2']) {
      const versions = version === '--tlsv1.3' ? ['--tlsv1.3'] : ['--tls-max', '1.2']
      const { stdout } = await run('curl', [
        ...resolve,
        ...versions,
        '-X',
        'POST',
        '-d',
        'x',
        `https://localhost:${port}/a`,
      ])
      assert.equal(stdout, 'POST /a')
    }
    await assert.rejects(run('curl', ['-sS', '--noproxy', '*', `https://127.0.0.1:${port}/`]), /SSL|certificate/i)
  })
})

/** `openssl s_client`: sends `input` once it is connected. @returns what it printed */
async function openSslClient(port: number, options: string[], input = 'hello\n'): Promise<string> {
  const child = spawn('openssl', [
    ...['s_client', '-connect', `127.0.0.1:${port}`, '-CAfile', caFile, '-servername', 'localhost', '-ign_eof'],
    ...options,
  ])
  let output = ''
  child.stdout.setEncoding('utf8').on('data', text => {
    output += text
  })
  child.stdin.write(input)
  await once(child, 'close')
  return output
}

/** `openssl s_server`, which sends back what it hears, reversed. */
async function openSslServer(t: TestContext, options: string[]): Promise<number> {
  const child: ChildProcess = spawn(
    'openssl',
    ['s_server', '-accept', '127.0.0.1:0', '-cert', certFile, '-key', keyFile, '-rev', ...options],
    { stdio: ['ignore', 'pipe', 'ignore'] },
  )
  t.after(() => child.kill())
  for await (const text of child.stdout ?? []) {
    const port = /ACCEPT 127\.0\.0\.1:(\d+)/.exec(String(text))?.[1]
    if (port !== undefined) {
      child.stdout?.resume()
      return Number(port)
    }
  }
  throw new Error('openssl s_server did not start')
}

const suites13 = ['TLS_AES_128_GCM_SHA256', 'TLS_AES_256_GCM_SHA384', 'TLS_CHACHA20_POLY1305_SHA256']
const suites12 = ['ECDHE-ECDSA-AES128-GCM-SHA256', 'ECDHE-ECDSA-AES256-GCM-SHA384', 'ECDHE-ECDSA-CHACHA20-POLY1305']
const groups = ['X25519', 'P-256', 'P-384', 'P-521']

describe('openssl', { skip: missing('openssl', 'version') }, () => {
  const echo = (socket: { pipe(to: never): unknown }) => {
    socket.pipe(socket as never)
  }

  for (const suite of [...suites13, ...suites12]) {
    const version = suites13.includes(suite) ? ['-tls1_3', '-ciphersuites', suite] : ['-tls1_2', '-cipher', suite]
    it(`s_client speaks ${suite} with our server`, async t => {
      const { port } = await listen(t, {}, socket => {
        socket.once('data', () => socket.end(`cipher ${socket.getCipher()?.name}`))
      })
      const output = await openSslClient(port, version)
      assert.match(output, new RegExp(`cipher ${suite}`))
      assert.match(output, /Verify return code: 0 \(ok\)/)
    })

    it(`s_server speaks ${suite} with our client`, async t => {
      const port = await openSslServer(t, version)
      const socket = await secured(connect(t, port))
      assert.equal(socket.getCipher()?.name, suite)
      socket.write('abc\n')
      assert.equal(String((await once(socket, 'data'))[0]), 'cba\n')
    })
  }

  for (const group of groups) {
    it(`agrees on keys by ${group}, both ways`, async t => {
      const { port } = await listen(t, {}, socket => socket.once('data', () => socket.end('bye')))
      assert.match(await openSslClient(port, ['-groups', group]), /bye/)
      const other = await openSslServer(t, ['-groups', group])
      const socket = await secured(connect(t, other))
      const { name } = socket.getEphemeralKeyInfo() as { name: string }
      assert.equal(name, { 'P-256': 'prime256v1', 'P-384': 'secp384r1', 'P-521': 'secp521r1' }[group] ?? group)
    })
  }

  it('s_client shows its certificate to our server', async t => {
    const { port, server } = await listen(t, { requestCert: true, ca: authority.cert }, echo)
    const told = once(server, 'secureConnection')
    const output = openSslClient(port, ['-cert', clientCertFile, '-key', clientKeyFile])
    const [socket] = await told
    assert.equal(socket.authorized, true)
    socket.end()
    await output
  })

  for (const version of ['-tls1_3', '-tls1_2']) {
    it(`s_client is told whose certificates our server takes: those that its options name (${version})`, async t => {
      const ask = async (options: object) => {
        const { port } = await listen(t, { requestCert: true, rejectUnauthorized: false, ...options }, socket => {
          socket.once('data', () => socket.end())
        })
        return await openSslClient(port, [version])
      }
      const named = await ask({ ca: [authority.cert, otherAuthority.cert] })
      assert.match(
        named,
        /Acceptable client certificate CA names\n.*CN ?= ?Test authority\n.*CN ?= ?Another authority\n/,
      )
      assert.match(await ask({}), /No client certificate CA names sent/)
    })
  }

  it('s_server asks our client for one', async t => {
    const port = await openSslServer(t, ['-Verify', '1', '-CAfile', caFile])
    const socket = await secured(connect(t, port, { key: client.key, cert: client.cert }))
    socket.write('abc\n')
    assert.equal(String((await once(socket, 'data'))[0]), 'cba\n')
  })

  for (const version of ['-tls1_3', '-tls1_2']) {
    it(`resumes sessions, both ways (${version})`, async t => {
      const sessionFile = join(folder, `session${version}`)
      const { port } = await listen(t, {}, socket => {
        socket.once('data', () => socket.end(`reused ${socket.isSessionReused()}`))
      })
      assert.match(await openSslClient(port, [version, '-sess_out', sessionFile]), /reused false/)
      assert.match(await openSslClient(port, [version, '-sess_in', sessionFile]), /reused true/)
      const other = await openSslServer(t, [version])
      const first = connect(t, other)
      first.write('abc\n')
      const [session] = (await once(first, 'session')) as [Buffer]
      first.destroy()
      assert.equal((await secured(connect(t, other, { session }))).isSessionReused(), true)
    })
  }

  it('agrees on protocols by ALPN, both ways', async t => {
    const { port } = await listen(t, { ALPNProtocols: ['two', 'one'] }, s => s.once('data', () => s.end()))
    assert.match(await openSslClient(port, ['-alpn', 'one,two']), /ALPN protocol: two/)
    const other = await openSslServer(t, ['-alpn', 'two'])
    assert.equal((await secured(connect(t, other, { ALPNProtocols: ['one', 'two'] }))).alpnProtocol, 'two')
  })
})

describe('node:tls', () => {
  it('speaks with our server', async t => {
    const { port } = await listen(t, {}, socket => socket.end('from ours'))
    const socket = runtimeTls.connect({ host: '127.0.0.1', port, ca: authority.cert, servername: 'localhost' })
    let text = ''
    for await (const chunk of socket) text += chunk
    assert.equal(text, 'from ours')
    assert.equal(socket.authorized, true)
  })

  for (const keyType of ['ec', 'rsa'] as const) {
    it(`speaks with our client (${keyType})`, async t => {
      const own = makeCertificate({ name: 'localhost', altNames: ['DNS:localhost'], issuer: authority, keyType })
      const server = runtimeTls.createServer({ key: own.key, cert: own.cert }, socket => socket.end('from theirs'))
      server.listen(0, '127.0.0.1')
      await once(server, 'listening')
      t.after(() => server.close())
      const { port } = server.address() as { port: number }
      assert.equal(await textOf(connect(t, port)), 'from theirs')
    })
  }

  it('has our socket for no socket of its own', () => {
    assert.equal(new tls.TLSSocket() instanceof runtimeTls.TLSSocket, false)
  })
})
