// The program that BoringSSL's test runner drives: our engine behind the runner's command line. ssl/test/PORTING.md of BoringSSL
// says what is asked of it.

import { randomBytes } from 'node:crypto'
import { argv, exit, stderr, stdout } from 'node:process'
import { runConnection } from './connection.ts'
import type { Memory } from './engine-config.ts'
import { parseFlags, Unimplemented } from './flags.ts'

const FAILED = 1
const UNIMPLEMENTED = 89

async function main(): Promise<number> {
  const { initial, resume } = parseFlags(argv.slice(2))
  if (initial['is-handshaker-supported']) {
    stdout.write('No\n')
    return 0
  }
  const memory: Memory = { session: undefined, sessions: new Map(), ticketKeys: [randomBytes(48)], now: Date.now() }
  for (let i = 0; i <= (initial['resume-count'] ?? 0); i++) {
    if (i > 0) memory.now += 1000 * (resume['resumption-delay'] ?? 0)
    if (i > 0 && resume['renew-ticket']) memory.ticketKeys.unshift(randomBytes(48))
    await runConnection(i > 0 ? resume : initial, i > 0, memory)
  }
  return 0
}

let code = FAILED
try {
  code = await main()
} catch (error) {
  if (error instanceof Unimplemented) code = UNIMPLEMENTED
  stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
}
exit(code)
