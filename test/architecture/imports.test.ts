import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'

interface Exception {
  readonly from: string
  readonly to: string
  readonly reason: string
}

interface Checker {
  checkImports(files: Map<string, string>, allowed?: readonly Exception[]): string[]
  readSources(root: string): Map<string, string>
}

// The script is no part of the build: it runs before one, too.
const script = new URL('../../../scripts/check-imports.mjs', import.meta.url)
const { checkImports, readSources } = (await import(script.href)) as Checker

/** Some sources beside the one that is asked about, so that imports find their files. */
const present: Record<string, string> = {
  'src/core/bytes.ts': '',
  'src/host/types.ts': '',
  'src/host/current.ts': '',
  'src/host/os/os-host.ts': '',
  'src/dns/index.ts': '',
  'src/dns/wire/message.ts': '',
  'src/net/index.ts': '',
  'src/net/internal.ts': '',
  'src/net/socket/socket.ts': '',
  'src/http/index.ts': '',
  'src/http/engine/parser.ts': '',
  'src/http/wire/fields.ts': '',
  'src/sim/wire/packet.ts': '',
  'src/tls/x509/certificate.ts': '',
}

function violationsOf(path: string, source: string, allowed: readonly Exception[] = []): string[] {
  return checkImports(new Map([...Object.entries(present), [path, source]]), allowed)
}

test('src/ keeps the import rules', () => {
  assert.deepEqual(checkImports(readSources(fileURLToPath(new URL('../../..', import.meta.url)))), [])
})

const forbidden: readonly [path: string, source: string, message: RegExp][] = [
  ['src/core/x.ts', "import { a } from '../net/index.ts'", /core\/ may import core, host\/types\.ts only/],
  ['src/core/x.ts', "import { a } from '../host/current.ts'", /core\/ may import/],
  ['src/core/x.ts', "import { Host } from '../host/types.ts'", /types only/],
  ['src/host/x.ts', "import type { Socket } from '../net/index.ts'", /host\/ may import host, core only/],
  ['src/net/x.ts', "import { a } from '../http/index.ts'", /net\/ may import/],
  ['src/net/x.ts', "import net from 'node:net'", /belong to the OS host/],
  ['src/net/x.ts', "const net = require('net')", /belong to the OS host/],
  ['src/http/x.ts', "import { a } from '../net/socket/socket.ts'", /index\.ts or internal\.ts/],
  ['src/http/x.ts', "import { a } from '../dns/index.ts'", /http\/ may import/],
  ['src/http/x.ts', 'const now = Date.now()', /calls Date\.now/],
  ['src/http/engine/x.ts', "import { a } from '../server.ts'", /http\/engine\/ may import/],
  ['src/http/engine/x.ts', "import { a } from '../../net/index.ts'", /http\/engine\/ may import/],
  ['src/http/engine/x.ts', "import { EventEmitter } from 'node:events'", /take from the runtime only/],
  ['src/http/engine/x.ts', "export { Duplex } from 'node:stream'", /take from the runtime only/],
  ['src/http/engine/x.ts', "import {\n  a,\n  b,\n} from 'node:timers'", /x\.ts:4 /],
  ['src/http/engine/x.ts', 'setTimeout(fn, 1)', /calls setTimeout/],
  ['src/http/wire/x.ts', "import { a } from '../engine/parser.ts'", /http\/wire\/ may import/],
  ['src/http/wire/x.ts', "await import('node:process')", /take from the runtime only/],
  ['src/sim/engine/x.ts', "import { a } from '../../dns/wire/message.ts'", /sim\/engine\/ may import/],
  ['src/elsewhere/x.ts', "import { a } from '../core/bytes.ts'", /no rule for the folder/],
  ['src/net/x.ts', "import { a } from './missing.ts'", /no such file/],
  ['src/net/x.ts', "import { a } from '../../test/x.ts'", /outside of src/],
]

test('what the rules forbid is told with its place and the rule', () => {
  for (const [path, source, message] of forbidden) {
    const violations = violationsOf(path, source)
    assert.ok(
      violations.some(violation => violation.startsWith(`${path}:`) && message.test(violation)),
      `${path}: ${source} gave ${JSON.stringify(violations)}`,
    )
  }
})

const allowed: readonly [path: string, source: string][] = [
  ['src/core/x.ts', "import type { Host } from '../host/types.ts'"],
  ['src/host/os/x.ts', "import net from 'node:net'"],
  ['src/net/x.ts', "import type net from 'node:net'\nimport { Duplex } from 'node:stream'"],
  ['src/http/x.ts', "import { a } from '../net/internal.ts'\nimport { b } from './wire/fields.ts'"],
  ['src/http/x.ts', "import { currentHost } from '../host/current.ts'\nsocket.setTimeout(1)"],
  ['src/http/engine/x.ts', "import { a } from '../wire/fields.ts'\nimport { b } from '../../core/bytes.ts'"],
  ['src/http/engine/x.ts', "// import { a } from 'node:events'\n/* setTimeout(1) */"],
  ['src/http/engine/x.ts', "this.#require('end')\nthis.require('end')"],
  ['src/tls/engine/x.ts', "import { a } from '../x509/certificate.ts'"],
  ['src/crypto/node/node-crypto.ts', "import crypto from 'node:crypto'"],
  ['src/sim/x.ts', "import { a } from '../dns/wire/message.ts'"],
  ['src/cli/x.ts', "import { a } from '../net/socket/socket.ts'\nimport net from 'node:net'"],
]

test('what the rules allow passes', () => {
  for (const [path, source] of allowed) assert.deepEqual(violationsOf(path, source), [], `${path}: ${source}`)
})

test('a circle of files is reported, whether by values or by types, and one of folders', () => {
  const files = (net: string) =>
    new Map([
      ['src/net/index.ts', net],
      ['src/dns/index.ts', "import { b } from '../net/index.ts'"],
    ])
  for (const net of ["import { a } from '../dns/index.ts'", "import type { A } from '../dns/index.ts'"]) {
    const reported = checkImports(files(net), []).filter(one => one.includes('in a circle'))
    assert.deepEqual(reported, [
      'import each other in a circle: src/dns/index.ts, src/net/index.ts',
      'folders import each other in a circle: dns, net',
    ])
  }
  const within = new Map([
    ['src/net/a.ts', "import type { B } from './b.ts'"],
    ['src/net/b.ts', "import { c } from './c.ts'"],
    ['src/net/c.ts', "export { a } from './a.ts'"],
    ['src/net/d.ts', "import { a } from './a.ts'"],
  ])
  assert.deepEqual(checkImports(within, []), [
    'import each other in a circle: src/net/a.ts, src/net/b.ts, src/net/c.ts',
  ])
})

test('two files of one name in a module are reported; in two modules they may be', () => {
  const files = new Map(['src/net/errors.ts', 'src/net/engine/errors.ts', 'src/dns/errors.ts'].map(path => [path, '']))
  assert.deepEqual(checkImports(files, []), [
    'two files of one name in a module: src/net/errors.ts, src/net/engine/errors.ts',
  ])
})

test('an exception lets one import pass; one that nobody needs is told', () => {
  const exception = { from: 'src/net/x.ts', to: 'node:net', reason: 'for the test' }
  assert.deepEqual(violationsOf('src/net/x.ts', "import net from 'node:net'", [exception]), [])
  assert.match(violationsOf('src/net/x.ts', '', [exception])[0] ?? '', /needed no more/)
})
