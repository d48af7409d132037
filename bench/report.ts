// From turns to figures: medians, and ratios against the baseline (mostly the runtime's own module) with their spread.

import { type BenchCase, builtIn } from './case.ts'
import type { Turn } from './measure.ts'

/** The median of the rounds' ratios, and the smallest and largest of them. */
export interface Ratio {
  readonly median: number
  readonly low: number
  readonly high: number
}

export interface Result {
  readonly name: string
  readonly subject: string
  readonly unit: string
  /** Operations per second, or bytes per thing: median. */
  readonly rate: number
  readonly cpuMicrosecondsPerOperation: number | null
  /** Against the baseline's turn of the same round. Rate: of bytes less is better, of operations more. */
  readonly rateRatio: Ratio | null
  /** Operations per CPU second: more is better. */
  readonly cpuRatio: Ratio | null
}

export function resultsOf(one: BenchCase, turns: ReadonlyMap<string, readonly Turn[]>): Result[] {
  const baseline = one.baseline ?? builtIn
  const base = turns.get(baseline) ?? []
  return [...turns].map(([subject, own]) => {
    const isBase = subject === baseline
    const ratio = (of: (turn: Turn, other: Turn) => number): Ratio | null =>
      isBase ? null : ratioOf(own.map((turn, round) => of(turn, base[round] as Turn)))
    const isSpeed = one.kind === 'speed'
    return {
      name: one.name,
      subject,
      unit: isSpeed
        ? `${one.operation}, per second`
        : `${one.measures === 'resident' ? 'resident ' : ''}bytes per ${one.thing}`,
      rate: median(own.map(turn => turn.rate)),
      cpuMicrosecondsPerOperation: isSpeed ? median(own.map(turn => turn.cpuMicrosecondsPerOperation)) : null,
      rateRatio: ratio((turn, other) => turn.rate / other.rate),
      cpuRatio: isSpeed
        ? ratio((turn, other) => other.cpuMicrosecondsPerOperation / turn.cpuMicrosecondsPerOperation)
        : null,
    }
  })
}

/** A Markdown table: it goes to the terminal as well as into bench/README.md. */
export function tableOf(results: readonly Result[]): string {
  const rows = [
    ['case', 'subject', 'rate', 'unit', 'CPU µs each', 'rate ratio (spread)', 'ratio per CPU second (spread)'],
    ...results.map(result => [
      result.name,
      result.subject,
      Math.round(result.rate).toLocaleString('en'),
      result.unit,
      result.cpuMicrosecondsPerOperation?.toFixed(1) ?? '',
      ratioText(result.rateRatio),
      ratioText(result.cpuRatio),
    ]),
  ]
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map(row => row[column]?.length ?? 0)))
  const lines = rows.map(row => `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`)
  lines.splice(1, 0, `|${widths.map(width => '-'.repeat(width + 2)).join('|')}|`)
  return lines.join('\n')
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  const upper = sorted[middle] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2
}

function ratioOf(ratios: readonly number[]): Ratio {
  return { median: median(ratios), low: Math.min(...ratios), high: Math.max(...ratios) }
}

function ratioText(ratio: Ratio | null): string {
  if (ratio === null) return ''
  return `${ratio.median.toFixed(2)} (${ratio.low.toFixed(2)} - ${ratio.high.toFixed(2)})`
}
