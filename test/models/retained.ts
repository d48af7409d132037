// Objects that a run should have let go of.

import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

export class Retained {
  readonly #references: WeakRef<object>[] = []

  add(object: object): void {
    this.#references.push(new WeakRef(object))
  }

  /** How many are still reachable, once what the last turns held has gone. */
  async count(): Promise<number> {
    for (let round = 0; round < 4; round++) {
      await new Promise(resolve => setImmediate(resolve))
      collect()
    }
    return this.#references.filter(reference => reference.deref() !== undefined).length
  }
}
