// A hostile peer: every handshake record dropped, doubled, swapped, cut short, lengthened and bit-flipped at every position,
// in both directions and versions. Whatever comes, the handshake does not end well, nothing hangs or throws, no plaintext is
// taken, and the one who notices says so with an alert.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { asciiBytes } from '../../../src/tls/wire/bytes.ts'
import { type Alter, configFor, credential, type Pair, pair, pump } from './pair.ts'
import { recordsOf } from './record-tools.ts'

const versions = [0x0303, 0x0304] as const
type Side = 'client' | 'server'

function begin(version: 0x0303 | 0x0304): Pair {
  const versionOnly = { minVersion: version, maxVersion: version }
  return pair(
    configFor('client', 'ec256', { ...versionOnly, credentials: [credential('ec256')] }),
    configFor('server', 'ec256', { ...versionOnly, requestCert: true }),
  )
}

/** Runs a handshake with the nth record of one side changed; says whether there was an nth one. */
function runWith(
  version: 0x0303 | 0x0304,
  side: Side,
  index: number,
  change: (record: Uint8Array, next: Uint8Array | undefined) => Uint8Array[],
): { both: Pair; wasThere: boolean; record: Uint8Array | undefined } {
  const both = begin(version)
  let count = 0
  let touched: Uint8Array | undefined
  const alter: Alter = (bytes, from) => {
    if (from !== side || touched) return bytes
    const records = recordsOf(bytes)
    const changed: Uint8Array[] = []
    for (const [i, record] of records.entries()) {
      if (count++ !== index) changed.push(record)
      else {
        touched = record
        changed.push(...change(new Uint8Array(record), records[i + 1]))
      }
    }
    return Buffer.concat(changed)
  }
  pump(both, alter)
  return { both, wasThere: touched !== undefined, record: touched }
}

/** No data was taken, and nobody ended with anything but an error of ours; the other end was told. */
function assertRefused(both: Pair, side: Side, what: string): void {
  const receiver = side === 'client' ? both.server : both.client
  const isComplete = both.client.engine.isHandshakeDone && both.server.engine.isHandshakeDone
  assert.ok(!isComplete, `${what}: the handshake was completed`)
  assert.equal(receiver.engine.isHandshakeDone && receiver.error === undefined, false, `${what}: went on`)
  assert.equal(both.client.data.length + both.server.data.length, 0, what)
  for (const one of [both.client, both.server]) {
    if (!one.engine.isHandshakeDone) assert.throws(() => one.engine.write(asciiBytes('x')), what)
  }
}

/** Handshake records of one side: a change_cipher_spec of TLS 1.3 means nothing, tickets come after the end. */
function isChecked(version: number, record: Uint8Array | undefined): boolean {
  return record !== undefined && !(version === 0x0304 && record[0] === 20)
}

const most = 8

describe('hostile peers', () => {
  for (const version of versions) {
    for (const side of ['client', 'server'] as const) {
      const title = `${version === 0x0304 ? '1.3' : '1.2'}, records of the ${side}`
      /** Records that belong to the handshake: those before this side is done with it. */
      const handshakeRecords = countHandshakeRecords(version, side)

      test(`${title}: dropped`, () => {
        for (let index = 0; index < handshakeRecords; index++) {
          const { both, record } = runWith(version, side, index, () => [])
          if (isChecked(version, record)) assertRefused(both, side, `record ${index}`)
        }
      })

      test(`${title}: doubled`, () => {
        for (let index = 0; index < handshakeRecords; index++) {
          const { both, record } = runWith(version, side, index, one => [one, one])
          if (!isChecked(version, record)) continue
          const receiver = side === 'client' ? both.server : both.client
          assert.ok(receiver.error, `record ${index} twice`)
          assert.equal(both.client.data.length + both.server.data.length, 0)
        }
      })

      test(`${title}: swapped with the next`, () => {
        for (let index = 0; index < handshakeRecords; index++) {
          let isSwapped = false
          const { both, record } = runWith(version, side, index, (one, next) => {
            isSwapped = next !== undefined && isChecked(version, next)
            return next === undefined ? [one] : [next, one]
          })
          // The next one comes again after it, which alone is an error.
          if (isSwapped && isChecked(version, record))
            assert.ok(both.client.error ?? both.server.error, `record ${index}`)
        }
      })

      test(`${title}: cut short at each length, and with its header made to fit`, () => {
        for (let index = 0; index < handshakeRecords; index++) {
          const size = runWith(version, side, index, one => [one]).record?.length ?? 0
          for (let cut = 5; cut < size; cut += size > 300 ? 13 : 1) {
            const { both, record } = runWith(version, side, index, one => {
              // A signature is a byte or two shorter at times.
              const shorter = one.subarray(0, Math.min(cut, one.length - 1))
              shorter[3] = (shorter.length - 5) >>> 8
              shorter[4] = shorter.length - 5
              return [shorter]
            })
            if (isChecked(version, record)) assertRefused(both, side, `record ${index} cut to ${cut}`)
          }
        }
      })

      test(`${title}: lengthened`, () => {
        for (let index = 0; index < handshakeRecords; index++) {
          const { both, record } = runWith(version, side, index, one => {
            const longer = new Uint8Array(one.length + 7)
            longer.set(one)
            longer[3] = (longer.length - 5) >>> 8
            longer[4] = longer.length - 5
            return [longer]
          })
          if (isChecked(version, record)) assertRefused(both, side, `record ${index} longer`)
        }
      })

      test(`${title}: one bit flipped at every position`, () => {
        for (let index = 0; index < handshakeRecords; index++) {
          const size = runWith(version, side, index, one => [one]).record?.length ?? 0
          const step = size > 200 ? 5 : 1
          for (let at = 0; at < size; at += step) {
            const { both, record } = runWith(version, side, index, one => {
              // A signature is a byte or two shorter at times.
              const place = Math.min(at, one.length - 1)
              one[place] = (one[place] as number) ^ (1 << (at % 8))
              return [one]
            })
            // The version in the header of a record in clear is not looked at: RFC 8446 section 5.1.
            if (at === 2) continue
            if (isChecked(version, record)) assertRefused(both, side, `record ${index}, byte ${at}`)
          }
        }
      })
    }
  }
})

function countHandshakeRecords(version: 0x0303 | 0x0304, side: Side): number {
  const both = begin(version)
  let count = 0
  pump(both, (bytes, from) => {
    const isDone = version === 0x0304 && from === 'server' && both.server.engine.isHandshakeDone
    if (from === side && !isDone) count += recordsOf(bytes).length
    return bytes
  })
  return Math.min(count, most)
}
