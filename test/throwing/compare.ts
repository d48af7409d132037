// The matrix of one family: every event and callback of its scenarios thrown from, on our modules and on Node's.

import type { Run } from './child.ts'
import { isKnownDifference, withoutOursAlone } from './differences.ts'
import { costsNoMore, hearsTheSame, print } from './judge.ts'
import { Runner } from './run.ts'
import { families } from './scenarios/index.ts'
import type { Cell, Outcome, ThrowMode } from './scene.ts'

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

export interface FamilyResult {
  readonly cells: number
  /** The objects' events and the callbacks that were thrown from. */
  readonly heard: ReadonlySet<string>
  readonly findings: Finding[]
}

/** Runs cells on our modules and on Node's, in a process each. */
export class Comparison {
  readonly #ours = new Runner('ours')
  readonly #nodes = new Runner("Node's")

  async family(family: string, { modes, occurrences, repeats }: Extent): Promise<FamilyResult> {
    const plain = Object.keys(families[family] ?? {}).map(scenario => ({ scenario, cell: undefined }))
    const [oursPlain, nodesPlain] = await this.#both(plain)
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
    const untouched = new Map(
      plain.map(({ scenario }, index) => [
        scenario,
        [oursPlain[index] as Outcome, nodesPlain[index] as Outcome] as const,
      ]),
    )
    const compare = async (runs: readonly Run[]) => {
      const [ours, nodes] = await this.#both(runs)
      return runs.flatMap(({ scenario, cell }, index): Finding[] => {
        const [oursPlain, nodesPlain] = untouched.get(scenario) as readonly [Outcome, Outcome]
        const node = nodes[index] as Outcome
        const our = withoutOursAlone(scenario, ours[index] as Outcome, nodesPlain)
        const ourPlain = withoutOursAlone(scenario, oursPlain, nodesPlain)
        const isRight = cell === undefined ? hearsTheSame(our, node) : costsNoMore(our, ourPlain, node, nodesPlain)
        if (isRight && our.ended === undefined && our.left.length <= node.left.length) return []
        return [{ scenario, cell, ours: print(our), nodes: print(node) }]
      })
    }
    // On a busy machine real sockets may bring apart what they otherwise bring together: a difference has to show twice.
    const findings = (await compare(await compare([...plain, ...runs]))).filter(finding => !isKnownDifference(finding))
    const heard = new Set(runs.map(({ cell }) => nameOf((cell as Cell).key)))
    return { cells: runs.length, heard, findings }
  }

  close(): void {
    this.#ours.close()
    this.#nodes.close()
  }

  #both(runs: readonly Run[]): Promise<[Outcome[], Outcome[]]> {
    return Promise.all([this.#ours.run(runs), this.#nodes.run(runs)])
  }
}

/** The key without its number. */
function nameOf(key: string): string {
  return key.slice(0, key.lastIndexOf(' '))
}

function occurrenceOf(key: string): number {
  return Number(key.slice(key.lastIndexOf(' ') + 1))
}
