// Under the redirection the classes of `url` and the globals of the same names are one and the same, and what the runtime
// does with a URL it does with ours. Each program runs with and without the redirection.

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { registerFile } from '../../src/cli/run.ts'

let folder: string
before(() => {
  folder = mkdtempSync(join(tmpdir(), 'plainwire-globals-'))
  writeFileSync(join(folder, 'data.mjs'), 'export default 5')
  writeFileSync(join(folder, 'data.cjs'), 'module.exports = 6')
  writeFileSync(join(folder, 'data.json'), '7')
  writeFileSync(join(folder, '.env'), 'PLAINWIRE_TEST=8')
  writeFileSync(
    join(folder, 'runtime-classes.cjs'),
    'globalThis.runtimeClasses = [URL, URLSearchParams, new Response("")]',
  )
})
after(() => rmSync(folder, { recursive: true }))

/** @returns what the program prints, line by line; it may print nothing to standard error */
function run(program: string, flags: readonly string[]): string[] {
  const file = join(folder, 'program.mjs')
  writeFileSync(file, program)
  const options = { encoding: 'utf8', cwd: folder } as const
  const { stdout, stderr, status } = spawnSync(process.execPath, ['--no-warnings', ...flags, file], options)
  assert.equal(stderr, '')
  assert.equal(status, 0)
  return stdout.trim().split('\n')
}

function runRedirected(program: string, ...flags: string[]): string[] {
  return run(program, [...flags, '--require', registerFile])
}

describe('the classes of url and the globals', () => {
  it('are one and the same', () => {
    const program = `
      import url, { URL as named } from 'node:url'
      console.log(URL === url.URL, URL === named, URLSearchParams === url.URLSearchParams, URLPattern === url.URLPattern)`
    assert.deepEqual(runRedirected(program), ['true true true true'])
  })

  it('are one and the same in worker threads', () => {
    const program = `
      import { isMainThread, Worker } from 'node:worker_threads'
      import url from 'node:url'
      if (isMainThread) new Worker(new URL(import.meta.url))
      else console.log(URL === url.URL)`
    assert.deepEqual(runRedirected(program), ['true'])
  })

  it('make objects that are equal, and instances of each other', () => {
    const program = `
      import { isDeepStrictEqual } from 'node:util'
      import url from 'node:url'
      const made = url.pathToFileURL('/x')
      console.log(made instanceof URL, new URL('file:///x') instanceof url.URL, isDeepStrictEqual(made, new URL('file:///x')),
        made.searchParams instanceof URLSearchParams, url.format(new URL('http://h/?a#b'), { fragment: false }))`
    assert.deepEqual(runRedirected(program), run(program, []))
  })

  it('are data properties, as the runtime has them, and may be replaced', () => {
    const program = `
      import url from 'node:url'
      const before = Object.getOwnPropertyDescriptor(globalThis, 'URLSearchParams')
      globalThis.URL = 'mine'
      console.log(globalThis.URL, typeof url.URL, typeof new url.URL('http://h').searchParams,
        ...Object.values(Object.getOwnPropertyDescriptor(globalThis, 'URLSearchParams')).map(String).slice(1))`
    assert.deepEqual(runRedirected(program), run(program, []))
  })

  it('stay replaced where a program replaced them before it loaded url', () => {
    const program = `
      const accessor = Object.getOwnPropertyDescriptor(globalThis, 'URLSearchParams')
      globalThis.URL = 'mine'
      const url = await import('node:url')
      Object.defineProperty(globalThis, 'URLSearchParams', accessor)
      console.log(globalThis.URL, typeof url.URL, URLSearchParams === url.URLSearchParams, new URLSearchParams('a=1').size)`
    assert.deepEqual(runRedirected(program), run(program, []))
  })

  it('relate to the classes of the runtime by instanceof, for code that captured those earlier', () => {
    const program = `
      const [RuntimeURL, RuntimeParams] = globalThis.runtimeClasses
      class Derived extends URL {}
      const ours = new URL('http://h/?a=1'), theirs = new RuntimeURL('http://h')
      console.log(RuntimeURL === URL, theirs instanceof URL, ours instanceof RuntimeURL, new URLSearchParams() instanceof RuntimeParams,
        theirs instanceof Derived, ours instanceof Derived, new Derived('http://h') instanceof Derived, {} instanceof URL)
      console.log(new Response(new URLSearchParams('a=1')).headers.get('content-type'))`
    assert.deepEqual(runRedirected(program, '--require', join(folder, 'runtime-classes.cjs')), [
      'false true true true false false true false',
      'application/x-www-form-urlencoded;charset=UTF-8',
    ])
  })
})

