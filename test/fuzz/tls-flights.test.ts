// The short run of tls-flights.ts.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fuzzFlights } from './tls-flights.ts'

test('hostile ends of TLS with valid keys: everything is refused or makes no difference', () => {
  const report = fuzzFlights(Number(process.env['FUZZ_RUNS'] ?? 8000), 20261121)
  assert.deepEqual(report.findings, [])
  // Both ways were taken, or the run would show little.
  assert.ok(report.completed > 50 && report.refused > 300, JSON.stringify(report))
  assert.ok(report.alerts.size > 15)
})
