// The matrix of one family: every event and callback of its scenarios thrown from, on our modules and on Node's.

import type { Run } from './child.ts'
import { isKnownDifference } from './differences.ts'
import { runAll } from './run.ts'
import { families } from './scenarios/index.ts'
import type { Cell, Line, Outcome, ThrowMode } from './scene.ts'

export interface Finding {
  readonly scenario: string
  /** undefined: nothing was thrown, and the two differ all the same. */
  readonly cell: Cell | undefined
  readonly ours: string
  readonly nodes: string
}

export interface Extent {
  readonly modes: readonly ThrowMode[]
  /** How many times of an event's hearing are thrown from, each in a run of its own. */
  readonly occurrences: number
  /** Whether scenarios that share steps, such as connecting, throw in each of them anew. */
  readonly repeats: boolean
}

export const everything: Extent = { modes: ['last', 'first'], occurrences: 3, repeats: true }

export async function compareFamily(family: string, { modes, occurrences, repeats }: Extent): Promise<FamilyResult> {
  const plain = Object.keys(families[family] ?? {}).map(scenario => ({ scenario, cell: undefined }))
  const [oursPlain, nodesPlain] = await both(plain)
  const seen = new Set<string>()
  const runs: Run[] = plain.flatMap(({ scenario }, index) => {
    const heardByOurs = new Set(oursPlain[index]?.occurrences.map(({ key }) => key))
    return (nodesPlain[index]?.occurrences ?? [])
      .filter(({ key, step }) => {
        const isNew = repeats || !seen.has(`${step} ${key}`)
        seen.add(`${step} ${key}`)
        return isNew && heardByOurs.has(key) && occurrenceOf(key) <= occurrences
      })
      .flatMap(({ key }) => modes.map(mode => ({ scenario, cell: { key, mode } })))
  })
  const undisturbed = new Map(plain.map(({ scenario }, index) => [scenario, print(oursPlain[index])]))
  const compare = async (runs: readonly Run[]) => {
    const [ours, nodes] = await both(runs)
    return differences(runs, ours, nodes).filter(
      finding =>
        !isKnownDifference(finding) &&
        (finding.cell === undefined || withoutTheException(finding.ours) !== undisturbed.get(finding.scenario)),
    )
  }
  // On a busy machine real sockets may bring apart what they otherwise bring together: a difference has to show twice.
  const findings = await compare(await compare([...plain, ...runs]))
  const heard = new Set(runs.map(({ cell }) => nameOf((cell as Cell).key)))
  return { cells: runs.length, heard, findings }
}

export interface FamilyResult {
  readonly cells: number
  /** The objects' events and the callbacks that were thrown from. */
  readonly heard: ReadonlySet<string>
  readonly findings: Finding[]
}

function both(runs: readonly Run[]): Promise<[Outcome[], Outcome[]]> {
  return Promise.all([runAll('ours', runs), runAll("Node's", runs)])
}

function differences(runs: readonly Run[], ours: readonly Outcome[], nodes: readonly Outcome[]): Finding[] {
  return runs.flatMap(({ scenario, cell }, index) => {
    const [our, node] = [print(ours[index]), print(nodes[index])]
    const leaks = leftOver(ours[index]) > leftOver(nodes[index])
    if (our === node && !leaks && ours[index]?.ended === undefined) return []
    if (!leaks) return [{ scenario, cell, ours: our, nodes: node }]
    return [
      { scenario, cell, ours: `${our}\nleft: ${ours[index]?.left}`, nodes: `${node}\nleft: ${nodes[index]?.left}` },
    ]
  })
}

/** What is left of an outcome when the exception was reported, once, and nothing else came of it. */
function withoutTheException(text: string): string {
  return text.replace('\n  process: uncaught the exception', '')
}

/** The key without its number. */
function nameOf(key: string): string {
  return key.slice(0, key.lastIndexOf(' '))
}

function occurrenceOf(key: string): number {
  return Number(key.slice(key.lastIndexOf(' ') + 1))
}

/** Ours may hold less than Node does: a socket whose program got an exception in place of its 'close' need not stay open. */
function leftOver(outcome: Outcome | undefined): number {
  return outcome?.left.length ?? 0
}

/** An outcome as text: what was heard at each step, by each object in its order. */
function print(outcome: Outcome | undefined): string {
  if (outcome === undefined) return 'was not run'
  if (outcome.ended !== undefined) return outcome.ended
  return Object.entries(outcome.steps)
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
