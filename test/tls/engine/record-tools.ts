// Records of a test's own: cut out of a flight, or sealed with the secrets of a key log.

import assert from 'node:assert/strict'
import { nodeCrypto } from '../../../src/crypto/node/node-crypto.ts'
import { TrafficSecret } from '../../../src/tls/engine/key-schedule.ts'
import type { RecordSealer, Sealer13 } from '../../../src/tls/engine/record/record-protection.ts'
import type { Pair, Recorded } from './pair.ts'

/** Records of a flight, with their headers. */
export function recordsOf(bytes: Uint8Array): Uint8Array[] {
  const records: Uint8Array[] = []
  for (let at = 0; at < bytes.length; ) {
    const end = at + 5 + (bytes[at + 3] as number) * 256 + (bytes[at + 4] as number)
    records.push(bytes.subarray(at, end))
    at = end
  }
  return records
}

/** Seals as the side does whose secret has this label in the key log of `teller`. */
export function sealerOf(both: Pair, teller: Recorded, label: string): Sealer13 {
  const line = teller.keyLog.find(one => one.startsWith(`${label} `)) ?? ''
  const suite = both.server.engine.info.cipherSuite
  assert.ok(suite)
  return new TrafficSecret(nodeCrypto, suite, Buffer.from(line.split(' ')[2] ?? '', 'hex')).sealer()
}

export function sealed(sealer: RecordSealer, type: number, content: Uint8Array): Uint8Array {
  const record = new Uint8Array(sealer.recordSize(content.length))
  sealer.seal(type, [content], content.length, record, 0)
  return record
}
