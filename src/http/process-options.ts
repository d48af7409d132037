// The command line that the program was started with, as far as it concerns http: `--max-http-header-size`,
// `--insecure-http-parser`, `--use-env-proxy`; from the arguments or from NODE_OPTIONS.

import { maxHeaderSize } from './engine/limits.ts'

let isInsecure: boolean | undefined
let headerSize = 0

export function isInsecureByDefault(): boolean {
  isInsecure ??= commandLine().includes('--insecure-http-parser')
  return isInsecure
}

/** Bytes. */
export function processMaxHeaderSize(): number {
  headerSize ||= numberAfter('--max-http-header-size') || maxHeaderSize
  return headerSize
}

/** The environment names a proxy, and the program is to use it. */
export function usesEnvironmentProxy(): boolean {
  return process.env['NODE_USE_ENV_PROXY'] === '1' || commandLine().includes('--use-env-proxy')
}

function numberAfter(flag: string): number {
  const words = commandLine()
  const index = words.findLastIndex(word => word === flag || word.startsWith(`${flag}=`))
  const word = words[index]
  if (word === undefined) return 0
  return Number(word === flag ? words[index + 1] : word.slice(flag.length + 1)) || 0
}

function commandLine(): string[] {
  const fromEnvironment = (process.env['NODE_OPTIONS'] ?? '').split(/\s+/)
  // Node takes underscores for hyphens in its flags.
  return [...fromEnvironment, ...process.execArgv].map(word =>
    word.startsWith('--') ? word.replaceAll('_', '-') : word,
  )
}
