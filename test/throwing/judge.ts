// When an outcome of ours is as good as Node's.

import type { Line, Outcome } from './scene.ts'

/** With no exception: each object hears the same in the same order. */
export function hearsTheSame(our: Outcome, node: Outcome): boolean {
  return printSteps(our) === printSteps(node)
}

/**
 * Whether the exception keeps nothing from being heard, and makes nothing heard, but what it does in Node as well. It may cost
 * less: Node's own listeners are among the program's, and one that throws keeps those behind it from their work.
 */
export function costsNoMore(our: Outcome, ourPlain: Outcome, node: Outcome, nodePlain: Outcome): boolean {
  const [ourLines, nodeLines] = [linesOf(our), linesOf(node)]
  const [ourPlainLines, nodePlainLines] = [linesOf(ourPlain), linesOf(nodePlain)]
  return (
    isReportedOnce(our, node) &&
    isWithin(without(ourPlainLines, ourLines), without(nodePlainLines, nodeLines)) &&
    isWithin(
      withoutDelayed(without(ourLines, ourPlainLines), without(ourPlainLines, ourLines), nodeLines),
      without(nodeLines, nodePlainLines),
    ) &&
    (isInOrderOf(ourPlainLines, ourLines) || isInOrderOf(nodeLines, ourLines))
  )
}

function isReportedOnce(our: Outcome, node: Outcome): boolean {
  const [ourReports, nodeReports] = [our, node].map(({ steps }) =>
    Object.values(steps).flatMap(heard => heard.process.map(line => line.join(' '))),
  )
  const ofException = nodeReports?.filter(report => report.endsWith(' the exception'))
  return ['uncaught the exception', `${nodeReports}`, `${ofException}`].includes(`${ourReports}`)
}

/** What comes only in a later step than without the exception, such as 'close', is no worse than what never comes in Node. */
function withoutDelayed(added: readonly string[], missing: readonly string[], nodeLines: readonly string[]): string[] {
  const delayed = without(missing.map(withoutStep), nodeLines.map(withoutStep))
  return added.filter(line => {
    const at = delayed.indexOf(withoutStep(line))
    if (at >= 0) delayed.splice(at, 1)
    return at < 0
  })
}

function withoutStep(line: string): string {
  return line.slice(line.indexOf(SEPARATOR))
}

const SEPARATOR = ' | '

/** What both have comes in the same order. */
function isInOrderOf(model: readonly string[], lines: readonly string[]): boolean {
  return `${without(model, without(model, lines))}` === `${without(lines, without(lines, model))}`
}

function isWithin(some: readonly string[], all: readonly string[]): boolean {
  return without(some, all).length === 0
}

/** Of several that are alike, as many are left as there are more of them. */
function without(lines: readonly string[], others: readonly string[]): string[] {
  const counts = new Map<string, number>()
  for (const other of others) counts.set(other, (counts.get(other) ?? 0) + 1)
  return lines.filter(line => {
    const count = counts.get(line) ?? 0
    counts.set(line, count - 1)
    return count <= 0
  })
}

/** What the two ends heard. */
function linesOf({ steps }: Outcome): string[] {
  return Object.entries(steps).flatMap(([step, { client, server }]) =>
    [...inOrderOfObjects(client), ...inOrderOfObjects(server)].map(line => [step, ...line].join(SEPARATOR)),
  )
}

/** An outcome as text: what was heard at each step, by each object in its order. */
export function print(outcome: Outcome): string {
  if (outcome.ended !== undefined) return outcome.ended
  const left = outcome.left.length > 0 ? `\nleft: ${outcome.left.join(', ')}` : ''
  return printSteps(outcome) + left
}

function printSteps({ steps }: Outcome): string {
  return Object.entries(steps)
    .flatMap(([step, heard]) => [
      `${step}:`,
      ...Object.entries(heard).flatMap(([end, lines]) =>
        inOrderOfObjects(lines).map(line => `  ${end}: ${line.join(' ')}`),
      ),
    ])
    .join('\n')
}

/** Each object's own order is compared; which of two objects is heard first is not. */
function inOrderOfObjects(lines: readonly Line[]): Line[] {
  return [...lines].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
}
