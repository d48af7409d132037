import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { LENIENT_ALL, LENIENT_VALUE_RELAXED } from '../../../src/http/engine/leniency.ts'
import { Parser } from '../../../src/http/engine/parser.ts'
import { type TranscriptOptions, transcribe } from './transcript.ts'

/** The same bytes whole, byte by byte and in threes: three equal transcripts, of which one is returned. */
function transcribeAllWays(text: string, options: TranscriptOptions = {}) {
  const whole = transcribe(text, options)
  assert.deepEqual(transcribe(text, { ...options, step: 1 }), whole, 'byte by byte')
  assert.deepEqual(transcribe(text, { ...options, step: 3 }), whole, 'three at a time')
  return whole
}

describe('requests', () => {
  it('reads a head, its fields with their case, and trims values', () => {
    const { messages, error } = transcribeAllWays(
      'GET /a?b=c#d HTTP/1.1\r\nHost: x\r\nX-Odd:\t va lue \t\r\nEmpty:\r\n\r\n',
    )
    assert.equal(error, undefined)
    assert.deepEqual(messages, [
      {
        start: 'GET /a?b=c#d 1.1',
        fields: ['Host', 'x', 'X-Odd', 'va lue', 'Empty', ''],
        body: '',
        trailers: [],
        isComplete: true,
      },
    ])
  })

  it('reads pipelined messages with bodies of both kinds, and trailers', () => {
    const { messages } = transcribeAllWays(
      'POST /1 HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello' +
        'POST /2 HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3;a=b;c="d\\"e"\r\nfoo\r\nA\r\n0123456789\r\n0\r\nT: v\r\n\r\n' +
        '\r\nGET /3 HTTP/1.0\r\nConnection: keep-alive\r\n\r\n' +
        'DELETE * HTTP/1.1\r\n\r\n',
    )
    assert.deepEqual(
      messages.map(message => [message.start, message.body, message.trailers, message.isComplete]),
      [
        ['POST /1 1.1', 'hello', [], true],
        ['POST /2 1.1', 'foo0123456789', ['T', 'v'], true],
        ['GET /3 1.0', '', [], true],
        ['DELETE * 1.1', '', [], true],
      ],
    )
  })

  it('hands over what follows CONNECT and Upgrade', () => {
    assert.equal(transcribe('CONNECT a:1 HTTP/1.1\r\n\r\n\x00\xffraw').rest, '\x00\xffraw')
    const upgrade = 'GET / HTTP/1.1\r\nConnection: keep-alive, Upgrade\r\nUpgrade: x\r\n'
    assert.equal(transcribe(`${upgrade}\r\nraw`).rest, 'raw')
    const withBody = transcribe(`${upgrade}Content-Length: 4\r\n\r\nbodyraw`)
    assert.equal(withBody.messages[0]?.body, 'body')
    assert.equal(withBody.rest, 'raw')
  })

  it('hands over what follows a 101 that names the other protocol, and takes any other for an answer without a body', () => {
    const switching = 'HTTP/1.1 101 Switching\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\nraw'
    assert.equal(transcribe(switching, { role: 'response' }).rest, 'raw')
    const silent = transcribe('HTTP/1.1 101 Switching\r\nContent-Length: 4\r\n\r\nHTTP/1.1 204 None\r\n\r\n', {
      role: 'response',
    })
    assert.equal(silent.rest, '')
    assert.deepEqual(
      silent.messages.map(({ start, body }) => [start, body]),
      [
        ['101 Switching 1.1', ''],
        ['204 None 1.1', ''],
      ],
    )
  })

  it('never copies a body', () => {
    const bodies: Uint8Array[] = []
    const handler = {
      onHead: () => 'read' as const,
      onBody: (bytes: Uint8Array) => void bodies.push(bytes),
      onMessageEnd() {},
    }
    const parser = new Parser('request', handler)
    parser.receive(Buffer.from('POST / HTTP/1.1\r\nContent-Le'))
    const second = Buffer.from('ngth: 8\r\n\r\nabcd')
    parser.receive(second)
    const third = Buffer.from('efgh')
    parser.receive(third)
    assert.deepEqual(
      bodies.map(bytes => bytes.buffer === second.buffer && bytes.byteOffset),
      [second.byteOffset + 11, third.byteOffset],
    )
    assert.equal(bodies[1], third)
  })

  it('stops at a pause, and reads on from there', () => {
    let heads = 0
    const parser = new Parser('request', {
      onHead(parser) {
        heads++
        parser.pause()
        return 'read'
      },
      onBody() {},
      onMessageEnd() {},
    })
    const one = Buffer.from('GET / HTTP/1.1\r\n\r\n')
    const two = Buffer.concat([one, one])
    assert.equal(parser.receive(two), one.length)
    assert.equal(heads, 1)
    parser.resume()
    assert.equal(parser.receive(two.subarray(one.length)), one.length)
    assert.equal(heads, 2)
  })
})

