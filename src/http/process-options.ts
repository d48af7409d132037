// The command line that the program was started with, as far as it concerns http: `--max-http-header-size`,
// `--insecure-http-parser`, `--use-env-proxy`; from the arguments or from NODE_OPTIONS.

import { flagValue, hasFlag } from '../core/command-line.ts'
import { maxHeaderSize } from './engine/limits.ts'

let isInsecure: boolean | undefined
let headerSize: number | undefined

export function isInsecureByDefault(): boolean {
  isInsecure ??= hasFlag('--insecure-http-parser')
  return isInsecure
}

/** Bytes; 0 where the flag says so: then no head passes. */
export function processMaxHeaderSize(): number {
  headerSize ??= Number(flagValue('--max-http-header-size') ?? maxHeaderSize)
  return headerSize
}

/** The environment names a proxy, and the program is to use it. */
export function usesEnvironmentProxy(): boolean {
  return process.env['NODE_USE_ENV_PROXY'] === '1' || hasFlag('--use-env-proxy')
}
