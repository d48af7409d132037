// The whole matrix, by hand: `npm run throws -- [family ...] [--mode=last|first] [--occurrences=N] [--short] [--whole]`.

import { parseArgs } from 'node:util'
import { Comparison, everything } from './compare.ts'
import { families } from './scenarios/index.ts'
import type { ThrowMode } from './scene.ts'
import { sideBySide } from './side-by-side.ts'

const { values, positionals } = parseArgs({
  options: {
    mode: { type: 'string', multiple: true },
    occurrences: { type: 'string', default: '3' },
    whole: { type: 'boolean' },
    short: { type: 'boolean' },
  },
  allowPositionals: true,
})
const extent = {
  modes: (values.mode as ThrowMode[] | undefined) ?? everything.modes,
  occurrences: Number(values.occurrences),
  repeats: !values.short,
  oneOf: 1,
}
const comparison = new Comparison()
let failed = false
for (const family of positionals.length > 0 ? positionals : Object.keys(families)) {
  const start = performance.now()
  const { cells, findings } = await comparison.family(family, extent)
  for (const { scenario, cell, ours, nodes } of findings) {
    console.log(`\n=== ${scenario} | ${cell === undefined ? 'no throw' : `${cell.key} (${cell.mode})`}`)
    const lines = sideBySide(nodes, ours)
    console.log((values.whole ? lines : lines.filter(line => /^[-+]|^ {2}\S/.test(line))).join('\n'))
  }
  failed ||= findings.length > 0
  console.log(`${family}: ${cells} cells, ${findings.length} differ, ${Math.round(performance.now() - start)} ms`)
}
comparison.close()
process.exitCode = failed ? 1 : 0
