// The codec of frames: what is written is read again, whatever way it is cut; any bytes give frames or an error.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { ByteWriter } from '../../../src/http2/wire/byte-writer.ts'
import { FrameReader } from '../../../src/http2/wire/frame-reader.ts'
import * as frames from '../../../src/http2/wire/frames.ts'
import { frame, preface } from '../../support/h2-peer.ts'

/** What a reader tells, pieces of data joined. */
function transcript(bytes: Uint8Array, cuts: readonly number[], expectsPreface = false): string[] {
  const lines: string[] = []
  const add = (line: string): unknown => lines.push(line)
  const reader = new FrameReader(
    {
      onFrame(type, flags, streamId, length) {
        add(`frame ${type} ${flags} ${streamId} ${length}`)
        return type === 0x77 ? 'discard' : type === 0x78 ? 'stop' : 'read'
      },
      onPayload: (from, start, end) => add(`payload ${Buffer.from(from.subarray(start, end)).toString('hex')}`),
      onDataPiece(piece) {
        assert.ok(piece.length > 0)
        const text = Buffer.from(piece).toString('hex')
        if (lines.at(-1)?.startsWith('data')) lines[lines.length - 1] += text
        else add(`data ${text}`)
      },
      onDataEnd: () => add('data-end'),
      onMalformed: what => add(`malformed ${what}`),
    },
    expectsPreface,
  )
  let at = 0
  for (const cut of cuts) {
    reader.receive(bytes.subarray(at, at + cut))
    at += cut
  }
  reader.receive(bytes.subarray(at))
  return lines
}

const everyByte = (bytes: Uint8Array): number[] => new Array(bytes.length).fill(1)

const frameArbitrary = fc
  .tuple(fc.constantFrom(0, 0, 0, 1, 4, 6, 9, 0x77), fc.nat(15), fc.nat(0x7fffffff), fc.uint8Array({ maxLength: 300 }))
  .map(([type, flags, id, payload]) => {
    // Padding that fits, where there is some.
    const sound = type === 0 && flags & 8 ? Uint8Array.from([0, ...payload]) : payload
    if (sound !== payload) sound[0] = Math.floor(payload.length / 2)
    return frame(type, flags, id, sound)
  })

test('however the bytes are cut, the same is told', () => {
  fc.assert(
    fc.property(fc.array(frameArbitrary, { maxLength: 5 }), fc.array(fc.nat(60)), (list, cuts) => {
      const bytes = Buffer.concat(list)
      const whole = transcript(bytes, [])
      assert.deepEqual(transcript(bytes, cuts), whole)
      assert.deepEqual(transcript(bytes, everyByte(bytes)), whole)
      assert.equal(whole.filter(line => line.startsWith('frame')).length, list.length)
    }),
  )
})

test('any bytes are frames, or an error', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 400 }), fc.array(fc.nat(60)), (bytes, cuts) => {
      assert.deepEqual(transcript(bytes, cuts), transcript(bytes, everyByte(bytes)))
    }),
  )
})

test('the preface, cut anywhere; and what is none', () => {
  const bytes = Buffer.concat([preface, frame('PING', 0, 0, '12345678')])
  const expected = ['frame 6 0 0 8', `payload ${Buffer.from('12345678').toString('hex')}`]
  for (let cut = 0; cut <= bytes.length; cut++) assert.deepEqual(transcript(bytes, [cut], true), expected)
  for (let at = 0; at < preface.length; at++) {
    const wrong = Buffer.from(bytes)
    wrong[at] = (wrong[at] as number) ^ 1
    assert.deepEqual(transcript(wrong, [], true), ['malformed preface'])
  }
})

test('data comes as views of what was received', () => {
  const bytes = frame('DATA', 0, 1, 'abc')
  const pieces: Uint8Array[] = []
  const reader = new FrameReader(
    {
      onFrame: () => 'read',
      onPayload() {},
      onDataPiece: piece => pieces.push(piece),
      onDataEnd() {},
      onMalformed() {},
    },
    false,
  )
  reader.receive(bytes)
  assert.equal(pieces[0]?.buffer, bytes.buffer)
})

test('stop, and padding longer than the frame, end the reading', () => {
  const more = frame('PING', 0, 0, '12345678')
  assert.deepEqual(transcript(Buffer.concat([frame(0x78, 0, 0), more]), []), ['frame 120 0 0 0'])
  assert.deepEqual(transcript(Buffer.concat([frame(0, 8, 1, '\x02a'), more]), []), [
    'frame 0 8 1 2',
    'malformed padding',
  ])
  assert.deepEqual(transcript(Buffer.concat([frame(0, 8, 1), more]), []), ['frame 0 8 1 0', 'malformed padding'])
})

