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
  /** One cell of so many is run, always the same ones; 1: all. */
  readonly oneOf: number
}

export const everything: Extent = { modes: ['last', 'first'], occurrences: 3, repeats: true, oneOf: 1 }

export interface FamilyResult {
  readonly cells: number
  /** The documented events that the whole matrix throws from, as the inventory names them: `net.Socket#event:data`. */
  readonly events: ReadonlySet<string>
  readonly findings: Finding[]
}

/** Runs cells on our modules and on Node's, in a process each. */
export class Comparison {
  readonly #ours = new Runner('ours')
  readonly #nodes = new Runner("Node's")

  async family(family: string, { modes, occurrences, repeats, oneOf }: Extent): Promise<FamilyResult> {
    const scenarios = Object.keys(families[family] ?? {})
    const plain: Run[] = scenarios.map(scenario => ({ scenario, cell: undefined }))
    const untouched = await this.#both(plain)
    const [oursPlain, nodesPlain] = untouched.map(
      outcomes => new Map(scenarios.map((name, i) => [name, outcomes[i]])),
    ) as [Map<string, Outcome>, Map<string, Outcome>]
    const seen = new Set<string>()
    const events = new Set<string>()
    const runs: Run[] = scenarios.flatMap(scenario => {
      const heardByOurs = new Set(oursPlain.get(scenario)?.occurrences.map(({ key }) => key))
      return (nodesPlain.get(scenario)?.occurrences ?? [])
        .filter(({ key }) => heardByOurs.has(key) && occurrenceOf(key) <= occurrences)
        .filter(({ key, step, classes, event }) => {
          for (const name of classes) events.add(`${moduleOf(scenario)}.${name}#event:${event}`)
          const isNew = repeats || !seen.has(`${step} ${key}`)
          seen.add(`${step} ${key}`)
          return isNew && isChosen(`${scenario} ${key}`, oneOf)
        })
        .flatMap(({ key }) => modes.map(mode => ({ scenario, cell: { key, mode } })))
    })
    const compare = (runs: readonly Run[], [ours, nodes]: readonly [Outcome[], Outcome[]]): Finding[] =>
      runs.flatMap(({ scenario, cell }, index) => {
        const nodePlain = nodesPlain.get(scenario) as Outcome
        const node = nodes[index] as Outcome
        const our = withoutOursAlone(scenario, ours[index] as Outcome, nodePlain)
        const ourPlain = withoutOursAlone(scenario, oursPlain.get(scenario) as Outcome, nodePlain)
        const isRight = hearsTheSame(our, node) || (cell !== undefined && costsNoMore(our, ourPlain, node, nodePlain))
        if (isRight && our.ended === undefined && our.left.length <= node.left.length) return []
        const finding = { scenario, cell, ours: print(our), nodes: print(node) }
        return isKnownDifference(finding) ? [] : [finding]
      })
    const first = [...compare(plain, untouched), ...compare(runs, await this.#both(runs))]
    // On a busy machine real sockets may bring apart what they otherwise bring together: a difference has to show twice.
    const findings = compare(first, await this.#both(first))
    return { cells: runs.length, events, findings }
  }

  close(): void {
    this.#ours.close()
    this.#nodes.close()
  }

  #both(runs: readonly Run[]): Promise<[Outcome[], Outcome[]]> {
    return Promise.all([this.#ours.run(runs), this.#nodes.run(runs)])
  }
}

/** A scenario's name begins with its module's. */
function moduleOf(scenario: string): string {
  return scenario.split(/[ :]/, 1)[0] as string
}

/** The same in each run, whatever the order of hearing. FNV-1a over the name, from the seed. */
function isChosen(name: string, oneOf: number): boolean {
  let hash = SEED
  for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193) >>> 0
  // Its low bits alone would follow the last letters.
  return ((hash >>> 16) ^ (hash & 0xffff)) % oneOf === 0
}

const SEED = 0x811c9dc5

function occurrenceOf(key: string): number {
  return Number(key.slice(key.lastIndexOf(' ') + 1))
}
