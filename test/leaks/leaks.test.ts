// Each way to fail, many times: no descriptor, no handle and nothing on the heap stays. 10,000 times each, beside
// the runtime's own modules: `npm run leaks`.

import { equal, ok } from 'node:assert'
import { it } from 'node:test'
import { bytesAllowedPerRound } from './limits.ts'
import { measureIn } from './run.ts'
import { ways } from './ways/index.ts'

const ROUNDS = 24
const WARM_UP_ROUNDS = 8

it('no way to fail leaves anything behind', async t => {
  const measured = new Set<string>()
  for await (const leaks of measureIn('ours', Object.keys(ways), ROUNDS, WARM_UP_ROUNDS)) {
    measured.add(leaks.name)
    await t.test(leaks.name, () => {
      ok(leaks.descriptors <= 0, `${leaks.descriptors} descriptors`)
      ok(leaks.handles <= 0, `${leaks.handles} handles`)
      ok(leaks.heapBytesPerRound < bytesAllowedPerRound(ROUNDS), `${leaks.heapBytesPerRound} bytes of heap a round`)
    })
  }
  equal(measured.size, Object.keys(ways).length)
})
