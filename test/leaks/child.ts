// Measures ways to fail in a process of its own: `node --expose-gc child.js ours|Node's PLAN [WAY ...]`, a line of JSON for each.

import { type Implementation, loadModules } from '../support/implementations.ts'
import { measure, type Plan } from './measure.ts'
import { ways } from './ways/index.ts'
import { leakingWays } from './ways/leaking.ts'

// Opened when they are first used, by a warning say: they count for no way.
void process.stdout
void process.stderr

const [implementation, plan, ...names] = process.argv.slice(2)
const modules = await loadModules(implementation as Implementation)
// What a round waits for may not keep the process alive: an agent's idle sockets do not.
const alive = setInterval(() => {}, 60_000)
for (const name of names) {
  const prepare = ways[name] ?? leakingWays[name]
  if (prepare === undefined) throw new Error(`no way to fail: ${name}`)
  console.log(JSON.stringify({ name, ...(await measure(prepare, modules, JSON.parse(plan as string) as Plan)) }))
}
clearInterval(alive)
