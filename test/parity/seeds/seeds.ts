// The seed inventory: what the documents this project grew from promise of each module, entry by entry. It is no part of
// the project: it lies in PLAINWIRE_SHARED, or in `../shared` beside the project's folder.

import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Reading } from '../meter.ts'

/** By test file, from test/: by the name of the test, the inventory's entries that it exercises. */
export type Seeds = Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>

export interface InventoryEntry {
  readonly id: string
  readonly module: string
  readonly owner: string | null
  readonly kind: string
  readonly name: string
}

const root = fileURLToPath(new URL('../../../../', import.meta.url))
const shared = process.env['PLAINWIRE_SHARED'] ?? join(root, '..', 'shared')
const inventoryFile = join(shared, 'spec', 'inventory.json')

/** Why there is no inventory here; undefined: there is one. */
export const noInventory = existsSync(inventoryFile)
  ? undefined
  : `no seed inventory at ${inventoryFile}: name its folder in PLAINWIRE_SHARED`

export function inventoryOf(module: string): InventoryEntry[] {
  const entries = JSON.parse(readFileSync(inventoryFile, 'utf8')) as InventoryEntry[]
  return entries.filter(entry => entry.module === module)
}

/** Done is an entry that exists in the module and names a test that is there. That the test passes is `npm test`'s part. */
export function readSeeds(
  module: string,
  ours: Readonly<Record<string, unknown>>,
  builtIn: Readonly<Record<string, unknown>>,
  seeds: Seeds,
  exceptions: Readonly<Record<string, string>>,
): Reading {
  const missing: string[] = []
  const exercised = new Set<string>()
  for (const [file, tests] of Object.entries(seeds)) {
    const path = join(root, 'test', file)
    const source = existsSync(path) ? readFileSync(path, 'utf8') : ''
    for (const [test, ids] of Object.entries(tests)) {
      if ([`it('${test}'`, `it("${test}"`, `test('${test}'`].some(call => source.includes(call)))
        for (const id of ids) exercised.add(id)
      else missing.push(`test/${file} has no test '${test}'`)
    }
  }
  const entries = inventoryOf(module)
  const known = new Set(entries.map(entry => entry.id))
  for (const id of exercised) if (!known.has(id)) missing.push(`${id}: not in the inventory`)
  for (const entry of entries) {
    if (entry.id in exceptions) continue
    if (!exists(entry, ours, builtIn)) missing.push(`${entry.id}: does not exist`)
    else if (!exercised.has(entry.id)) missing.push(`${entry.id}: no test exercises it`)
  }
  const excepted = entries.filter(entry => entry.id in exceptions).length
  return { of: entries.length, excepted, missing }
}

/**
 * What can be seen from outside: exports and methods. Options, events and properties show in their tests, and so do classes
 * that Node keeps to itself, as it does http2's sessions.
 */
function exists(
  { kind, name, owner }: InventoryEntry,
  ours: Readonly<Record<string, unknown>>,
  builtIn: Readonly<Record<string, unknown>>,
): boolean {
  if (!((owner ?? name) in builtIn)) return true
  if (owner === null) return !['function', 'class'].includes(kind) || typeof ours[name] === 'function'
  if (kind !== 'method') return true
  const Class = ours[owner] as { prototype: object; [key: string]: unknown } | undefined
  return Class !== undefined && (name in Class.prototype || name in Class)
}
