// Finds packages from the folder that they are installed in.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

/** What stands in the folder: `import` looks for packages from the file that it is in. */
export function writeLoader(folder) {
  writeFileSync(join(folder, 'load.mjs'), 'export const load = name => import(name)\n')
  writeFileSync(join(folder, 'entry.cjs'), 'module.exports = 1\n')
}

export const loadFrom = folder => async name => {
  const { load } = await import(pathToFileURL(join(folder, 'load.mjs')).href)
  return load(name)
}
