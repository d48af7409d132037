// The short run of dns-message.ts.

import assert from 'node:assert/strict'
import { it } from 'node:test'
import { fuzzMessages } from './dns-message.ts'

it('damaged DNS messages are read or refused, and never anything else', () => {
  const count = fuzzMessages(Number(process.env['FUZZ_RUNS'] ?? 5000), 20261121)
  // Both ways were taken, or the run would show little.
  assert.ok(count.read > 500 && count.refused > 500, JSON.stringify(count))
})
