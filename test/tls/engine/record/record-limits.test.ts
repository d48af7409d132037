// Limits on the size of records, as the two ends agree on them (RFC 8449, RFC 6066 section 4), and what becomes of a peer that
// asks for nonsense or does not keep to them.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { MAX_PLAINTEXT, MIN_RECORD_SIZE_LIMIT } from '../../../../src/tls/engine/handshake-limits.ts'
import { writeUint16 } from '../../../../src/tls/wire/hello-extensions.ts'
import type { ProtocolVersion } from '../../../../src/tls/wire/versions.ts'
import { configFor, type Pair, pair, pump } from '../pair.ts'

const RECORD_SIZE_LIMIT = 28
const MAX_FRAGMENT_LENGTH = 1
const versions: ProtocolVersion[] = [0x0303, 0x0304]

/** Offers `body` in the ClientHello of a client that would not by itself. */
function withExtension(version: ProtocolVersion, type: number, body: Uint8Array): Pair {
  const only = { minVersion: version, maxVersion: version }
  const both = pair(configFor('client', 'ec256', only), configFor('server', 'ec256', only))
  pump(both, (bytes, from) =>
    from === 'client' && bytes[0] === 22 && bytes[5] === 1 ? withOffer(bytes, type, body) : bytes,
  )
  return both
}

/** A record with a ClientHello, of which the record_size_limit is replaced. */
function withOffer(record: Uint8Array, type: number, body: Uint8Array): Uint8Array {
  const offer = Buffer.from(record).indexOf(Buffer.from([0, RECORD_SIZE_LIMIT, 0, 2]))
  assert.ok(offer > 0)
  const head = Buffer.from(record.subarray(0, offer))
  const changed = Buffer.concat([head, writeUint16(type), writeUint16(body.length), body, record.subarray(offer + 6)])
  const grown = changed.length - record.length
  changed.writeUInt16BE(changed.readUInt16BE(3) + grown, 3)
  changed.writeUIntBE(changed.readUIntBE(6, 3) + grown, 6, 3)
  // Version, random, session id, suites, compression; then the length of the extensions.
  let at = 9 + 2 + 32
  at += 1 + (changed[at] as number)
  at += 2 + changed.readUInt16BE(at)
  at += 1 + (changed[at] as number)
  changed.writeUInt16BE(changed.readUInt16BE(at) + grown, at)
  return changed
}

/** Sizes of the records that a server's answer takes. */
function recordsOf({ server }: Pair, size: number): number[] {
  server.engine.write(new Uint8Array(size))
  const bytes = Buffer.concat(server.engine.takeOutput())
  const sizes: number[] = []
  for (let at = 0; at < bytes.length; at += 5 + bytes.readUInt16BE(at + 3)) sizes.push(bytes.readUInt16BE(at + 3))
  return sizes
}

describe('what a server does about a limit', () => {
  // The hello that the client remembers is not the one that the server hashed: the handshake ends with the Finished. The
  // server's records up to there are cut to the limit all the same.
  for (const version of versions) {
    test(`the client's record_size_limit below the least there may be: illegal_parameter, ${version.toString(16)}`, () => {
      const { server } = withExtension(version, RECORD_SIZE_LIMIT, writeUint16(MIN_RECORD_SIZE_LIMIT - 1))
      assert.equal(server.error?.alertName, 'illegal_parameter')
    })

    test(`a max_fragment_length that is no code: illegal_parameter, ${version.toString(16)}`, () => {
      for (const code of [0, 5]) {
        const { server } = withExtension(version, MAX_FRAGMENT_LENGTH, Uint8Array.of(code))
        assert.equal(server.error?.alertName, 'illegal_parameter')
      }
    })

    test(`a max_fragment_length of two bytes: decode_error, ${version.toString(16)}`, () => {
      const { server } = withExtension(version, MAX_FRAGMENT_LENGTH, Uint8Array.of(1, 1))
      assert.equal(server.error?.alertName, 'decode_error')
    })
  }
})

describe('what a client does about a limit', () => {
  for (const version of versions) {
    const only = { minVersion: version, maxVersion: version }

    test(`offers the most there is, and the server does likewise, ${version.toString(16)}`, () => {
      const both = pair(configFor('client', 'ec256', only), configFor('server', 'ec256', only))
      pump(both)
      const overhead = version === 0x0304 ? 17 : 24
      assert.deepEqual(recordsOf(both, 2 * MAX_PLAINTEXT), [MAX_PLAINTEXT + overhead, MAX_PLAINTEXT + overhead])
    })
  }
})

describe('limits of owner and peer', () => {
  test("the owner's own limit never lifts the peer's", () => {
    const both = pair(configFor('client'), configFor('server'))
    pump(both)
    const { engine } = both.server
    ;(engine as unknown as { limitPeerFragments(size: number): void }).limitPeerFragments(1000)
    engine.setMaxFragmentSize(16384)
    assert.deepEqual(recordsOf(both, 2000), [1017, 1017])
    engine.setMaxFragmentSize(512)
    assert.deepEqual(recordsOf(both, 1024), [529, 529])
  })

  test('a record over what was agreed on: record_overflow', () => {
    const both = pair(configFor('client'), configFor('server'))
    pump(both)
    ;(both.server.engine as unknown as { limitReceived(size: number): void }).limitReceived(512)
    both.client.engine.write(new Uint8Array(512))
    pump(both)
    assert.deepEqual(both.server.events, ['done'])
    both.client.engine.write(new Uint8Array(513))
    pump(both)
    assert.equal(both.server.error?.alertName, 'record_overflow')
  })
})
