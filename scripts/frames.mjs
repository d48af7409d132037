// Names the frames of Node's modules as Node does, after the compiler: `node:net/socket.js:12:3` in a stack is line 12 of
// dist/src/net/socket/socket.js. Node, editors and test runners know by `node:` which frames are not the program's own: they print
// them grey or leave them out. Under --enable-source-maps frames are lines of src/, as before.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const compiled = join(dirname(fileURLToPath(import.meta.url)), '..', 'dist', 'src')
const modules = ['dgram', 'dns', 'http', 'http2', 'https', 'net', 'querystring', 'tls', 'url']
const shared = ['core', 'crypto', 'dns-server', 'host']
const mapping = '//# sourceMappingURL='

for (const folder of modules) nameFrames(folder, `node:${folder}`)
for (const folder of shared) nameFrames(folder, `node:internal/plainwire/${folder}`)

/** In every compiled file below the folder, unless it stands there already: the compiler writes only what has changed. */
function nameFrames(folder, name) {
  for (const entry of readdirSync(join(compiled, folder), { recursive: true })) {
    const file = String(entry).replaceAll('\\', '/')
    if (!file.endsWith('.js')) continue
    const path = join(compiled, folder, file)
    const text = readFileSync(path, 'utf8')
    const end = text.lastIndexOf(mapping)
    const sourceUrl = `//# sourceURL=${name}/${file}\n`
    if (end < 0 || text.endsWith(sourceUrl, end)) continue
    writeFileSync(path, text.slice(0, end) + sourceUrl + text.slice(end))
  }
}