// RFC 9112 section 11.2. Each of these has been read in two ways by two servers.
const refused: readonly (readonly [string, string, string])[] = [
  [
    'two equal Content-Length',
    'Content-Length: 1\r\nContent-Length: 1\r\n\r\na',
    'UNEXPECTED_CONTENT_LENGTH: Duplicate Content-Length',
  ],
  [
    'two different Content-Length',
    'Content-Length: 1\r\ncontent-length: 2\r\n\r\naa',
    'UNEXPECTED_CONTENT_LENGTH: Duplicate Content-Length',
  ],
  [
    'a list of Content-Length',
    'Content-Length: 1, 1\r\n\r\na',
    'INVALID_CONTENT_LENGTH: Invalid character in Content-Length',
  ],
  [
    'a signed Content-Length',
    'Content-Length: +1\r\n\r\na',
    'INVALID_CONTENT_LENGTH: Invalid character in Content-Length',
  ],
  [
    'a hexadecimal Content-Length',
    'Content-Length: 0x1\r\n\r\na',
    'INVALID_CONTENT_LENGTH: Invalid character in Content-Length',
  ],
  ['an empty Content-Length', 'Content-Length: \r\n\r\n', 'INVALID_CONTENT_LENGTH: Empty Content-Length'],
  [
    'a Content-Length beyond numbers',
    'Content-Length: 18446744073709551617\r\n\r\n',
    'INVALID_CONTENT_LENGTH: Content-Length overflow',
  ],
  [
    'Transfer-Encoding after Content-Length',
    'Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n',
    "INVALID_TRANSFER_ENCODING: Transfer-Encoding can't be present with Content-Length",
  ],
  [
    'Content-Length after Transfer-Encoding',
    'Transfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n',
    "INVALID_CONTENT_LENGTH: Content-Length can't be present with Transfer-Encoding",
  ],
  [
    'Content-Length after an empty Transfer-Encoding',
    'Transfer-Encoding:\r\nContent-Length: 1\r\n\r\n',
    "INVALID_CONTENT_LENGTH: Content-Length can't be present with Transfer-Encoding",
  ],
  [
    'an empty Transfer-Encoding',
    'Transfer-Encoding:\r\n\r\n',
    'INVALID_TRANSFER_ENCODING: Request has invalid `Transfer-Encoding`',
  ],
  [
    'chunked not last',
    'Transfer-Encoding: chunked, gzip\r\n\r\n',
    'INVALID_TRANSFER_ENCODING: Invalid `Transfer-Encoding` header value',
  ],
  [
    'chunked twice',
    'Transfer-Encoding: chunked, chunked\r\n\r\n',
    'INVALID_TRANSFER_ENCODING: Invalid `Transfer-Encoding` header value',
  ],
  [
    'two Transfer-Encoding',
    'Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n',
    'INVALID_TRANSFER_ENCODING: Invalid `Transfer-Encoding` header value',
  ],
  [
    'an unknown coding',
    'Transfer-Encoding: xchunked\r\n\r\n',
    'INVALID_TRANSFER_ENCODING: Request has invalid `Transfer-Encoding`',
  ],
  [
    'identity',
    'Transfer-Encoding: identity\r\n\r\n',
    'INVALID_TRANSFER_ENCODING: Request has invalid `Transfer-Encoding`',
  ],
  [
    'a vertical tab before chunked',
    'Transfer-Encoding: \x0bchunked\r\n\r\n',
    'INVALID_HEADER_TOKEN: Invalid header value char',
  ],
  ['a folded line', 'A: b\r\n c\r\n\r\n', 'INVALID_HEADER_TOKEN: Unexpected whitespace after header value'],
  [
    'a folded Transfer-Encoding',
    'Transfer-Encoding:\r\n chunked\r\n\r\n',
    'INVALID_HEADER_TOKEN: Invalid header value char',
  ],
  ['a space before the colon', 'Content-Length : 1\r\n\r\na', 'INVALID_HEADER_TOKEN: Invalid header field char'],
  ['a tab before the colon', 'A\t: b\r\n\r\n', 'INVALID_HEADER_TOKEN: Invalid header token'],
  ['a space before the first field', ' A: b\r\n\r\n', 'UNEXPECTED_SPACE: Unexpected space after start line'],
  ['a line without a colon', 'A\r\n\r\n', 'INVALID_HEADER_TOKEN: Invalid header token'],
  ['an empty name', ': a\r\n\r\n', 'INVALID_HEADER_TOKEN: Invalid header token'],
  ['a bare LF after a value', 'A: b\nC: d\r\n\r\n', 'CR_EXPECTED: Missing expected CR after header value'],
  ['a bare CR after a value', 'A: b\rC: d\r\n\r\n', 'LF_EXPECTED: Missing expected LF after header value'],
  ['a bare CR in place of an empty value', 'A:\rC: d\r\n\r\n', 'STRICT: Expected LF after CR'],
  ['a bare LF in place of the empty line', 'A: b\r\n\n', 'INVALID_HEADER_TOKEN: Invalid header field char'],
  ['CR and a letter in place of the empty line', 'A: b\r\n\rX', 'STRICT: Expected LF after headers'],
  ['NUL in a value', 'A: b\0c\r\n\r\n', 'INVALID_HEADER_TOKEN: Invalid header value char'],
  ['NUL in a name', 'A\0: c\r\n\r\n', 'INVALID_HEADER_TOKEN: Invalid header token'],
  ['DEL in a value', 'A: b\x7f\r\n\r\n', 'INVALID_HEADER_TOKEN: Invalid header value char'],
  ['a byte beyond ASCII in a name', 'A\xe9: c\r\n\r\n', 'INVALID_HEADER_TOKEN: Invalid header token'],
]

