// A short run of the fuzz target for the TLS engine; `node dist/test/fuzz/tls-records.js` is the long one.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fuzzRecords } from './tls-records.ts'

test('20,000 altered records: nothing is thrown, nothing is taken as plaintext', () => {
  const report = fuzzRecords(20_000, 7)
  assert.deepEqual(report.internal, [])
  assert.equal(report.strayData, 0)
  assert.ok(report.refusals > 1000)
})
