// The short run of x509.ts.

import assert from 'node:assert/strict'
import { it } from 'node:test'
import { fuzzX509 } from './x509.ts'

it('damaged certificates, lists and files are read or refused, and never believed', () => {
  const count = fuzzX509(Number(process.env['FUZZ_RUNS'] ?? 4000), 20261121)
  // Both ways were taken, or the run would show little.
  assert.ok(count.read > 400 && count.refused > 400 && count.trusted > 50, JSON.stringify(count))
})
