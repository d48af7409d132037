// The versions of @types/node that programs have, each in a folder of its own outside the repository: `npm run types -- --install`
// puts them there. PLAINWIRE_TYPES_CACHE names another folder.

import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'

export const nodeVersions = ['20', '22', '24', '26'] as const
export type NodeVersion = (typeof nodeVersions)[number]

const cache = process.env['PLAINWIRE_TYPES_CACHE'] ?? join(homedir(), '.cache', 'plainwire', 'types')

/** Where `@types/node` of a version is; undefined: it is not installed. */
export function typeRootOf(version: NodeVersion): string | undefined {
  const typeRoot = join(cache, `node-${version}`, 'node_modules', '@types')
  return existsSync(join(typeRoot, 'node', 'package.json')) ? typeRoot : undefined
}

/** The newest of its line. Asks the registry. */
export function install(version: NodeVersion): void {
  const folder = join(cache, `node-${version}`)
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n')
  const options = ['--no-audit', '--no-fund', '--no-save', '--ignore-scripts']
  const { status } = spawnSync('npm', ['install', ...options, `@types/node@${version}`], {
    cwd: folder,
    stdio: 'inherit',
  })
  if (status !== 0) throw new Error(`@types/node@${version} was not installed`)
}
