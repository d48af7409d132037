// `npm run bogo [pattern ...] [-option ...]`: all of BoringSSL's tests that concern us, or those that the patterns name. Options are the
// runner's own: `-include-disabled`, `-shim-extra-flags=-async`.

import { argv, exit, stderr, stdout } from 'node:process'
import { missing, run } from './runner.ts'

if (missing) {
  stderr.write(`${missing}\n`)
  exit(1)
}
const given = argv.slice(2)
const patterns = given.filter(one => !one.startsWith('-'))
let isFailure = false
const outcome = await run({
  patterns: patterns.length > 0 ? patterns : ['*'],
  options: given.filter(one => one.startsWith('-')),
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
