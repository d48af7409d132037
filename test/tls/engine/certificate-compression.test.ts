// Compressed certificates, engine against engine: both directions, each algorithm, and what a hostile peer may send instead.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { compressorsOf, getCertificateCompressionAlgorithms } from '../../../src/tls/connection/compressors.ts'
import { MAX_CERTIFICATE_MESSAGE } from '../../../src/tls/engine/handshake-limits.ts'
import type { CertificateCompressor } from '../../../src/tls/engine/types.ts'
import { asciiBytes, copyOf } from '../../../src/tls/wire/bytes.ts'
import { configFor, credential, type Pair, pair, pump, type Recorded } from './pair.ts'

const all = getCertificateCompressionAlgorithms()

/** Handshake messages that a side received, by type. */
function handshake(
  client: readonly CertificateCompressor[],
  server: readonly CertificateCompressor[],
): Pair & { received: { client: number[]; server: number[] } } {
  const received = { client: [] as number[], server: [] as number[] }
  const watch = (types: number[]) => ({
    onMessage: (direction: string, contentType: number, content: Uint8Array) => {
      if (direction === 'received' && contentType === 22) types.push(content[0] as number)
    },
  })
  const both = pair(
    configFor('client', 'ec256', { credentials: [credential('ec256')], certificateCompressors: client }),
    configFor('server', 'ec256', { requestCert: true, certificateCompressors: server }),
    { client: watch(received.client), server: watch(received.server) },
  )
  pump(both)
  return { ...both, received }
}

function assertTalks({ client, server }: Pair): void {
  for (const [from, to] of [[client, server] as const, [server, client] as const]) {
    from.engine.write(asciiBytes('hello'))
    pump({ client, server })
    assert.equal(to.text, 'hello')
  }
}

describe('compressed certificates', () => {
  for (const name of all) {
    test(`${name}, both certificates`, () => {
      const both = handshake(compressorsOf([name]), compressorsOf([name]))
      assert.ok(both.received.client.includes(25) && !both.received.client.includes(11))
      assert.ok(both.received.server.includes(25) && !both.received.server.includes(11))
      for (const { peerCertificates } of [both.client, both.server]) {
        assert.deepEqual(peerCertificates?.map(copyOf), credential('ec256').certificates)
      }
      assertTalks(both)
    })
  }

  test('plain where only one end has them, or none in common', () => {
    for (const [client, server] of [
      [['zlib'], []],
      [[], ['zlib']],
      [['zlib'], ['brotli']],
    ] as const) {
      const both = handshake(compressorsOf(client), compressorsOf(server))
      assert.ok(both.received.client.includes(11) && both.received.server.includes(11))
      assertTalks(both)
    }
  })

  test('the sender prefers its own order', () => {
    const used: string[] = []
    const noted = (list: readonly CertificateCompressor[]): CertificateCompressor[] =>
      list.map(one => ({
        ...one,
        compress: data => {
          used.push(one.name)
          return one.compress(data)
        },
      }))
    const client = configFor('client', 'ec521', { certificateCompressors: compressorsOf(['zlib', 'brotli']) })
    const server = configFor('server', 'ec521', { certificateCompressors: noted(compressorsOf(['brotli', 'zlib'])) })
    pump(pair(client, server))
    assert.deepEqual(used, ['brotli'])
  })

  test('a message that is sent again is compressed once', () => {
    let count = 0
    const [zlib] = compressorsOf(['zlib']) as [CertificateCompressor]
    const compress = (data: Uint8Array): Uint8Array => {
      count++
      return zlib.compress(data)
    }
    const counting = { ...zlib, compress }
    const server = configFor('server', 'ec384', { certificateCompressors: [counting] })
    for (let i = 0; i < 3; i++) pump(pair(configFor('client', 'ec384', { certificateCompressors: [zlib] }), server))
    assert.equal(count, 1)
  })
})

describe('hostile compressed certificates', () => {
  const [zlib] = compressorsOf(['zlib']) as [CertificateCompressor]
  const [brotli] = compressorsOf(['brotli']) as [CertificateCompressor]
  const serverSends = (compress: CertificateCompressor['compress'], id = 1, offered = [zlib]): Recorded => {
    const both = pair(
      configFor('client', 'ec256', { certificateCompressors: offered }),
      configFor('server', 'rsa', { certificateCompressors: [{ ...zlib, id, compress }] }),
    )
    pump(both)
    assert.ok(!both.client.events.includes('done'))
    return both.client
  }

  test('data that is no compressed data: bad_certificate', () => {
    assert.equal(serverSends(data => data).error?.alertName, 'bad_certificate')
  })

  test('cut off, or less than it says: bad_certificate', () => {
    assert.equal(serverSends(data => zlib.compress(data).subarray(0, -8)).error?.alertName, 'bad_certificate')
    assert.equal(serverSends(data => zlib.compress(data.subarray(1))).error?.alertName, 'bad_certificate')
  })

  test('more than it says is not unpacked: bad_certificate', () => {
    const bomb = zlib.compress(new Uint8Array(64 * 1024 * 1024))
    assert.equal(serverSends(() => bomb).error?.alertName, 'bad_certificate')
  })

  test('more than a Certificate may be: bad_certificate, before anything is unpacked', () => {
    let asked = false
    const watching: CertificateCompressor = {
      ...zlib,
      decompress: (data, size) => {
        asked = true
        return zlib.decompress(data, size)
      },
    }
    const certificates = [...credential('ec256').certificates, new Uint8Array(MAX_CERTIFICATE_MESSAGE)]
    const both = pair(
      configFor('client', 'ec256', { certificateCompressors: [watching] }),
      configFor('server', 'ec256', {
        credentials: [{ ...credential('ec256'), certificates }],
        certificateCompressors: [zlib],
      }),
    )
    pump(both)
    assert.equal(both.client.error?.alertName, 'bad_certificate')
    assert.equal(asked, false)
  })

  test('an algorithm that was not offered: illegal_parameter', () => {
    const both = pair(
      configFor('client', 'ec256', { certificateCompressors: [zlib, { ...brotli, id: 7 }] }),
      configFor('server', 'ec256', { certificateCompressors: [{ ...brotli, id: 7 }] }),
    )
    const { config } = both.client.engine as unknown as { config: { certificateCompressors: unknown } }
    // The hello has gone out with 7 in it; the client that reads the answer knows nothing of it.
    Object.assign(config, { certificateCompressors: [zlib] })
    pump(both)
    assert.equal(both.client.error?.alertName, 'illegal_parameter')
  })

  test('where none was offered: unexpected_message', () => {
    const both = pair(
      configFor('client', 'ec256', { certificateCompressors: [zlib] }),
      configFor('server', 'ec256', { certificateCompressors: [zlib] }),
    )
    const { config } = both.client.engine as unknown as { config: { certificateCompressors: unknown } }
    Object.assign(config, { certificateCompressors: [] })
    pump(both)
    assert.equal(both.client.error?.alertName, 'unexpected_message')
  })
})
