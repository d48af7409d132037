// The short run of http2-frames.ts.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fuzz } from './http2-frames.ts'

test('sequences of frames, sound, odd and damaged', () => {
  const report = fuzz(Number(process.env['FUZZ_RUNS'] ?? 2000), 1)
  // It reaches what it is about.
  assert.ok(report.requests > report.sequences / 4, JSON.stringify(report))
  assert.ok(report.sessionErrors > 0 && report.streamErrors > 0)
})
