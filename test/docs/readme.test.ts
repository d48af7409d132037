// README.md's programs run as they stand there, on this Node.

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
const programs = [...readFileSync(join(root, 'README.md'), 'utf8').matchAll(/```js\n([\s\S]*?)```/g)].map(
  match => match[1] ?? '',
)

/** Files that an example names beside itself. */
const beside = {
  'express-app.mjs':
    "import express from 'express'\nexpress().get('/', (_, response) => response.send('hello')).listen(80)\n",
}

/** What is printed behind an example, to see that it did what it says. */
const proofs: Readonly<
  Record<string, { readonly code: string; readonly printed: string; readonly command?: readonly string[] }>
> = {
  'plainwire/host': { code: '', printed: 'hello' },
  'plainwire/dns-server': { code: 'console.log(port > 0, server.address())', printed: 'true undefined' },
  'plainwire/sim': {
    code: 'console.log(response.statusCode)\nnet.close()',
    printed: '200',
    command: [join(root, 'dist/src/cli/main.js'), 'run'],
  },
}

describe('README.md', () => {
  before(() => {
    mkdirSync(folder, { recursive: true })
    for (const [name, source] of Object.entries(beside)) writeFileSync(join(folder, name), source)
  })
  after(() => rmSync(folder, { recursive: true }))

  for (const [index, program] of programs.entries()) {
    const title = /from '(plainwire\/[^']+)'/g.exec(program)?.[1]
    it(`has a program that can be parsed: ${index} ${title ?? ''}`, async () => {
      const file = join(folder, `parsed-${index}.mjs`)
      writeFileSync(file, program)
      await promisify(execFile)(process.execPath, ['--check', file], { timeout: 20_000 })
    })
  }

  for (const [module, { code, printed, command = [] }] of Object.entries(proofs)) {
    it(`has a program that runs: ${module}`, async () => {
      const program = programs.find(one => one.includes(`'${module}'`))
      assert.ok(program, `a program with ${module}`)
      const file = join(folder, `${module.replaceAll('/', '-')}.mjs`)
      writeFileSync(file, `${program}\n${code}\n`)
      const { stdout } = await promisify(execFile)(process.execPath, [...command, file], {
        cwd: folder,
        timeout: 60_000,
      })
      assert.equal(stdout.trim(), printed)
    })
  }
})
