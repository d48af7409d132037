// Measures ways to fail in a process of its own: `node --expose-gc child.js ours|Node's ROUNDS WARM-UP [WAY ...]`, a line of
// JSON for each.

import { type Implementation, loadModules } from '../support/implementations.ts'
import { measure } from './measure.ts'
import { ways } from './ways/index.ts'

const [implementation, rounds, warmUp, ...names] = process.argv.slice(2)
const modules = await loadModules(implementation as Implementation)
// What a round waits for may not keep the process alive: an agent's idle sockets do not.
const alive = setInterval(() => {}, 60_000)
for (const name of names) {
  const prepare = ways[name]
  if (prepare === undefined) throw new Error(`no way to fail: ${name}`)
  console.log(JSON.stringify({ name, ...(await measure(prepare, modules, Number(rounds), Number(warmUp))) }))
}
clearInterval(alive)
