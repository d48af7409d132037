// BoringSSL's test runner, built from a checkout that BORINGSSL_DIR names, on our shim. Nothing of it is part of this project.

import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { X25519MLKEM768 } from '../../../src/crypto/named-groups.ts'
import { nodeCrypto } from '../../../src/crypto/node/node-crypto.ts'

const source = join(import.meta.dirname, '../../../../test/interop/bogo')
const directory = process.env['BORINGSSL_DIR']

/** Why the runner cannot run here; false: it can. */
export const missing: string | false = reasonMissing()

function reasonMissing(): string | false {
  if (directory === undefined) return 'BORINGSSL_DIR does not name a checkout of BoringSSL'
  if (!existsSync(join(directory, 'ssl/test/runner/runner.go'))) return `no test runner in ${directory}`
  return spawnSync('go', ['version']).error === undefined ? false : 'go is not installed'
}

export interface Outcome {
  readonly passed: number
  /** Asked for what the shim says that it does not have. */
  readonly unimplemented: number
  /** What the runner said of each, by name. */
  readonly failed: ReadonlyMap<string, string>
}

export interface Run {
  /** Of names of tests, as the runner takes them: `KeyUpdate*`. */
  readonly patterns: readonly string[]
  /** More of the runner's own. */
  readonly options?: readonly string[]
  readonly workers: number
  readonly timeoutMs: number
  onOutput?(text: string): void
}

/** Runs what the patterns name and shim-config.json does not leave out. */
export async function run({ patterns, options = [], workers, timeoutMs, onOutput }: Run): Promise<Outcome> {
  const temporary = mkdtempSync(join(tmpdir(), 'plainwire-bogo-'))
  try {
    const binary = join(temporary, 'runner')
    const packageDirectory = join(directory ?? '', 'ssl/test/runner')
    const build = spawnSync('go', ['test', '-c', '-o', binary, '.'], { cwd: packageDirectory, encoding: 'utf8' })
    if (build.status !== 0) throw new Error(`the runner does not build: ${build.stderr}`)
    const results = join(temporary, 'results.json')
    const config = join(temporary, 'shim-config.json')
    writeFileSync(config, JSON.stringify(configOfRuntime()))
    const args = [
      ...['-shim-path', join(source, 'shim.sh'), '-shim-config', config],
      ...['-num-workers', String(workers), '-test', patterns.join(';'), '-json-output', results],
      ...['-allow-unimplemented', '-pipe', '-idle-timeout', '10s'],
      ...options,
    ]
    // The shim is this very runtime.
    const env = { ...process.env, NODE: process.execPath }
    const child = spawn(binary, args, { cwd: packageDirectory, env, stdio: ['ignore', 'pipe', 'inherit'] })
    let output = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text
      onOutput?.(text)
    })
    const timer = setTimeout(() => child.kill(), timeoutMs)
    await new Promise(resolve => child.once('close', resolve))
    clearTimeout(timer)
    if (!existsSync(results)) throw new Error(`the runner came to no end: ${output.slice(-1000)}`)
    return outcomeOf(JSON.parse(readFileSync(results, 'utf8')) as Results, output)
  } finally {
    rmSync(temporary, { recursive: true, force: true })
  }
}

interface Config {
  readonly DisabledTests: { readonly [pattern: string]: string }
}

/** shim-config.json without what is left out only for what this runtime does have. */
function configOfRuntime(): Config {
  const config = JSON.parse(readFileSync(join(source, 'shim-config.json'), 'utf8')) as Config
  const disabled = Object.entries(config.DisabledTests).filter(([, reason]) => {
    if (reason.startsWith('Needs RSA decryption')) return nodeCrypto.rsaDecrypt === undefined
    if (reason.startsWith('Needs ML-KEM')) return !nodeCrypto.groups.includes(X25519MLKEM768)
    return true
  })
  return { ...config, DisabledTests: Object.fromEntries(disabled) }
}

interface Results {
  readonly tests: { readonly [name: string]: { readonly actual: string } }
}

function outcomeOf({ tests }: Results, output: string): Outcome {
  const count = (actual: string): number => Object.values(tests).filter(one => one.actual === actual).length
  const failed = new Map<string, string>()
  for (const part of output.split(/^(?=[A-Z]+ \()/m)) {
    const name = /^FAILED \((.*)\)/.exec(part)?.[1]
    if (name !== undefined) failed.set(name, part)
  }
  return { passed: count('PASS'), unimplemented: count('SKIP'), failed }
}
