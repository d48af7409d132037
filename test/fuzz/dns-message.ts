// The DNS message codec and the name server behind it, against noise and damaged messages.
//   node dist/test/fuzz/dns-message.js [messages] [seed]
// What is read is written and read again, and must be the same. Whatever is thrown but is no MessageError ends the run, with
// the message in hexadecimal.

import { isDeepStrictEqual } from 'node:util'
import { MessageError } from '../../src/dns/wire/error.ts'
import { type Message, readMessage, writeMessage } from '../../src/dns/wire/message.ts'
import { IN, recordTypes } from '../../src/dns/wire/types.ts'
import { Authority } from '../../src/dns-server/authority.ts'
import { exampleZone } from '../dns/example-zone.ts'
import { message, queryFor } from '../dns/messages.ts'

export interface FuzzCount {
  read: number
  refused: number
  answered: number
}

/** @throws what the codec should not have thrown */
export function fuzzMessages(runs: number, seed: number): FuzzCount {
  const chance = chanceFrom(seed)
  const seeds = seedMessages()
  const authority = new Authority([exampleZone()])
  const count: FuzzCount = { read: 0, refused: 0, answered: 0 }
  for (let run = 0; run < runs; run++) {
    const bytes = makeBytes(seeds, chance)
    try {
      if (check(bytes)) count.read++
      else count.refused++
      if (authority.respond(bytes, run % 2 === 0 ? 'udp' : 'tcp') !== undefined) count.answered++
    } catch (error) {
      throw new Error(`run ${run} of seed ${seed}: ${Buffer.from(bytes).toString('hex')}`, { cause: error })
    }
  }
  return count
}

/** @returns whether it could be read */
function check(bytes: Uint8Array): boolean {
  let first: Message
  try {
    first = readMessage(bytes)
  } catch (error) {
    if (error instanceof MessageError && error.at >= 0 && error.at <= bytes.length) return false
    throw error
  }
  const written = writeMessage(first)
  const second = readMessage(written)
  // Without its pointers a message may be too long for one.
  if (!second.flags.tc && !isDeepStrictEqual(first, second))
    throw new Error('read, written and read again: not the same')
  return true
}

type Chance = (below: number) => number

function makeBytes(seeds: readonly Uint8Array[], chance: Chance): Uint8Array {
  if (chance(8) === 0) return Uint8Array.from({ length: chance(80) }, () => chance(256))
  let bytes = (seeds[chance(seeds.length)] as Uint8Array).slice()
  for (let damages = chance(4); damages > 0; damages--) bytes = damage(bytes, seeds, chance)
  return bytes
}

function damage(bytes: Uint8Array<ArrayBuffer>, seeds: readonly Uint8Array[], chance: Chance): Uint8Array<ArrayBuffer> {
  const at = chance(bytes.length + 1)
  switch (chance(8)) {
    case 0:
      return bytes.slice(0, at)
    case 1:
      bytes[at] = chance(256)
      return bytes
    case 2:
      bytes[at] = (bytes[at] as number) ^ (1 << chance(8))
      return bytes
    case 3:
      // A pointer, to anywhere.
      bytes[at] = 0xc0 | chance(2)
      bytes[at + 1] = chance(256)
      return bytes
    case 4:
      // The number of records or of bytes, small or large.
      bytes[at] = chance(4) === 0 ? 255 : 0
      bytes[at + 1] = chance(8)
      return bytes
    case 5: {
      const other = seeds[chance(seeds.length)] as Uint8Array
      return Uint8Array.of(...bytes.subarray(0, at), ...other.subarray(chance(other.length)))
    }
    case 6:
      return Uint8Array.of(...bytes.subarray(0, at), chance(256), ...bytes.subarray(at))
    default:
      // The type of some record.
      bytes[at] = 0
      bytes[at + 1] = types[chance(types.length)] as number
      return bytes
  }
}

const types = Object.values(recordTypes).map(type => type & 0xff)

function seedMessages(): Uint8Array[] {
  const edns = { udpSize: 1232, version: 0, do: true, options: [{ code: 10, data: Uint8Array.of(1, 2, 3) }] }
  const records = [...exampleZone()].filter(record => !/^(many|medium|long)\./.test(record.name))
  const whole = message({
    questions: [{ name: 'example.test', type: 'ANY', class: IN }],
    answers: records.slice(0, 12),
    authorities: records.slice(12, 24),
    additionals: records.slice(24),
    edns,
  })
  const single = records.map(record => writeMessage(message({ answers: [record], edns })))
  const queries = records.map(record => writeMessage({ ...queryFor(record.name, record.type), edns }))
  return [...single, ...queries, writeMessage(whole), writeMessage(whole, { compress: false })]
}

/** Mulberry32: the same numbers from the same seed. */
function chanceFrom(seed: number): Chance {
  let state = seed >>> 0
  return below => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 0x100000000) * below)
  }
}

if (import.meta.main ?? process.argv[1]?.endsWith('fuzz/dns-message.js')) {
  const runs = Number(process.argv[2] ?? 1_000_000)
  const seed = Number(process.argv[3] ?? 1)
  const started = performance.now()
  const count = fuzzMessages(runs, seed)
  const seconds = ((performance.now() - started) / 1000).toFixed(1)
  console.log(
    `${runs} messages of seed ${seed} in ${seconds} s: ${count.read} read, ${count.refused} refused, ${count.answered} answered`,
  )
}
