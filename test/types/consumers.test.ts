// Programs that use the package compile in every world: with @types/node, whose types are then plainwire's, and without it.

import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { compile, programsFor, root, worldsOf } from './worlds.ts'

const installed = join(root, 'node_modules', '@types')

describe('declarations', () => {
  for (const world of [...worldsOf(undefined, 'without @types/node'), ...worldsOf(installed, 'with @types/node')]) {
    it(`compile strictly ${world.name}`, () => {
      assert.equal(compile(world, programsFor(world)), '')
    })
  }
})
