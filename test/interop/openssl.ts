// The `openssl` command as a peer: processes of s_client and s_server that a test talks with line by line.

import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, type TestContext } from 'node:test'
import { authority, client, localhost } from '../tls/certificates.ts'

export const skip = spawnSync('openssl', ['version']).error ? 'openssl is not installed' : false

const folder = mkdtempSync(join(tmpdir(), 'plainwire-openssl-'))
after(() => rmSync(folder, { recursive: true }))

/** A file of the tests' own, gone when they are over. @returns its path */
export function file(name: string, content: string | Uint8Array = ''): string {
  const path = join(folder, name)
  writeFileSync(path, content)
  return path
}

export const files = {
  authority: file('ca.pem', authority.cert),
  authorityKey: file('ca-key.pem', authority.key),
  cert: file('cert.pem', localhost.cert),
  key: file('key.pem', localhost.key),
  clientCert: file('client.pem', client.cert),
  clientKey: file('client-key.pem', client.key),
}

/** None outlives the tests, however they end. */
const running = new Set<OpenSsl>()
process.on('exit', () => {
  for (const { child } of running) child.kill()
})

export class OpenSsl {
  readonly child: ChildProcessWithoutNullStreams
  /** All that it has printed. */
  output = ''
  #hasClosed = false

  constructor(t: TestContext, args: readonly string[]) {
    this.child = spawn('openssl', args)
    running.add(this)
    // It waits for ever for what does not come.
    const guard = setTimeout(() => this.child.kill(), longestMs)
    t.after(() => {
      clearTimeout(guard)
      this.child.kill()
    })
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        this.output += text
        this.child.emit('printed')
      })
    }
    this.child.on('close', () => {
      this.#hasClosed = true
      running.delete(this)
      this.child.emit('printed')
    })
    this.child.stdin.on('error', () => {})
  }

  /**
   * A line on its standard input: text for the peer, or one letter, which is a command. It takes what it reads at once for one
   * of both: wait for the effect of a command before the next line.
   */
  says(line: string): void {
    this.child.stdin.write(`${line}\n`)
  }

  /** Waits until it has printed what is expected. */
  async prints(expected: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const found = expected.exec(this.output)
      if (found) return found
      if (this.#hasClosed) throw new Error(`${expected} is not in what openssl printed:\n${this.output}`)
      await once(this.child, 'printed')
    }
  }

  /** @returns all that it printed, once it has ended */
  async end(): Promise<string> {
    while (!this.#hasClosed) await once(this.child, 'printed')
    return this.output
  }
}

const longestMs = 20_000

/** `openssl s_client` that trusts the tests' authority, connected as `localhost`. */
export function sClient(t: TestContext, port: number, ...options: string[]): OpenSsl {
  const own = ['s_client', '-connect', `127.0.0.1:${port}`, '-CAfile', files.authority, '-servername', 'localhost']
  return new OpenSsl(t, [...own, ...options])
}

/** `openssl s_server` with the certificate of `localhost`, unless the options name another. It serves one after another. */
export async function sServer(t: TestContext, ...options: string[]): Promise<OpenSsl & { readonly port: number }> {
  const own = options.includes('-cert') || options.includes('-nocert') ? [] : ['-cert', files.cert, '-key', files.key]
  const server = new OpenSsl(t, ['s_server', '-accept', '127.0.0.1:0', ...own, ...options])
  const [, port] = await server.prints(/ACCEPT 127\.0\.0\.1:(\d+)/)
  return Object.assign(server, { port: Number(port) })
}

/** A response of the authority's that `localhost` is good, in DER. */
export function makeStaple(): Buffer {
  const run = (...args: string[]): string => {
    const { status, stdout, stderr } = spawnSync('openssl', args, { encoding: 'utf8' })
    if (status !== 0) throw new Error(stderr)
    return stdout
  }
  const serial = run('x509', '-in', files.cert, '-noout', '-serial').trim().slice('serial='.length)
  const index = file('index.txt', `V\t351231235959Z\t\t${serial}\tunknown\t/CN=localhost\n`)
  file('index.txt.attr', 'unique_subject = no\n')
  const request = file('ocsp-request.der')
  const response = file('ocsp-response.der')
  const issuer = ['-issuer', files.authority]
  run('ocsp', ...issuer, '-cert', files.cert, '-no_nonce', '-reqout', request)
  const signer = ['-rsigner', files.authority, '-rkey', files.authorityKey]
  run(
    'ocsp',
    '-index',
    index,
    '-CA',
    files.authority,
    ...signer,
    '-reqin',
    request,
    '-respout',
    response,
    '-ndays',
    '1',
  )
  return readFileSync(response)
}
