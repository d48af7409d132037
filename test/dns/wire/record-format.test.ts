// Records as text, there and back.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { formatRecord } from '../../../src/dns/wire/record-format.ts'
import { parseZoneFile } from '../../../src/dns-server/zone-file.ts'
import { exampleZone } from '../example-zone.ts'
import { record } from './arbitrary.ts'

describe('formatRecord', () => {
  it('writes what zone files have', () => {
    const lines = [...exampleZone()].map(formatRecord)
    for (const line of [
      'example.test. 3600 IN MX 10 mail.example.test.',
      'example.test. 3600 IN TXT "v=spf1 -all" "second \\"string\\""',
      'odd\\.label.example.test. 3600 IN A 192.0.2.8',
      'sp\\032ace.example.test. 3600 IN A 192.0.2.9',
      'unknown.example.test. 3600 IN TYPE65280 \\# 3 0001FF',
      'https.example.test. 3600 IN HTTPS 1 . alpn="h2,h3" port=8443 ipv4hint=192.0.2.1 ipv6hint=2001:db8::1',
      'nullmx.example.test. 3600 IN MX 0 .',
    ]) {
      assert.ok(lines.includes(line), line)
    }
  })

  it('is read back as it was', () => {
    const property = fc.property(record, one => {
      assert.deepEqual(parseZoneFile(formatRecord(one)), [one])
    })
    fc.assert(property, { numRuns: Number(process.env['FUZZ_RUNS'] ?? 1000) })
  })
})