const chunked = 'POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n'
const refusedChunks: readonly (readonly [string, string, string])[] = [
  ['no size', '\r\n', 'INVALID_CHUNK_SIZE: Invalid character in chunk size'],
  ['a sign', '-1\r\n', 'INVALID_CHUNK_SIZE: Invalid character in chunk size'],
  ['0x', '0x1\r\na\r\n', 'INVALID_CHUNK_SIZE: Invalid character in chunk size'],
  ['an underscore', '1_0\r\n', 'INVALID_CHUNK_SIZE: Invalid character in chunk size'],
  ['an overflowing size', 'fffffffffffffffff\r\n', 'INVALID_CHUNK_SIZE: Chunk size overflow'],
  ['a space behind the size', '1 \r\na\r\n', 'INVALID_CHUNK_SIZE: Invalid character in chunk size'],
  ['a bare LF behind the size', '1\na\r\n', 'CR_EXPECTED: Missing expected CR after chunk size'],
  ['a bare CR behind the size', '1\ra', 'STRICT: Expected LF after chunk size'],
  ['data that goes on', '1\r\nab\r\n', 'STRICT: Expected LF after chunk data'],
  ['a bare LF behind the data', '1\r\na\n0\r\n', 'CR_EXPECTED: Missing expected CR after chunk data'],
  ['a bare CR behind the data', '1\r\na\r0\r\n', 'STRICT: Expected LF after chunk data'],
  ['a control character in an extension', '1;a\0\r\n', 'STRICT: Invalid character in chunk extensions name'],
  ['a bare LF behind an extension', '1;a\nb\r\n', 'CR_EXPECTED: Missing expected CR after chunk extension name'],
  ['an open quote', '1;a="b\r\n', 'STRICT: Invalid character in chunk extensions quoted value'],
  [
    'Content-Length as a trailer',
    '0\r\nContent-Length: 1\r\n\r\n',
    "INVALID_CONTENT_LENGTH: Content-Length can't be present with Transfer-Encoding",
  ],
  [
    'Transfer-Encoding as a trailer',
    '0\r\nTransfer-Encoding: chunked\r\n\r\n',
    'INVALID_TRANSFER_ENCODING: Invalid `Transfer-Encoding` header value',
  ],
]

