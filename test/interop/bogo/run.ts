// `npm run bogo [pattern ...]`: all of BoringSSL's tests that concern us, or those that the patterns name.

import { argv, exit, stderr, stdout } from 'node:process'
import { missing, run } from './runner.ts'

if (missing) {
  stderr.write(`${missing}\n`)
  exit(1)
}
const given = argv.slice(2)
let isFailure = false
const outcome = await run({
  patterns: given.length > 0 ? given : ['*'],
  workers: 2,
  timeoutMs: 3_600_000,
  // What failed at once, with what the runner says of it.
  onOutput: text => {
    for (const line of text.split(/^/m)) {
      if (/^[A-Z]+ \(/.test(line)) isFailure = line.startsWith('FAILED')
      if (isFailure) stdout.write(line)
    }
  },
})
stdout.write(
  `${outcome.passed} passed, ${outcome.failed.size} failed, ${outcome.unimplemented} asked for what we do not have\n`,
)
exit(outcome.failed.size > 0 ? 1 : 0)
