// Each entry of the project's inventory that names something of http is there, by its kind. The inventory is not part of
// the project: in `PLAINWIRE_SHARED`, or in `shared` beside it.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { it, type TestContext } from 'node:test'
import http from '../../src/http/index.ts'
import { serve } from './raw.ts'

const shared = process.env['PLAINWIRE_SHARED'] ?? join(import.meta.dirname, '..', '..', '..', '..', 'shared')
const file = join(shared, 'spec', 'inventory.json')
const skip = existsSync(file) ? false : `no inventory in ${shared}: set PLAINWIRE_SHARED`

interface Entry {
  readonly id: string
  readonly module: string
  readonly owner: string | null
  readonly kind: string
  readonly name: string
}

/** One of each class, alive. */
async function specimens(t: TestContext): Promise<Record<string, object>> {
  const { server, port } = await serve(t, () => {})
  const agent = new http.Agent()
  const request = http.get({ port, host: '127.0.0.1', agent })
  request.on('error', () => {})
  t.after(() => request.destroy())
  const [incoming, response] = await once(server, 'request')
  return { Server: server, Agent: agent, ClientRequest: request, IncomingMessage: incoming, ServerResponse: response }
}

it('has what the inventory names', { skip }, async t => {
  const entries = (JSON.parse(readFileSync(file, 'utf8')) as Entry[]).filter(({ module }) => module === 'http')
  const objects = await specimens(t)
  const missing: string[] = []
  for (const { id, owner, kind, name } of entries) {
    if (name.includes('.') || name.includes(':') || name.startsWith('HPE_') || id.includes('cli.')) continue
    const target: object | undefined = owner === null ? http : objects[owner]
    if (!['method', 'property', 'function', 'class', 'constant'].includes(kind) || target === undefined) continue
    // A limit that is not there until a program sets it.
    if (name !== 'maxConnections' && !(name in target)) missing.push(id)
  }
  assert.deepEqual(missing, [])
  assert.ok(entries.length > 150)
})