const refusedStarts: readonly (readonly [string, string, string])[] = [
  ['an unknown method', 'FOO / HTTP/1.1\r\n\r\n', 'INVALID_METHOD: Invalid method encountered'],
  ['a method in lower case', 'get / HTTP/1.1\r\n\r\n', 'INVALID_METHOD: Invalid method encountered'],
  ['a method that goes on', 'GETS / HTTP/1.1\r\n\r\n', 'INVALID_METHOD: Expected space after method'],
  ['a space before the method', ' GET / HTTP/1.1\r\n\r\n', 'INVALID_METHOD: Invalid method encountered'],
  ['a TLS handshake', '\x16\x03\x01\x02\x00', 'INVALID_METHOD: Invalid method encountered'],
  ['an empty target', 'GET  HTTP/1.1\r\n\r\n', 'INVALID_URL: Unexpected char in url schema'],
  ['a control character in the target', 'GET /\x01 HTTP/1.1\r\n\r\n', 'INVALID_URL: Invalid char in url path'],
  ['NUL in the target', 'GET /\0 HTTP/1.1\r\n\r\n', 'INVALID_URL: Invalid char in url path'],
  ['a tab in the target', 'GET /\t HTTP/1.1\r\n\r\n', 'INVALID_URL: Invalid characters in url'],
  ['HTTP/1.2', 'GET / HTTP/1.2\r\n\r\n', 'INVALID_VERSION: Invalid HTTP version'],
  ['HTTP/3.0', 'GET / HTTP/3.0\r\n\r\n', 'INVALID_VERSION: Invalid HTTP version'],
  ['text behind the version', 'GET / HTTP/1.1 x\r\n\r\n', 'INVALID_VERSION: Expected CRLF after version'],
  ['a bare LF behind the version', 'GET / HTTP/1.1\n\r\n', 'INVALID_VERSION: Expected CRLF after version'],
  ['another protocol', 'GET / HTTQ/1.1\r\n\r\n', 'INVALID_CONSTANT: Expected HTTP/, RTSP/ or ICE/'],
  ['a method of another protocol', 'SETUP / HTTP/1.1\r\n\r\n', 'INVALID_CONSTANT: Invalid method for HTTP/x.x request'],
  ['the HTTP/2 preface', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'PAUSED_H2_UPGRADE: Pause on PRI/Upgrade'],
  ['two @ in an authority', 'CONNECT a@@c:1 HTTP/1.1\r\n\r\n', 'INVALID_URL: Double @ in url'],
]

