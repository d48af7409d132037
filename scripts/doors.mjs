// Writes the package's doors to dist/src/doors/, after the compiler: for each entry of `exports` in package.json an ES
// module and a CommonJS one, which both give what src/register/native.cts has loaded. Whatever evaluates a door (a test
// runner's sandbox, a loader that translates files) and however often: the modules behind it are loaded once.
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join, relative } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const compiled = join(root, 'dist', 'src')
const folder = join(compiled, 'doors')
const mark = '// Written by scripts/doors.mjs.\n'

const { exports: entries } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
const { redirectedModules, replacementOf } = await import(pathToFileURL(join(compiled, 'register', 'modules.js')).href)

rmSync(folder, { recursive: true, force: true })
mkdirSync(folder, { recursive: true })
for (const entry of Object.values(entries)) {
  if (entry.node === undefined) continue
  await writeDoor(basename(entry.node.default, '.js'), relative(compiled, join(root, entry.default)))
}

/**
 * @param {string} name - of the door, without extension
 * @param {string} file - the compiled module, from dist/src
 */
async function writeDoor(name, file) {
  const names = Object.keys(await import(pathToFileURL(join(compiled, file)).href))
  const named = names.filter(one => one !== 'default')
  // A module of Node's has one object, which is the redirection's too; what the object is made of stands in the table.
  const redirected = redirectedModules.find(one => replacementOf(one).door === name && !one.startsWith('_'))
  const object =
    redirected === undefined
      ? `native.load('${file}')`
      : `native.load('register/exports.js').exportsOf('${redirected}')`
  const lines = [
    "import native from '../register/native.cjs'",
    `const { ${named.join(', ')} } = native.load('${file}')`,
    `export { ${named.join(', ')} }`,
    ...(names.includes('default') ? [`export default ${object}`] : []),
  ]
  writeFileSync(join(folder, `${name}.js`), `${mark}${lines.join('\n')}\n`)
  const required = `const native = require('../register/native.cjs')\nmodule.exports = ${object}\n`
  writeFileSync(join(folder, `${name}.cjs`), `${mark}${required}`)
}
