// What `import` gives for a redirected module: a small ES module with our named exports, and as its default the very
// object that `require` gives.

import { URL } from 'node:url'
import { replacementOf } from './modules.ts'

const scheme = 'plainwire-register:'

/** A URL that only `facadeSource` reads. */
export function facadeUrl(name: string): string {
  return scheme + name
}

export function facadeName(url: string): string {
  return url.slice(scheme.length)
}

export function isFacade(url: string): boolean {
  return url.startsWith(scheme)
}

/**
 * @param url - made by `facadeUrl`
 * @param namesIn - the names of a compiled file's property; asked for only where a module is a property of another
 */
export function facadeSource(url: string, names: readonly string[] | undefined): string {
  const name = facadeName(url)
  const replacement = replacementOf(name)
  if (replacement === undefined) throw new Error(`plainwire has no module ${name}`)
  const lines = [
    `import { exportsOf } from ${JSON.stringify(new URL('./exports.js', import.meta.url).href)}`,
    `const exports = exportsOf(${JSON.stringify(name)})`,
    'export default exports',
  ]
  if (names === undefined) lines.push(`export * from ${JSON.stringify(fileUrl(replacement.file))}`)
  for (const one of names ?? []) lines.push(`const _${one} = exports.${one}; export { _${one} as ${one} }`)
  return lines.join('\n')
}

/** The file and property whose keys `facadeSource` needs, if it needs any. */
export function namesNeeded(url: string): { file: string; property: string } | undefined {
  const replacement = replacementOf(facadeName(url))
  if (replacement?.property === undefined) return undefined
  return { file: fileUrl(replacement.file), property: replacement.property }
}

function fileUrl(file: string): string {
  return new URL(file, import.meta.url).href
}