/** As an object literal makes them: assert compares prototypes. */
function record<T>(model: { [K in keyof T]: fc.Arbitrary<T[K]> }): fc.Arbitrary<T> {
  return fc.record(model).map(value => ({ ...value })) as fc.Arbitrary<T>
}

function written(write: (out: ByteWriter) => void): Buffer {
  const out = new ByteWriter()
  write(out)
  const bytes = Buffer.from(out.bytes.subarray(0, out.length))
  assert.equal(bytes.readUIntBE(0, 3), bytes.length - 9)
  return bytes
}

test('each frame is read as it was written', () => {
  const uint31 = fc.nat(0x7fffffff)
  const latin1 = fc.string({ unit: fc.integer({ min: 0x20, max: 0xff }).map(code => String.fromCharCode(code)) })
  const uint32 = fc.integer({ min: 0, max: 0xffffffff })
  const check = <T>(arbitrary: fc.Arbitrary<T>, run: (value: T) => void): void =>
    fc.assert(fc.property(arbitrary, run), { numRuns: 50 })

  check(record({ lastStreamId: uint31, code: uint32, data: fc.uint8Array() }), goaway => {
    const bytes = written(out => frames.writeGoaway(out, goaway))
    const { data, ...rest } = frames.readGoaway(bytes, 9, bytes.length) ?? assert.fail()
    assert.deepEqual({ ...rest, data: [...data] }, { ...goaway, data: [...goaway.data] })
  })
  check(record({ parentId: uint31, weight: fc.integer({ min: 1, max: 256 }), exclusive: fc.boolean() }), priority => {
    const bytes = written(out => frames.writePriority(out, 3, priority))
    const read = { parentId: 0, weight: 0, exclusive: false }
    frames.readPriority(bytes, 9, read)
    assert.deepEqual(read, priority)
  })
  check(record({ origin: latin1, value: latin1 }), altSvc => {
    const bytes = written(out => frames.writeAltSvc(out, 0, altSvc))
    assert.deepEqual(frames.readAltSvc(bytes, 9, bytes.length), altSvc)
    assert.equal(frames.readAltSvc(bytes, 9, 10), undefined)
  })
  check(fc.array(latin1.filter(text => text !== '')), origins => {
    const bytes = written(out => frames.writeOrigins(out, origins))
    assert.deepEqual(frames.readOrigins(bytes, 9, bytes.length, 1000), origins)
    if (origins.length > 0) assert.equal(frames.readOrigins(bytes, 9, bytes.length - 1, 1000), undefined)
  })
  check(record({ streamId: uint31, value: latin1 }), update => {
    const bytes = written(out => frames.writePriorityUpdate(out, update))
    assert.deepEqual(frames.readPriorityUpdate(bytes, 9, bytes.length), update)
  })
  check(fc.array(fc.tuple(fc.integer({ min: 0x10, max: 0xffff }), uint32)), entries => {
    const bytes = written(out => frames.writeSettings(out, entries))
    const read: [number, number][] = []
    assert.equal(
      frames.readSettings(bytes, 9, bytes.length, (id, value) => read.push([id, value])),
      0,
    )
    assert.deepEqual(read, entries)
  })
  check(fc.tuple(uint31, uint32), ([streamId, code]) => {
    const bytes = written(out => frames.writeReset(out, streamId, code))
    assert.deepEqual([bytes.readUInt32BE(5), frames.readCode(bytes, 9)], [streamId, code])
    const update = written(out => frames.writeWindowUpdate(out, streamId, code & 0x7fffffff))
    assert.equal(frames.readIncrement(update, 9), code & 0x7fffffff)
  })
})

test('a header block is cut where frames end, with padding or a promise before it', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.nat(20), fc.nat(5), (block, padding, promisedId) => {
      const bytes = allWritten(out => frames.writeHeaders(out, 5, block, 1, 64, padding, promisedId))
      const pieces: Uint8Array[] = []
      let isEnded = false
      for (let at = 0; at < bytes.length; ) {
        const length = bytes.readUIntBE(at, 3)
        assert.ok(length <= 64 && !isEnded)
        const [type, flags] = [bytes[at + 3] as number, bytes[at + 4] as number]
        isEnded = (flags & 4) !== 0
        assert.equal(type, at > 0 ? 9 : promisedId > 0 ? 5 : 1)
        const part = frames.readHeaderFragment(bytes, at + 9, at + 9 + length, type, at > 0 ? 0 : flags)
        assert.ok(part)
        if (at === 0 && promisedId > 0) assert.equal(part.promisedId, promisedId)
        pieces.push(bytes.subarray(part.start, part.end))
        at += 9 + length
      }
      assert.ok(isEnded)
      assert.deepEqual([...Buffer.concat(pieces)], [...block])
    }),
  )
})

function allWritten(write: (out: ByteWriter) => void): Buffer {
  const out = new ByteWriter()
  write(out)
  return Buffer.from(out.bytes.subarray(0, out.length))
}
