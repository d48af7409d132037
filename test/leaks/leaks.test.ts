// Each way to fail, many times: no descriptor, no handle and nothing on the heap stays. 10,000 times each, beside
// the runtime's own modules: `npm run leaks`.

import { equal, ok } from 'node:assert'
import { it } from 'node:test'
import { shortPlan } from './limits.ts'
import { isClean } from './measure.ts'
import { measureIn } from './run.ts'
import { ways } from './ways/index.ts'
import { leakingWays } from './ways/leaking.ts'

it('no way to fail leaves anything behind', async t => {
  const measured = new Set<string>()
  for await (const leaks of measureIn('ours', Object.keys(ways), shortPlan)) {
    measured.add(leaks.name)
    await t.test(leaks.name, () => {
      const { descriptors, handles, heapBytesPerRound, rounds } = leaks
      const found = `${descriptors} descriptors, handles: [${handles}], ${heapBytesPerRound} bytes a round`
      ok(isClean(leaks, shortPlan), `${found} after ${rounds} rounds`)
    })
  }
  equal(measured.size, Object.keys(ways).length)
})

it('what stays of each round is found', async () => {
  const found = new Map<string, boolean>()
  for await (const leaks of measureIn('ours', Object.keys(leakingWays), { ...shortPlan, attempts: 1 })) {
    found.set(leaks.name, !isClean(leaks, shortPlan))
  }
  for (const name of Object.keys(leakingWays)) ok(found.get(name), name)
})
