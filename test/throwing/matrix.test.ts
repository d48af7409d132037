// Every event and every callback of every module, thrown from once in a process that handles 'uncaughtException': what goes on
// and what is freed is as with the runtime's own modules, or as if nothing had been thrown.
//
// The cells are found by listening: a scenario runs once untouched, and then once for each event and callback heard in it. Here
// one of twelve is thrown from, where a family of scenarios hears it first; `npm run throws` throws wherever it is heard.

import { deepEqual, ok } from 'node:assert'
import { after, describe, it } from 'node:test'
import { Comparison, type Extent } from './compare.ts'
import { documentedEvents, noInventory, notThrownFrom } from './documented.ts'
import { families } from './scenarios/index.ts'
import { sideBySide } from './side-by-side.ts'

const short: Extent = { modes: ['last'], occurrences: 1, repeats: false, oneOf: 12 }

describe('what an exception in a listener or a callback leaves undone is as in Node', () => {
  const comparison = new Comparison()
  after(() => comparison.close())
  const thrownFrom = new Set<string>()
  for (const family of Object.keys(families)) {
    it(family, async () => {
      const { cells, events, findings } = await comparison.family(family, short)
      for (const event of events) thrownFrom.add(event)
      ok(cells > 0)
      ok(
        findings.length === 0,
        findings
          .map(({ scenario, cell, ours, nodes }) => {
            const where = cell === undefined ? 'with no exception' : `after an exception in ${cell.key}`
            return `${scenario}, ${where}: (- Node's, + ours)\n${sideBySide(nodes, ours).join('\n')}`
          })
          .join('\n\n'),
      )
    })
  }

  it('every documented event is among those thrown from, or has its reason', { skip: noInventory }, () => {
    const missing = documentedEvents().filter(event => !thrownFrom.has(event))
    deepEqual(missing.sort(), Object.keys(notThrownFrom).sort())
  })
})
