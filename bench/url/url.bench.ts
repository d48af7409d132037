// The cases of url.ts for `npm run bench`. There is no server: the work is done, and its CPU time counted, in the process
// that is the load generator elsewhere.

import type { SpeedCase } from '../case.ts'
import { cases, subjectNames, subjectOf } from './url.ts'

export default Object.entries(cases).map(
  ([name, make]): SpeedCase => ({
    name: `url/${name}`,
    operation: 'run of the case',
    kind: 'speed',
    measured: 'load',
    subjects: subjectNames,
    serve: async () => ({ target: null, close() {} }),
    load: async (_target, subject) => {
      const work = make(await subjectOf(subject))
      return { run: async ms => runFor(work, ms), close() {} }
    },
  }),
)

function runFor(work: () => unknown, ms: number): number {
  const end = performance.now() + ms
  let operations = 0
  while (performance.now() < end) {
    for (let i = 0; i < 20; i++) work()
    operations += 20
  }
  return operations
}