describe('what could be read in two ways is refused', () => {
  for (const [name, fields, error] of refused) {
    it(name, () => assert.equal(transcribeAllWays(`POST / HTTP/1.1\r\n${fields}`).error, error))
  }
  for (const [name, body, error] of refusedChunks) {
    it(`chunks: ${name}`, () => assert.equal(transcribeAllWays(chunked + body).error, error))
  }
  for (const [name, start, error] of refusedStarts) {
    it(`start line: ${name}`, () => assert.equal(transcribe(start).error, error))
  }

  it('reads nothing after Connection: close', () => {
    const text = 'GET / HTTP/1.1\r\nConnection: close\r\n\r\nGET /2 HTTP/1.1\r\n\r\n'
    const { messages, error } = transcribeAllWays(text)
    assert.equal(messages.length, 1)
    assert.equal(error, 'CLOSED_CONNECTION: Data after `Connection: close`')
  })
})

describe('responses', () => {
  const read = (text: string, options: TranscriptOptions = {}) =>
    transcribeAllWays(text, { ...options, role: 'response' })

  it('has a body up to the end where nothing else says', () => {
    const { messages } = read('HTTP/1.1 200 OK\r\n\r\nall of it', { ends: true })
    assert.deepEqual(
      messages.map(({ start, body, isComplete }) => [start, body, isComplete]),
      [['200 OK 1.1', 'all of it', true]],
    )
  })

  it('tells a body cut short from one that has ended', () => {
    assert.equal(
      read('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nall', { ends: true }).error,
      'INVALID_EOF_STATE: Invalid EOF state',
    )
    assert.equal(
      read(`HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab`, { ends: true }).error,
      'INVALID_EOF_STATE: Invalid EOF state',
    )
  })

  it('has no body where the status says so', () => {
    for (const status of [100, 102, 103, 204, 304]) {
      const { messages } = read(
        `HTTP/1.1 ${status} X\r\nContent-Length: 3\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n`,
      )
      assert.deepEqual(
        messages.map(message => message.isComplete),
        [true, true],
        String(status),
      )
    }
  })

  it('has no body where the request says so', () => {
    const text = 'HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nHTTP/1.1 404 No\r\nTransfer-Encoding: chunked\r\n\r\n'
    assert.equal(read(text, { answer: 'skip-body' }).messages.length, 2)
  })

  it('reads a reason with any bytes, an empty one, and none', () => {
    const end = '\r\nContent-Length: 0\r\n\r\n'
    const { messages } = read(`HTTP/1.1 200 \xc3\xa9 x${end}HTTP/1.1 200 ${end}HTTP/1.1 200${end}`)
    assert.deepEqual(
      messages.map(({ start }) => start),
      ['200 \xc3\xa9 x 1.1', '200  1.1', '200  1.1'],
    )
  })

  it('refuses a malformed status line', () => {
    assert.equal(read('HTTP/1.1 20x\r\n').error, 'INVALID_STATUS: Invalid status code')
    assert.equal(read('HTTP/1.1 2000 OK\r\n').error, 'INVALID_STATUS: Invalid response status')
    assert.equal(read('HTTQ/1.1 200 OK\r\n').error, 'INVALID_CONSTANT: Expected HTTP/, RTSP/ or ICE/')
    assert.equal(read('HTTP/1.1 200 OK\n').error, 'CR_EXPECTED: Missing expected CR after response line')
  })
})

