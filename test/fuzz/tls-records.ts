// Noise for the TLS engine: handshakes that are real up to some point, then bytes that are random, altered or replayed, in
// clear and under the right keys. `node dist/test/fuzz/tls-records.js 1000000` runs so many records; a seed may follow.
// Anything thrown that is no TlsError told to the owner is a finding.

import { argv } from 'node:process'
import { createTlsEngine } from '../../src/tls/engine/tls-engine.ts'
import type { TlsEngine, TlsEngineConfig, TlsEngineHandler } from '../../src/tls/engine/types.ts'
import { configFor } from '../tls/engine/pair.ts'
import { randomBelow } from './random.ts'

export interface FuzzReport {
  readonly records: number
  readonly handshakes: number
  /** How many engines ended with an error of ours. */
  readonly refusals: number
  /** Internal errors: bugs of ours. */
  readonly internal: readonly string[]
  /** Plaintext that nobody wrote. */
  readonly strayData: number
}

export function fuzzRecords(count: number, seed: number): FuzzReport {
  const below = randomBelow(seed)
  const report = { records: 0, handshakes: 0, refusals: 0, internal: [] as string[], strayData: 0 }
  const corpus = collectFlights()
  while (report.records < count) {
    report.handshakes++
    const role = below(2) === 0 ? 'client' : 'server'
    const { engine, state } = observed(configFor(role, 'ec256', below(2) === 0 ? {} : versionOf(below(2))), report)
    engine.start()
    engine.takeOutput()
    for (let i = 0; i < 40 && !state.isOver && report.records < count; i++) {
      const flight = corpus[below(corpus.length)] as Uint8Array
      engine.receive(mutate(flight, below))
      engine.takeOutput()
      report.records++
    }
    engine.destroy()
  }
  return report
}

/** Whole flights of real handshakes, as seeds. */
function collectFlights(): Uint8Array[] {
  const flights: Uint8Array[] = [Uint8Array.of(22, 3, 3, 0, 4, 0, 0, 0, 0)]
  for (const version of [0x0303, 0x0304] as const) {
    const changes = { minVersion: version, maxVersion: version, requestCert: true }
    const nothing = { records: 0, handshakes: 0, refusals: 0, internal: [], strayData: 0 }
    const client = observed(configFor('client', 'ec256', changes), nothing).engine
    const server = observed(configFor('server', 'ec256', changes), nothing).engine
    client.start()
    for (let round = 0; round < 4; round++) {
      const out = Buffer.concat(client.takeOutput())
      if (out.length > 0) flights.push(out)
      server.receive(out)
      const back = Buffer.concat(server.takeOutput())
      if (back.length > 0) flights.push(back)
      client.receive(back)
    }
  }
  return flights
}

function versionOf(which: number): Partial<TlsEngineConfig> {
  const version = which === 0 ? 0x0303 : 0x0304
  return { minVersion: version, maxVersion: version }
}

function observed(
  config: TlsEngineConfig,
  report: { refusals: number; internal: string[]; strayData: number },
): { engine: TlsEngine; state: { isOver: boolean } } {
  const state = { isOver: false }
  const handler: TlsEngineHandler = {
    onOutput: () => {},
    onHandshakeDone: () => {},
    onData: () => report.strayData++,
    onError: error => {
      state.isOver = true
      if (error.by === 'local') report.refusals++
      if (error.reason === 'internal error') report.internal.push(String((error.cause as Error)?.stack))
    },
    onCloseNotify: () => {
      state.isOver = true
    },
  }
  return { engine: createTlsEngine(config, handler), state }
}

/** One record of a flight (or all of it) with a few changes: bytes, lengths, cuts, insertions. */
function mutate(flight: Uint8Array, below: (limit: number) => number): Uint8Array {
  const bytes = new Uint8Array(flight)
  const end = 5 + (bytes[3] as number) * 256 + (bytes[4] as number)
  let record = below(4) === 0 ? bytes : bytes.subarray(0, Math.min(end, bytes.length))
  for (let changes = below(6); changes > 0; changes--) {
    const at = below(record.length)
    const kind = below(4)
    if (kind === 0) record[at] = below(256)
    else if (kind === 1) record[at] = (record[at] as number) ^ (1 << below(8))
    else if (kind === 2) record = record.subarray(0, Math.max(1, at))
    else {
      const longer = new Uint8Array(record.length + 3)
      longer.set(record.subarray(0, at))
      longer.set(record.subarray(at), at + 3)
      record = longer
    }
  }
  // Mostly with a header that fits, so that the content is what is judged.
  if (below(3) > 0 && record.length > 5) {
    record[0] = 20 + below(4)
    record[1] = 3
    record[3] = (record.length - 5) >>> 8
    record[4] = (record.length - 5) & 0xff
    // And a handshake message whose length fits, too.
    if (record[0] === 22 && record.length > 9 && below(2) === 0) {
      const size = record.length - 9
      record[6] = size >>> 16
      record[7] = size >>> 8
      record[8] = size & 0xff
    }
  }
  return record
}

if (argv[1]?.endsWith('tls-records.js')) {
  const [count = 1_000_000, seed = 1] = argv.slice(2).map(Number)
  const report = fuzzRecords(count, seed)
  const { internal, ...figures } = report
  console.log(figures, `internal errors: ${internal.length}`)
  for (const one of new Set(internal)) console.log(one)
}
