// The programs of README.md and of the guide to the library run as they stand there, on this Node.

import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const root = fileURLToPath(new URL('../../../', import.meta.url))
/** Within the package, so that `plainwire/...` is this one. */
const folder = join(root, 'dist', 'readme')
const run = (args: readonly string[]) => promisify(execFile)(process.execPath, args, { cwd: folder, timeout: 60_000 })

/** Files that an example names beside itself. */
const beside = {
  'express-app.mjs':
    "import express from 'express'\nexpress().get('/', (_, response) => response.send('hello')).listen(80)\n",
}

interface Proof {
  /** The program is the one that imports this, the first of them. */
  readonly module: string
  /** What is run behind the program, to see that it did what the text says. */
  readonly code?: string
  readonly printed: string
  readonly command?: readonly string[]
}

const proofs: Readonly<Record<string, readonly Proof[]>> = {
  'README.md': [
    { module: 'plainwire/host', printed: 'hello' },
    {
      module: 'plainwire/sim',
      code: 'console.log(response.statusCode)\nnet.close()',
      printed: '200',
      command: [join(root, 'dist/src/cli/main.js'), 'run'],
    },
  ],
  'docs/library.md': [
    { module: 'plainwire/http', printed: 'you asked for /menu' },
    { module: 'plainwire/host', printed: 'the shop saw ::ffff:10.0.0.2' },
    { module: 'plainwire/dns-server', printed: "[ '192.0.2.1' ]" },
    { module: 'plainwire/dns-cache', printed: '127.0.0.1' },
    { module: 'plainwire/tls-engine', printed: 'runtime' },
  ],
}

before(() => {
  mkdirSync(folder, { recursive: true })
  for (const [name, source] of Object.entries(beside)) writeFileSync(join(folder, name), source)
})
after(() => rmSync(folder, { recursive: true }))

for (const [document, ofDocument] of Object.entries(proofs)) {
  describe(document, () => {
    const name = document.replace(/\W/g, '-')
    const programs = blocks(document, 'js')

    for (const [index, program] of programs.entries()) {
      it(`has a program that can be parsed: ${index}`, async () => {
        const file = join(folder, `${name}-parsed-${index}.mjs`)
        writeFileSync(file, program)
        await run(['--check', file])
      })
    }

    for (const { module, code = '', printed, command = [] } of ofDocument) {
      it(`has a program that runs: ${module}`, async () => {
        const program = programs.find(one => one.includes(`'${module}'`))
        assert.ok(program, `a program with ${module}`)
        const file = join(folder, `${name}-${module.replaceAll('/', '-')}.mjs`)
        writeFileSync(file, `${program}\n${code}\n`)
        const { stdout } = await run([...command, file])
        assert.equal(stdout.trim(), printed)
      })
    }

    for (const [index, program] of blocks(document, 'ts').entries()) {
      it(`has a program in TypeScript that compiles: ${index}`, async () => {
        const file = join(folder, `${name}-${index}.mts`)
        writeFileSync(file, program)
        const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc')
        const options = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2022', '--types', 'node']
        // Its messages are on standard output.
        await run([tsc, '--ignoreConfig', ...options, file]).catch((error: { stdout: string }) =>
          assert.fail(error.stdout),
        )
      })
    }
  })
}

function blocks(document: string, language: string): string[] {
  const text = readFileSync(join(root, document), 'utf8')
  return [...text.matchAll(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``, 'g'))].map(match => match[1] ?? '')
}
