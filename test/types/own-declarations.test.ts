// The declarations of types/own/, which programs get where there is no @types/node, say what the implementation does: each
// module is assignable to its own, and each name that @types/node gives its module is declared there too.

import assert from 'node:assert/strict'
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { compile, root, type World } from './worlds.ts'

/** Each with the compiled file that it declares. */
const modules = {
  dgram: 'dgram/index',
  dns: 'dns/index',
  'dns/promises': 'dns/promises',
  http: 'http/index',
  http2: 'http2/index',
  https: 'https/index',
  net: 'net/index',
  querystring: 'querystring/index',
  tls: 'tls/index',
  url: 'url/index',
}

const typesNode = join(root, 'node_modules', '@types')

const world: World = {
  name: 'own declarations on the streams of Node',
  typeRoot: typesNode,
  options: {
    strict: true,
    skipLibCheck: true,
    noEmit: true,
    module: 'nodenext',
    target: 'es2022',
    lib: ['es2023', 'esnext.disposable'],
  },
  kinds: ['ES module'],
}

describe('own declarations', () => {
  it('fit the implementation, export by export', () => {
    const folder = mkdtempSync(join(root, 'dist', 'own-declarations-'))
    try {
      cpSync(join(root, 'types', 'own'), folder, { recursive: true })
      cpSync(join(root, 'test', 'types', 'node-base'), folder, { recursive: true })
      const files = Object.entries(modules).map(([name, file]) => {
        const path = join(folder, `fits-${name.replace('/', '-')}.ts`)
        writeFileSync(path, fitting(name, file))
        return path
      })
      assert.equal(compile(world, files), '')
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  for (const name of Object.keys(modules)) {
    it(`have every name that @types/node has for ${name}`, () => {
      const folder = mkdtempSync(join(root, 'dist', 'own-names-'))
      try {
        const path = join(folder, 'names.ts')
        const uses = namesOf(name).map(one => `import type { ${one} as _${one} } from '../../types/own/${name}.js'`)
        assert.ok(uses.length > 1)
        writeFileSync(path, `${uses.join('\n')}\n`)
        assert.equal(compile({ ...world, typeRoot: undefined }, [path]), '')
      } finally {
        rmSync(folder, { recursive: true })
      }
    })
  }
})

function fitting(name: string, file: string): string {
  return [
    `import * as ours from '../src/${file}.js'`,
    `import type * as Own from './${name}.js'`,
    'export const fits: typeof Own = ours',
    '',
  ].join('\n')
}

/** What the module of @types/node exports, types too: its declarations are all exports, four spaces in. */
function namesOf(name: string): string[] {
  const source = readFileSync(join(typesNode, 'node', `${name}.d.ts`), 'utf8')
  const declaration = /^ {4}(?:export )?(?:interface|type|class|function|const|let|var|namespace) (\w+)/gm
  return [...new Set(Array.from(source.matchAll(declaration), match => match[1] as string))]
}
