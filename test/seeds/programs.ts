// The programs in the seed documents, word for word: a server and two clients each, in fenced blocks beneath their names.
// The documents are no part of the project: they lie in PLAINWIRE_SHARED, or in `../shared` beside the project's folder.

import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { makeCertificate } from '../tls/certificates.ts'

const root = fileURLToPath(new URL('../../../', import.meta.url))
const shared = process.env['PLAINWIRE_SHARED'] ?? join(root, '..', 'shared')
const folder = join(shared, 'seeds')

/** Why there are no documents here; undefined: there are. */
export const noSeeds = existsSync(folder)
  ? undefined
  : `no seed documents at ${folder}: name theirs in PLAINWIRE_SHARED`

/** By chapter (`6. http`) and example (`HTTP GET`), the source of each file. */
export type SeedPrograms = Map<string, Map<string, string>>

export function readPrograms(): SeedPrograms {
  const programs: SeedPrograms = new Map()
  for (const name of readdirSync(folder).sort()) readDocument(readFileSync(join(folder, name), 'utf8'), programs)
  return programs
}

function readDocument(text: string, programs: SeedPrograms): void {
  const lines = text.split('\n')
  let headings: string[] = []
  for (let i = 0; i < lines.length; i++) {
    const [, marks, title] = /^(#+) (.*)/.exec(lines[i] as string) ?? []
    if (marks !== undefined) headings = [...headings.slice(0, marks.length - 1), title as string]
    const [file] = /^\w+\.js$/.exec((lines[i] as string).trim()) ?? []
    if (file === undefined) continue
    const start = lines.indexOf('```js', i)
    const end = lines.indexOf('```', start)
    const title2 = headings.at(-1) as string
    const files = programs.get(title2) ?? new Map<string, string>()
    programs.set(title2, files.set(file, lines.slice(start + 1, end).join('\n')))
    i = end
  }
}

/** Writes one example where its own paths lead: `../common.js` beside it, `../../keys` above it. @returns its folder */
export function writeProgram(
  top: string,
  files: ReadonlyMap<string, string>,
  change: (source: string) => string,
): string {
  const own = join(top, 'examples', 'program')
  mkdirSync(own, { recursive: true })
  mkdirSync(join(top, 'keys'), { recursive: true })
  writeFileSync(join(top, 'package.json'), '{ "type": "module" }')
  writeFileSync(join(top, 'examples', 'common.js'), common)
  const { key, cert } = makeCertificate({ name: 'localhost', altNames: ['DNS:localhost'], keyType: 'rsa' })
  writeFileSync(join(top, 'keys', 'server_rsa_private_key.pem'), key)
  writeFileSync(join(top, 'keys', 'server_cert.pem'), cert)
  for (const [name, source] of files) writeFileSync(join(own, name), change(source))
  return own
}

/** What the documents import and do not show. */
const common = `export const getUrlParams = (name, url) => new URL(url, 'http://localhost').searchParams.get(name)\n`
