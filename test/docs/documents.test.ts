// What the documents name exists: files behind links and in backquotes, commands of package.json, the numbers in names of tests.

import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../../', import.meta.url))
const read = (file: string) => readFileSync(join(root, file), 'utf8')
const documents = [
  ...readdirSync(root).filter(name => name.endsWith('.md')),
  ...filesBelow('docs', '.md'),
  ...filesBelow('test', '.md'),
  'bench/README.md',
]

const allSources = ['src', 'test', 'bench', 'types'].flatMap(folder => filesBelow(folder, 'ts')).map(file => `/${file}`)

describe('documents', () => {
  for (const document of documents) {
    const text = read(document)
    // Without what stands in fences: that is programs, and what they print.
    const prose = text.replace(/^```[\s\S]*?^```/gm, '')

    it(`link to what exists: ${document}`, () => {
      const missing = [...prose.matchAll(/\]\(([^)\s]+)\)/g)]
        .map(match => match[1] ?? '')
        .filter(target => !/^[a-z]+:/.test(target))
        .filter(target => !isThere(document, target))
      assert.deepEqual(missing, [])
    })

    it(`name files and commands that exist: ${document}`, () => {
      // Notes on other packages name these packages' files.
      const files = document.startsWith('test/')
        ? []
        : [...prose.matchAll(/`((?:src|test|docs|bench|scripts|examples|types)\/[\w./-]*)`/g)].map(
            match => match[1] ?? '',
          )
      const missing = files.filter(file => !existsSync(join(root, file)))
      assert.deepEqual(missing, [])

      const sources = [...prose.matchAll(/`([\w/-]+\.c?ts)`/g)].map(match => match[1] ?? '')
      assert.deepEqual(
        document.startsWith('test/')
          ? []
          : sources.filter(source => !allSources.some(one => one.endsWith(`/${source}`))),
        [],
      )

      const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> }
      const commands = [...text.matchAll(/npm run ([\w:]+)/g)].map(match => match[1] ?? '')
      assert.deepEqual(
        commands.filter(command => !(command in scripts)),
        [],
      )
    })
  }
})

it('explains each number in the name of a test, once, in test/parity/behaviours.md', () => {
  const explained = [...read('test/parity/behaviours.md').matchAll(/^- \*\*([A-Z0-9]+-\d+)\*\* \S/gm)].map(
    match => match[1] ?? '',
  )
  assert.equal(new Set(explained).size, explained.length)
  const families = [...new Set(explained.map(id => id.split('-')[0]))].join('|')
  const named = filesBelow('test', '.test.ts').flatMap(file =>
    [...read(file).matchAll(new RegExp(`\\b(?:${families})-\\d+\\b`, 'g'))].map(match => match[0]),
  )
  assert.ok(named.length > 50, 'tests bear numbers')
  assert.deepEqual(
    [...new Set(named)].filter(id => !explained.includes(id)),
    [],
  )
})

function isThere(document: string, target: string): boolean {
  const [path = '', anchor] = target.split('#')
  const file = path === '' ? document : relative(root, join(root, dirname(document), path))
  if (!existsSync(join(root, file))) return false
  if (anchor === undefined || !file.endsWith('.md')) return true
  const headings = [...read(file).matchAll(/^#+ (.*)$/gm)].map(match => match[1] ?? '')
  return headings.some(heading => anchorOf(heading) === anchor)
}

/** As the usual renderers make it. */
function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\- _]/gu, '')
    .replaceAll(' ', '-')
}

function filesBelow(folder: string, ending: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith(ending) && !name.includes('node_modules'))
    .map(name => join(folder, name))
}
