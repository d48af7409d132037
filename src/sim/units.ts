// Durations, rates and sizes in text form: '2ms', '100mbit', '64kb'.

import { invalidArgType, invalidArgValue } from '../core/errors.ts'
import type { Nanoseconds } from './types.ts'

/** `'250us'`, `'2ms'`, `'1.5s'`, `'3m'`, `'1h'`; a bare number counts milliseconds. */
export type Duration = string | number
/** `'56kbit'`, `'100mbit'`, `'1gbit'`; a bare number counts bits per second. */
export type Rate = string | number
/** `'64kb'`, `'2mb'` (of 1024); a bare number counts bytes. */
export type Size = string | number

/** @param name - of the option, for the message */
export function parseDuration(value: unknown, name: string): Nanoseconds {
  return Math.round(parseQuantity(value, name, durationUnits, 'a duration such as "2ms", "1.5s" or "1h"', 1e6))
}

/** @returns bits per second; Infinity: no limit */
export function parseRate(value: unknown, name: string): number {
  if (value === 'unlimited' || value === Number.POSITIVE_INFINITY) return Number.POSITIVE_INFINITY
  const rate = parseQuantity(value, name, rateUnits, 'a rate such as "56kbit", "100mbit" or "1gbit"', 1)
  if (rate === 0)
    throw invalidArgValue(name, value, 'must be above zero: to cut a link, use a partition or `up: false`')
  return rate
}

/** @returns bytes */
export function parseSize(value: unknown, name: string): number {
  return Math.round(parseQuantity(value, name, sizeUnits, 'a size such as 1500, "64kb" or "2mb"', 1))
}

export function parseProbability(value: unknown, name: string): number {
  if (typeof value !== 'number') throw invalidArgType(name, 'number', value)
  if (!(value >= 0 && value <= 1)) throw invalidArgValue(name, value, 'must be a probability between 0 and 1')
  return value
}

/** The shortest exact form: `1.5 s`, `80 ms`, `12.25 us`. */
export function formatDuration(span: Nanoseconds): string {
  for (const [unit, size] of formatUnits) if (span >= size) return `${trimmed(span / size)} ${unit}`
  return `${span} ns`
}

/** An instant since the network's beginning, in seconds to the microsecond. */
export function formatInstant(instant: Nanoseconds): string {
  return `${(instant / 1e9).toFixed(6)} s`
}

function parseQuantity(
  value: unknown,
  name: string,
  units: Readonly<Record<string, number>>,
  wanted: string,
  bare: number,
): number {
  let amount: number
  if (typeof value === 'number') amount = value * bare
  else if (typeof value !== 'string') throw invalidArgType(name, ['string', 'number'], value)
  else {
    const match = /^\s*(-?\d+(?:\.\d+)?|-?\.\d+)\s*([a-z]*?)(?:\/s)?\s*$/i.exec(value)
    const unit = match === null ? undefined : units[(match[2] as string).toLowerCase()]
    if (match === null || unit === undefined) throw invalidArgValue(name, value, `must be ${wanted}`)
    amount = Number(match[1]) * unit
  }
  if (amount < 0) throw invalidArgValue(name, value, 'must not be negative')
  if (!Number.isFinite(amount)) throw invalidArgValue(name, value, `must be ${wanted}`)
  return amount
}

function trimmed(number: number): string {
  return String(Number(number.toPrecision(6)))
}

const durationUnits = { ns: 1, us: 1e3, ms: 1e6, s: 1e9, m: 60e9, min: 60e9, h: 3600e9, d: 86400e9 }
const rateUnits = { bit: 1, kbit: 1e3, mbit: 1e6, gbit: 1e9, tbit: 1e12 }
const sizeUnits = { b: 1, kb: 1024, mb: 1024 ** 2, gb: 1024 ** 3 }
const formatUnits: readonly (readonly [string, number])[] = [
  ['h', 3600e9],
  ['min', 60e9],
  ['s', 1e9],
  ['ms', 1e6],
  ['us', 1e3],
]
