// The long run of the models in test/models: `npm run models -- [part of a path ...] [--runs=5000] [--seed=N]`.
import { spawnSync } from 'node:child_process'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

const { values, positionals } = parseArgs({
  options: {
    runs: { type: 'string', default: '5000' },
    seed: { type: 'string', default: String(Date.now() % 2 ** 31) },
  },
  allowPositionals: true,
})
const parts = positionals.length > 0 ? positionals.map(part => join('models', part)) : ['models']
console.log(`${values.runs} sequences a model, seed ${values.seed}`)
const { status } = spawnSync(process.execPath, [join(dirname(fileURLToPath(import.meta.url)), 'test.mjs'), ...parts], {
  stdio: 'inherit',
  env: { ...process.env, MODEL_RUNS: values.runs, MODEL_SEED: values.seed },
})
process.exit(status ?? 1)
