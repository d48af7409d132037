// The scenarios under examples/sim/, each under a few seeds.

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'

const command = fileURLToPath(new URL('../../src/cli/main.js', import.meta.url))
const examples = fileURLToPath(new URL('../../../examples/sim/', import.meta.url))

for (const name of ['retry', 'election', 'slow-link']) {
  test(`examples/sim/${name}.mjs holds under six seeds`, () => {
    const args = [command, 'sim', `${examples}${name}.mjs`, '--seeds', '1..6']
    const { stdout, status } = spawnSync(process.execPath, args, { encoding: 'utf8', timeout: 60_000 })
    assert.match(stdout, /^6 seeds in [\d.]+ s, none failed\n$/)
    assert.equal(status, 0)
  })
}
