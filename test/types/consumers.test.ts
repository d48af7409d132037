// Programs that use the package compile in every world: with @types/node, whose types are then plainwire's, and without it.

import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { nodeVersions, typeRootOf } from './versions.ts'
import { compile, programsFor, root, worldsOf } from './worlds.ts'

const installed = join(root, 'node_modules', '@types')
/** The others are `npm run types`'s. */
const quick = ['nodenext', 'node16', "bundler, with the browser's types"]

describe('declarations', () => {
  for (const world of [
    ...worldsOf(undefined, 'without @types/node', quick),
    ...worldsOf(installed, 'with @types/node', quick),
  ]) {
    it(`compile strictly ${world.name}`, () => {
      assert.equal(compile(world, programsFor(world)), '')
    })
  }

  for (const version of nodeVersions) {
    const typeRoot = typeRootOf(version)
    const skip = typeRoot === undefined && `@types/node ${version} is not installed: npm run types -- --install`
    it(`compile strictly with @types/node ${version}, nodenext`, { skip }, () => {
      for (const world of worldsOf(typeRoot, version, ['nodenext']))
        assert.equal(compile(world, programsFor(world)), '')
    })
  }
})