describe('limits', () => {
  const overflow = 'HEADER_OVERFLOW: Header overflow'
  const limited = { maxHeaderSize: 100 }

  it('maxHeaderSize: target, names and values together', () => {
    // One byte of target, one of name.
    const head = (value: number) => `GET / HTTP/1.1\r\nA: ${'x'.repeat(value)}\r\n\r\n`
    assert.equal(transcribeAllWays(head(97), limited).error, undefined)
    assert.equal(transcribeAllWays(head(98), limited).error, overflow)
    assert.equal(transcribeAllWays(`GET /${'x'.repeat(200)}`, limited).error, overflow)
    assert.equal(transcribeAllWays(`GET / HTTP/1.1\r\n${'x'.repeat(200)}`, limited).error, overflow)
  })

  it('maxHeaderSize 0: no head passes, as with --max-http-header-size=0', () => {
    assert.equal(transcribeAllWays('GET / HTTP/1.1\r\n\r\n', { maxHeaderSize: 0 }).error, overflow)
  })

  it('maxHeaderSize holds for each trailer section', () => {
    assert.equal(transcribeAllWays(`${chunked}0\r\nA: ${'x'.repeat(98)}\r\n\r\n`, limited).error, undefined)
    assert.equal(transcribeAllWays(`${chunked}0\r\nA: ${'x'.repeat(99)}\r\n\r\n`, limited).error, overflow)
    assert.equal(transcribeAllWays(`${chunked}0\r\n${'A: b\r\n'.repeat(50)}\r\n`, limited).error, overflow)
  })

  it('rawBytesPerCountedByte: padding that does not count, in pieces', () => {
    const padded = `GET / HTTP/1.1\r\nA:${' '.repeat(3000)}b\r\n\r\n`
    assert.equal(transcribe(padded, { ...limited, step: 10 }).error, overflow)
  })

  it('maxHeadersCount: drops what is beyond, but never what frames the message', () => {
    const options = { maxHeadersCount: 2 }
    const { messages } = transcribeAllWays('GET / HTTP/1.1\r\nA: 1\r\nB: 2\r\nC: 3\r\n\r\n', options)
    assert.deepEqual(messages[0]?.fields, ['A', '1', 'B', '2'])
    for (const field of ['Content-Length: 3\r\n\r\nabc', 'Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n']) {
      assert.equal(transcribeAllWays(`POST / HTTP/1.1\r\nA: 1\r\nB: 2\r\n${field}`, options).error, overflow)
    }
    const hidden = 'POST / HTTP/1.1\r\nA: 1\r\nB: 2\r\nContent-Length: 3\r\n\r\nabc'
    assert.equal(transcribeAllWays(hidden, { maxHeadersCount: 0 }).messages[0]?.body, 'abc')
  })

  it('refusesFurtherFields: one more is an error, also among trailers', () => {
    const options = { maxHeadersCount: 2, refusesFurtherFields: true }
    assert.equal(transcribeAllWays('GET / HTTP/1.1\r\nA: 1\r\nB: 2\r\n\r\n', options).error, undefined)
    assert.equal(transcribeAllWays('GET / HTTP/1.1\r\nA: 1\r\nB: 2\r\nC: 3\r\n\r\n', options).error, overflow)
    const trailers = `${chunked}0\r\nA: 1\r\nB: 2\r\nC: 3\r\n\r\n`
    assert.equal(transcribeAllWays(trailers, options).error, overflow)
    assert.equal(transcribeAllWays(trailers, { ...options, maxHeadersCount: 0 }).error, undefined)
  })

  it('maxHeadersCount: a response shows what frames it, in place of the last field before the limit', () => {
    const options = { role: 'response', maxHeadersCount: 2 } as const
    const late = transcribeAllWays(
      'HTTP/1.1 200 OK\r\nA: 1\r\nB: 2\r\nC: 3\r\nContent-Length: 3\r\nD: 4\r\n\r\nabc',
      options,
    )
    assert.deepEqual(late.messages[0]?.fields, ['A', '1', 'Content-Length', '3'])
    assert.equal(late.messages[0]?.body, 'abc')
  })

  it('maxHeadersCount: an upgrade and a last message count though their fields are dropped, a host does not', () => {
    const options = { maxHeadersCount: 1 }
    const upgrade = transcribe('GET / HTTP/1.1\r\nA: 1\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\nraw', options)
    assert.deepEqual(upgrade.messages[0]?.fields, ['A', '1'])
    assert.equal(upgrade.rest, 'raw')
    const last = transcribe('GET / HTTP/1.1\r\nA: 1\r\nConnection: close\r\n\r\nGET', options)
    assert.equal(last.error, 'CLOSED_CONNECTION: Data after `Connection: close`')
    const seen: boolean[] = []
    const handler = {
      onHead(parser: Parser) {
        seen.push(parser.hasHost, parser.hasExpect)
        return 'read' as const
      },
      onBody() {},
      onMessageEnd() {},
    }
    const routed = 'GET / HTTP/1.1\r\nA: 1\r\nHost: a\r\nExpect: 100-continue\r\n\r\n'
    new Parser('request', handler, options).receive(Buffer.from(routed))
    assert.deepEqual(seen, [false, false])
  })

  it('maxChunkExtensionBytes: on one chunk', () => {
    const chunk = (bytes: number) => `${chunked}1;${'x'.repeat(bytes)}\r\na\r\n0\r\n\r\n`
    assert.equal(transcribe(chunk(16384)).error, undefined)
    assert.equal(transcribe(chunk(16385)).error, 'CHUNK_EXTENSIONS_OVERFLOW: Chunk extensions overflow')
  })

  it('maxExcessChunkExtensionBytes: on all chunks of a body', () => {
    const chunk = `1;${'x'.repeat(10_000)}\r\na\r\n`
    assert.equal(transcribe(`${chunked}${chunk.repeat(6)}0\r\n\r\n`).error, undefined)
    assert.equal(transcribe(chunked + chunk.repeat(7)).error, 'CHUNK_EXTENSIONS_OVERFLOW: Chunk extensions overflow')
  })
})

