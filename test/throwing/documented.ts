// The documented events, by the project's inventory, and those that the matrix does not throw from. The inventory is not part of
// the project: in `PLAINWIRE_SHARED`, or in `shared` beside it.

import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const shared = process.env['PLAINWIRE_SHARED'] ?? join(import.meta.dirname, '..', '..', '..', '..', 'shared')
const file = join(shared, 'spec', 'inventory.json')

/** Why there is no inventory here; false: there is one. */
export const noInventory = existsSync(file) ? false : `no inventory in ${shared}: set PLAINWIRE_SHARED`

interface Entry {
  readonly id: string
  readonly kind: string
}

/** Such as `net.Socket#event:data`. */
export function documentedEvents(): string[] {
  const entries = JSON.parse(readFileSync(file, 'utf8')) as Entry[]
  return entries.filter(({ kind }) => kind === 'event').map(({ id }) => otherNames[id] ?? id)
}

/** Those that the inventory counts as another object's. */
const otherNames: Readonly<Record<string, string>> = {
  'http.Agent#event:socket:agentRemove': 'http.Socket#event:agentRemove',
}

/** Not thrown from, and why. */
export const notThrownFrom: Readonly<Record<string, string>> = {
  'net.Socket#event:listening': "no socket emits it: it is the server's",
  'http2.Http2Session#event:frameError':
    'only of a frame that belongs to no stream, and none of those that a program can send is refused',
}
