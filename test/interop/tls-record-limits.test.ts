// Limits on the size of records with other implementations, seen on the wire: openssl's client asks for max_fragment_length,
// GnuTLS tells its record_size_limit at either end. Skipped by name where one is not installed.

import assert from 'node:assert/strict'
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import net from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it, type TestContext } from 'node:test'
import { authority, localhost } from '../tls/certificates.ts'
import { connect, listen, secured } from '../tls/pair.ts'

const folder = mkdtempSync(join(tmpdir(), 'plainwire-limits-'))
after(() => rmSync(folder, { recursive: true }))

function file(name: string, text: string): string {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}

const caFile = file('ca.pem', authority.cert)
const certFile = file('cert.pem', localhost.cert)
const keyFile = file('key.pem', localhost.key)

function missing(command: string): string | false {
  return spawnSync(command, ['--version']).error ? `${command} is not installed` : false
}

interface Relay {
  readonly port: number
  /** Sizes of the records that passed towards the one side or the other. */
  readonly sizes: { readonly toClient: number[]; readonly toServer: number[] }
}

/** Stands between the two, and looks at the records. */
async function relay(t: TestContext, port: number): Promise<Relay> {
  const sizes = { toClient: [] as number[], toServer: [] as number[] }
  const server = net.createServer(client => {
    const upstream = net.connect(port, '127.0.0.1')
    watch(client, sizes.toServer)
    watch(upstream, sizes.toClient)
    client.pipe(upstream).pipe(client)
    t.after(() => client.destroy())
    for (const socket of [client, upstream]) {
      socket.on('error', () => {})
      socket.on('close', () => {
        client.destroy()
        upstream.destroy()
      })
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => server.close())
  return { port: (server.address() as net.AddressInfo).port, sizes }
}

function watch(socket: net.Socket, sizes: number[]): void {
  let rest = Buffer.alloc(0)
  socket.on('data', (chunk: Buffer) => {
    rest = Buffer.concat([rest, chunk])
    while (rest.length >= 5 && rest.length >= 5 + rest.readUInt16BE(3)) {
      sizes.push(rest.readUInt16BE(3))
      rest = rest.subarray(5 + rest.readUInt16BE(3))
    }
  })
}

const payload = 'x'.repeat(5000)

/** Runs a client until it ends. @returns what it printed */
async function client(t: TestContext, command: string, options: string[]): Promise<string> {
  const child = spawn(command, options)
  t.after(() => child.kill())
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', text => (output += text))
  child.stdin.write('hello\n')
  await once(child, 'close')
  return output
}

/** A record of so much plaintext has at most so many bytes behind its header. */
const overhead = 24

describe('openssl s_client', { skip: missing('openssl'), timeout: 60_000 }, () => {
  for (const version of ['-tls1_2', '-tls1_3']) {
    for (const size of [512, 1024, 2048, 4096]) {
      it(`is sent no fragments above max_fragment_length ${size}, ${version}`, async t => {
        const { port } = await listen(t, {}, socket => socket.once('data', () => socket.end(payload)))
        const { port: through, sizes } = await relay(t, port)
        const output = await client(t, 'openssl', [
          ...['s_client', '-connect', `127.0.0.1:${through}`, '-CAfile', caFile, '-servername', 'localhost'],
          ...['-ign_eof', '-maxfraglen', String(size), version],
        ])
        assert.ok(output.includes(payload))
        const largest = Math.max(...sizes.toClient)
        assert.ok(largest > size && largest <= size + overhead, String(largest))
      })
    }
  }
})

describe('gnutls-cli', { skip: missing('gnutls-cli'), timeout: 60_000 }, () => {
  for (const version of ['TLS1.2', 'TLS1.3']) {
    it(`is sent no records above its record_size_limit, ${version}`, async t => {
      const { port } = await listen(t, {}, socket => socket.once('data', () => socket.end(payload)))
      const { port: through, sizes } = await relay(t, port)
      const output = await client(t, 'gnutls-cli', [
        ...['--port', String(through), '--x509cafile', caFile, '--sni-hostname', 'localhost'],
        ...['--verify-hostname', 'localhost', '--recordsize', '600'],
        ...['--priority', `NORMAL:-VERS-ALL:+VERS-${version}`, '127.0.0.1'],
      ])
      assert.ok(output.includes(payload), output)
      const largest = Math.max(...sizes.toClient)
      assert.ok(largest > 600 && largest <= 600 + overhead, String(largest))
    })
  }
})

describe('gnutls-serv', { skip: missing('gnutls-serv'), timeout: 60_000 }, () => {
  for (const version of ['TLS1.2', 'TLS1.3']) {
    it(`is sent no records above its record_size_limit, ${version}`, async t => {
      const port = await gnutlsServer(t, ['--recordsize', '700', '--priority', `NORMAL:-VERS-ALL:+VERS-${version}`])
      const { port: through, sizes } = await relay(t, port)
      const socket = await secured(connect(t, through))
      socket.write(`${payload}\n`)
      let size = 0
      for await (const chunk of socket) {
        size += (chunk as Buffer).length
        if (size > payload.length) break
      }
      // The ClientHello comes before anything is agreed on.
      const largest = Math.max(...sizes.toServer.slice(1))
      assert.ok(largest > 700 && largest <= 700 + overhead, String(largest))
    })
  }
})

/** `gnutls-serv --echo`; it takes no port of the system's choice, so it is given one that was free a moment ago. */
async function gnutlsServer(t: TestContext, options: string[]): Promise<number> {
  const probe = net.createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const { port } = probe.address() as net.AddressInfo
  probe.close()
  await once(probe, 'close')
  const child: ChildProcess = spawn(
    'gnutls-serv',
    ['--echo', '--port', String(port), '--x509certfile', certFile, '--x509keyfile', keyFile, ...options],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  )
  t.after(() => child.kill())
  const isReady = new Promise<void>((resolve, reject) => {
    let output = ''
    const look = (text: string): void => {
      output += text
      // It names the port first, and listens then.
      if (/listening on IPv4[^\n]*done/.test(output)) resolve()
    }
    child.stdout?.setEncoding('utf8').on('data', look)
    child.stderr?.setEncoding('utf8').on('data', look)
    child.once('exit', () => reject(new Error('gnutls-serv did not start')))
  })
  await isReady
  return port
}