/** An expression for each place where the runtime takes a URL; `here(name)` is the URL of a file in the folder. */
const uses: Readonly<Record<string, string>> = {
  'fs.readFileSync': `fs.readFileSync(here('data.json'), 'utf8')`,
  'fs.readFile': `await new Promise(done => fs.readFile(here('data.json'), 'utf8', (error, text) => done(text)))`,
  'fs.promises.readFile': `await fs.promises.readFile(here('data.json'), 'utf8')`,
  'fs.promises.open': `await fs.promises.open(here('data.json')).then(file => file.readFile('utf8').finally(() => file.close()))`,
  'fs.createReadStream': `String((await fs.createReadStream(here('data.json')).toArray())[0])`,
  'fs.createWriteStream': `await new Promise(done => fs.createWriteStream(here('written')).end('x', done)) ?? fs.readFileSync(here('written'), 'utf8')`,
  'fs.existsSync': `[fs.existsSync(here('data.json')), fs.existsSync(here('nothing'))]`,
  'fs.statSync': `fs.statSync(here('data.json')).size`,
  'fs.readdirSync': `fs.readdirSync(here('.')).includes('data.json')`,
  'fs.opendirSync': `(directory => directory.closeSync() ?? directory.path.length > 0)(fs.opendirSync(here('.')))`,
  'fs.cpSync': `fs.cpSync(here('data.json'), here('copy.json')) ?? fs.readFileSync(here('copy.json'), 'utf8')`,
  'fs.renameSync': `fs.renameSync(here('copy.json'), here('moved.json')) ?? fs.existsSync(here('moved.json'))`,
  'fs.rmSync': `fs.rmSync(here('moved.json')) ?? fs.existsSync(here('moved.json'))`,
  'fs.mkdtempSync': `fs.rmdirSync(fs.mkdtempSync(here('made-'))) ?? 'made'`,
  'fs.watch': `fs.watch(here('.')).close() ?? 'watched'`,
  'fs.openAsBlob': `await (await fs.openAsBlob(here('data.json'))).text()`,
  'fs with a URL that names no file': `attempt(() => fs.readFileSync(new URL('http://h/')))`,
  'import()': `(await import(here('data.mjs'))).default`,
  'import.meta.resolve': `import.meta.resolve(here('data.mjs')).endsWith('/data.mjs')`,
  'module.createRequire': `module.createRequire(here('x.cjs'))('./data.cjs')`,
  'module.findPackageJSON': `module.findPackageJSON?.('..', here('x/y.cjs'))`,
  'process.loadEnvFile': `process.loadEnvFile(here('.env')) ?? process.env.PLAINWIRE_TEST`,
  'child_process cwd': `child.execFileSync(process.execPath, ['-p', '1+1'], { cwd: here('.'), encoding: 'utf8' })`,
  'child_process.fork': `await new Promise(done => child.fork(here('data.cjs'), { cwd: here('.') }).on('exit', done))`,
  'new Worker': `await new Promise(done => new Worker(here('data.cjs')).on('exit', done))`,
  'new Worker of a data: URL': `await new Promise(done => new Worker(new URL('data:text/javascript,process.exit(9)')).on('exit', done))`,
  fetch: `await (await fetch(new URL('data:text/plain,text'))).text()`,
  'fetch of no URL': `await fetch('no url').catch(error => [error.message, error.cause.code])`,
  'new Request': `new Request(new URL('http://h/é?é')).url`,
  'a body of search parameters': `await new Request('http://h', { method: 'POST', body: new URLSearchParams('a=1') }).formData().then(form => form.get('a'))`,
  'the type of such a body': `new Response(new URLSearchParams('a=1')).headers.get('content-type')`,
  'Response.redirect': `Response.redirect(new URL('http://h/x')).headers.get('location')`,
  'new WebSocket': `attempt(() => new WebSocket(new URL('ftp://h')).readyState)`,
  'a blob: URL': `await (await fetch(URL.createObjectURL(new Blob(['blob'])))).text()`,
  resolveObjectURL: `await buffer.resolveObjectURL(URL.createObjectURL(new Blob(['x']))).text()`,
  'util.inspect': `util.inspect(new URL('http://h/?a=1'))`,
  'assert.deepEqual of URLs that differ': `attempt(() => assert.deepStrictEqual(new URL('http://a'), new URL('http://b')))?.slice(0, 20)`,
  'JSON.stringify': `JSON.stringify({ url: new URL('http://h') })`,
  'node:sqlite': `sqlite && new sqlite.DatabaseSync(here('base.db')).close() === undefined`,
}

it('the runtime takes a URL of ours wherever it takes one of its own', () => {
  const program = `
    import assert from 'node:assert'
    import buffer from 'node:buffer'
    import child from 'node:child_process'
    import fs from 'node:fs'
    import module from 'node:module'
    import util from 'node:util'
    import { Worker } from 'node:worker_threads'
    const here = name => new URL(name, import.meta.url)
    const sqlite = process.getBuiltinModule('node:sqlite')
    function attempt(action) {
      try {
        return action()
      } catch (error) {
        return error.message
      }
    }
    ${Object.entries(uses)
      .map(([name, use]) => `console.log(JSON.stringify([${JSON.stringify(name)}, ${use}]))`)
      .join('\n')}`
  const flags = ['--experimental-websocket']
  const theirs = run(program, flags)
  assert.equal(theirs.length, Object.keys(uses).length)
  assert.deepEqual(runRedirected(program, ...flags), theirs)
})
