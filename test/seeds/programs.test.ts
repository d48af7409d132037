// The seed documents' servers and clients run on the stack as they stand there, but for their port: 3001 may be taken.

import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'
import { noSeeds, readPrograms, writeProgram } from './programs.ts'

const root = fileURLToPath(new URL('../../../', import.meta.url))
const command = join(root, 'dist', 'src', 'cli', 'main.js')
const witness = new URL('../../../scripts/witness.mjs', import.meta.url).href

const examples: { title: RegExp; answers: readonly [RegExp, RegExp]; carried: string }[] = [
  { title: /HTTP GET/, answers: [/200:OK \[.*"birth"/, /200:OK \[.*"hospital"/], carried: 'http' },
  { title: /HTTP POST/, answers: [/200:OK \[.*"birth"/, /200:OK \[.*"hospital"/], carried: 'http' },
  { title: /HTTPS GET/, answers: [/200:OK \[.*"birth"/, /200:OK \[.*"hospital"/], carried: 'http' },
  { title: /HTTPS POST/, answers: [/200:OK \[.*"birth"/, /200:OK \[.*"hospital"/], carried: 'http' },
  { title: /http2\.get/, answers: [/DATA \[.*"birth"/, /DATA \[.*"hospital"/], carried: 'http2' },
  { title: /http2\.post/, answers: [/DATA \[.*"birth"/, /DATA \[.*"hospital"/], carried: 'http2' },
  { title: /http2Secure\.get/, answers: [/DATA \[.*"birth"/, /DATA \[.*"hospital"/], carried: 'http2' },
  { title: /http2Secure\.post/, answers: [/DATA \[.*"birth"/, /DATA \[.*"hospital"/], carried: 'http2' },
]

describe("the seeds' programs", { skip: noSeeds ?? false }, () => {
  for (const { title, answers, carried } of examples) {
    it(`${title.source.replace('\\', '')}: a server and two clients`, async t => {
      const programs = readPrograms()
      const [, files] = [...programs].find(([name]) => title.test(name)) ?? []
      assert.ok(files !== undefined, `no program called ${title}`)
      const top = mkdtempSync(join(tmpdir(), 'plainwire-seeds-'))
      t.after(() => rmSync(top, { recursive: true, force: true }))
      const counts = join(top, 'counts')
      // One server forgets that it is a secure one: on Node its clients fail too.
      const meant = /Secure/.test(title.source) ? 'http2.createSecureServer(' : 'http2.createServer('
      const change = (source: string) => source.replace('3001', '0').replace(/http2\.create\w*Server\(/, meant)
      const server = run(t, writeProgram(top, files, change), 'server.js', counts)
      const [, port] = await server.says(/127\.0\.0\.1:(\d+)/)
      const folder = writeProgram(top, files, source => source.replaceAll('3001', String(port)))
      for (const [i, answer] of answers.entries()) {
        const client = run(t, folder, `client${i + 1}.js`, counts)
        await client.says(answer)
        await client.end()
      }
      await server.end()
      assert.deepEqual(received(counts, carried), { ours: 2, past: 0 })
    })
  }
})

class Running {
  readonly #child: ChildProcess
  readonly #closed: Promise<unknown>
  #output = ''
  #onOutput: () => void = () => {}

  constructor(child: ChildProcess) {
    this.#child = child
    this.#closed = once(child, 'close')
    const hear = (chunk: Buffer) => {
      this.#output += chunk
      this.#onOutput()
    }
    child.stdout?.on('data', hear)
    child.stderr?.on('data', hear)
    child.on('close', () => this.#onOutput())
  }

  async says(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const match = pattern.exec(this.#output)
      if (match !== null) return match
      if (this.#child.exitCode !== null) throw new Error(`ended without ${pattern}:\n${this.#output}`)
      await new Promise<void>(resolve => {
        this.#onOutput = resolve
      })
    }
  }

  /** Many of these programs run until they are told to end. */
  async end(): Promise<void> {
    this.#child.kill('SIGTERM')
    await this.#closed
  }
}

function run(t: TestContext, folder: string, file: string, counts: string): Running {
  const child = spawn(process.execPath, [command, 'run', '--import', witness, join(folder, file)], {
    cwd: folder,
    env: { ...process.env, PLAINWIRE_WITNESS: counts },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  // Passed on to the program, which SIGKILL is not.
  t.after(() => child.kill('SIGTERM'))
  return new Running(child)
}

type Counts = Record<string, Record<string, number> | undefined>

/** The requests or streams that servers got, by whose they were. */
function received(file: string, module: string): { ours: number; past: number } {
  const sum = { ours: 0, past: 0 }
  for (const line of readFileSync(file, 'utf8').trim().split('\n')) {
    const counts = JSON.parse(line) as Record<keyof typeof sum, Counts>
    for (const side of ['ours', 'past'] as const) {
      const own = counts[side][module] ?? {}
      sum[side] += (own['received requests'] ?? 0) + (own['received streams'] ?? 0)
    }
  }
  return sum
}
