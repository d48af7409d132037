// Measures in a child process.

import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import type { Implementation } from '../support/implementations.ts'
import type { Leaks, Plan } from './measure.ts'

export interface Result extends Leaks {
  readonly name: string
}

const program = fileURLToPath(new URL('child.js', import.meta.url))

export async function* measureIn(
  implementation: Implementation,
  names: readonly string[],
  plan: Plan,
): AsyncGenerator<Result> {
  const args = ['--expose-gc', ...plan.flags, program, implementation, JSON.stringify(plan), ...names]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  const exit = once(child, 'exit')
  for await (const line of createInterface({ input: child.stdout })) yield JSON.parse(line) as Result
  const [code] = await exit
  if (code !== 0) throw new Error(`the process that measures ended with ${code}`)
}
