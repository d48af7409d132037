// The command-line options of the process that concern http: `--max-http-header-size`, `--insecure-http-parser`,
// `--use-env-proxy`; from the arguments or from NODE_OPTIONS.

import { flagValue, hasFlag } from '../core/command-line.ts'
import { maxHeaderSize } from './engine/limits.ts'

let isInsecure: boolean | undefined
let headerSize: number | undefined

export function isInsecureByDefault(): boolean {
  isInsecure ??= hasFlag('--insecure-http-parser')
  return isInsecure
}

/** In bytes; with 0, every head is rejected. */
export function processMaxHeaderSize(): number {
  headerSize ??= Number(flagValue('--max-http-header-size') ?? maxHeaderSize)
  return headerSize
}

/** Whether requests use the proxies that the environment specifies. */
export function usesEnvironmentProxy(): boolean {
  return process.env['NODE_USE_ENV_PROXY'] === '1' || hasFlag('--use-env-proxy')
}
