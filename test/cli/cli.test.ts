// The command: what a program sees and what its caller sees, compared with `node` itself wherever it can be.

import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'

const command = fileURLToPath(new URL('../../src/cli/main.js', import.meta.url))

let folder: string
before(() => {
  folder = mkdtempSync(join(tmpdir(), 'plainwire-cli-'))
})
after(() => rmSync(folder, { recursive: true }))

function program(name: string, source: string): string {
  const file = join(folder, name)
  writeFileSync(file, source)
  return file
}

function outcome(args: readonly string[], input = '') {
  const { status, signal, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', input })
  // The loader's own frames are not compared: ours stand among them, and the hooks of newer runtimes.
  const frames = /^ {4}at .*(node:internal\/|\/register\/).*\n/gm
  return { status, signal, stdout, stderr: stderr.replace(frames, '') }
}
const plainwire = (args: readonly string[], input?: string) => outcome([command, ...args], input)

describe('plainwire run', () => {
  const cases: Record<string, { source: string; args?: string[]; input?: string; name?: string }> = {
    'its arguments': { source: 'console.log(process.argv)', args: ['a b', '--flag', '--', '-v'] },
    'its exit code': { source: 'process.exit(42)' },
    'its exitCode': { source: 'process.exitCode = 7' },
    'what it reads from stdin': {
      source: "process.stdin.on('data', d => console.log(String(d)))",
      input: 'from stdin',
    },
    'what it throws': { source: "throw new Error('thrown')" },
    'a rejection nobody handles': { source: "Promise.reject(new Error('rejected'))" },
    'what an ES module throws': { source: "throw new Error('thrown')", name: 'throws.mjs' },
    'a syntax error': { source: 'let let' },
    'the signal it ends by': { source: "process.kill(process.pid, 'SIGKILL')" },
    'require.main': { source: 'console.log(require.main === module, module.id, process.argv.length)' },
  }
  for (const [what, { source, args = [], input, name = 'program.cjs' }] of Object.entries(cases)) {
    it(`gives what node gives: ${what}`, () => {
      const file = program(name, source)
      assert.deepEqual(plainwire(['run', file, ...args], input), outcome([file, ...args], input))
    })
  }

  it('gives what node gives for a file that is missing', () => {
    const missing = join(folder, 'missing.js')
    const [own, plain] = [plainwire(['run', missing]), outcome([missing])]
    assert.equal(own.status, plain.status)
    assert.equal(own.stderr, plain.stderr)
  })

  it('gives what node gives for an option that node does not know', () => {
    const [own, plain] = [plainwire(['run', '--no-such-option', 'x.js']), outcome(['--no-such-option', 'x.js'])]
    assert.equal(own.status, 9)
    assert.deepEqual(own, plain)
  })

  it('hands options before the file to node', () => {
    const file = program('options.cjs', 'console.log(process.title, process.execArgv.includes("--title=wired"))')
    assert.equal(plainwire(['run', '--title=wired', file]).stdout, 'wired true\n')
  })

  it('puts our modules in place', () => {
    const file = program('modules.cjs', "console.log(require('url').URL.hasOwnProperty(Symbol.hasInstance))")
    assert.equal(plainwire(['run', file]).stdout, 'true\n')
  })

  it('forwards signals, and ends by the one the program ended by', async () => {
    const file = program('waits.cjs', "setInterval(() => {}, 1e6); console.log('ready')")
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
      const child = spawn(process.execPath, [command, 'run', file], { stdio: ['ignore', 'pipe', 'inherit'] })
      await once(child.stdout, 'data')
      child.kill(signal)
      assert.deepEqual(await once(child, 'exit'), [null, signal])
    }
  })

  it('lets a program handle a signal itself', async () => {
    const source = "process.on('SIGINT', () => process.exit(3)); setInterval(() => {}, 1e6); console.log('ready')"
    const child = spawn(process.execPath, [command, 'run', program('handles.cjs', source)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    await once(child.stdout, 'data')
    child.kill('SIGINT')
    assert.deepEqual(await once(child, 'exit'), [3, null])
  })
})

describe('plainwire', () => {
  it('prints its version and its usage', () => {
    assert.match(plainwire(['--version']).stdout, /^\d+\.\d+\.\d+\n$/)
    const help = plainwire(['--help'])
    assert.equal(help.status, 0)
    assert.match(help.stdout, /^Usage: plainwire run /)
  })

  it('refuses what it does not know with the exit code of node', () => {
    for (const [args, message] of [
      [['--bogus'], 'plainwire: bad option: --bogus\nUsage'],
      [['walk', 'x.js'], 'plainwire: bad command: walk\nUsage'],
      [[], 'Usage'],
    ] as const) {
      const { status, stdout, stderr } = plainwire(args)
      assert.deepEqual([status, stdout], [9, ''])
      assert.ok(stderr.startsWith(message), stderr)
    }
  })
})