describe('the position of an error, as Node reports it', () => {
  for (const [what, text, at] of [
    ['data after the last message', 'GET / HTTP/1.1\r\nConnection: close\r\n\r\nx', 38],
    ['a value that is too long', `GET / HTTP/1.1\r\nA: ${'x'.repeat(20_000)}\r\n\r\n`, 20_020],
    ['both kinds of length', 'GET / HTTP/1.1\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n', 59],
    ['an unknown coding', 'GET / HTTP/1.1\r\nTransfer-Encoding: x\r\n\r\n', 40],
    ['a handler that throws', 'GET /throw HTTP/1.1\r\n\r\nGET', 23],
  ] as const) {
    it(what, () => {
      const handler = {
        onHead(parser: Parser) {
          if (parser.text === '/throw') throw new Error('from the handler')
          return 'read' as const
        },
        onBody() {},
        onMessageEnd() {},
      }
      const parser = new Parser('request', handler)
      try {
        parser.receive(Buffer.from(text))
      } catch {
        parser.interrupt()
      }
      assert.equal(parser.error?.at, at)
    })
  }
})

describe('leniency', () => {
  it('takes what insecureHTTPParser lets pass', () => {
    const lenient = { leniency: LENIENT_ALL }
    const folded = transcribeAllWays('GET / HTTP/1.1\r\nA: b\r\n  c\r\nD: e\0f\r\n\r\n', lenient)
    assert.deepEqual(folded.messages[0]?.fields, ['A', 'b  c', 'D', 'e\0f'])
    assert.equal(transcribeAllWays('GET / HTTP/1.1\nA: b\n\n', lenient).messages[0]?.isComplete, true)
    const both = 'POST / HTTP/1.1\r\nContent-Length: 9\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n'
    assert.equal(transcribeAllWays(both, lenient).messages[0]?.body, 'a')
    const after = transcribeAllWays('GET / HTTP/1.1\r\nConnection: close\r\n\r\nGET /2 HTTP/1.1\r\n\r\n', lenient)
    assert.equal(after.messages.length, 2)
  })

  it('relaxed: control characters in values, and nothing more', () => {
    const relaxed = { leniency: LENIENT_VALUE_RELAXED }
    assert.deepEqual(transcribe('GET / HTTP/1.1\r\nA: b\x01c\r\n\r\n', relaxed).messages[0]?.fields, ['A', 'b\x01c'])
    assert.ok(transcribe('GET / HTTP/1.1\r\nA: b\0c\r\n\r\n', relaxed).error)
    assert.ok(transcribe('GET / HTTP/1.1\r\nA: b\r\n c\r\n\r\n', relaxed).error)
  })
})
