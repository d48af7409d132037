// The three meters as tests: nothing is missing but what exceptions.ts names.

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import dns from 'node:dns'
import http2 from 'node:http2'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { exceptions } from './exceptions.ts'
import { type MeteredModule, meteredModules, moduleNames } from './meter.ts'
import { noInventory, readSeeds } from './seeds/seeds.ts'
import { factsOf, readShape } from './shape.ts'

it('fits the types of @types/node, as a program compiles that has not asked for exactOptionalPropertyTypes', () => {
  const root = fileURLToPath(new URL('../../../', import.meta.url))
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc')
  const { stdout, status } = spawnSync(process.execPath, [tsc, '-p', 'test/parity/types'], {
    cwd: root,
    encoding: 'utf8',
  })
  assert.equal(status, 0, stdout)
})

it('goes with Node where @types/node is mistaken', () => {
  assert.ok(!('HTTP_STATUS_UNORDERED_COLLECTION' in http2.constants))
  const before = dns.getDefaultResultOrder()
  dns.setDefaultResultOrder('ipv6first')
  assert.equal(String(dns.promises.getDefaultResultOrder()), 'ipv6first')
  dns.setDefaultResultOrder(before)
})

for (const name of moduleNames) {
  const { ours, builtIn, seeds, types }: MeteredModule = meteredModules[name]

  describe(`parity of ${name}`, () => {
    it('has the exports that the types name', () => {
      for (const one of Object.keys(types)) {
        assert.ok(one in ours, `${one} is missing`)
      }
    })

    it('has the shape of the module of the runtime', () => {
      assert.deepEqual(readShape(ours, builtIn, exceptions.shape[name]).missing, [])
    })

    it('has a test for every entry of the inventory', {
      skip: noInventory ?? (seeds === undefined && 'no tests are named yet'),
    }, () => {
      if (seeds === undefined) return
      assert.deepEqual(readSeeds(name, ours, builtIn, seeds, exceptions.seeds[name]).missing, [])
    })
  })
}

it('sees what is missing, of another kind, of another length or value', () => {
  class Theirs {
    method(_a: unknown, _b: unknown) {}
    get accessor() {
      return 1
    }
    inherited() {}
  }
  Object.assign(Theirs, { [Symbol.for('public')]: 1, [Symbol('private')]: 1 })
  class Parent {
    inherited() {}
  }
  class Ours extends Parent {
    method(_a: unknown) {}
  }
  const theirs = { Class: Theirs, constants: { A: 1, B: 2 }, isIt: () => true, default: 1 }
  const ours = { Class: Ours, constants: { A: 1, B: 3 }, isIt: 1 }
  const { of, missing } = readShape(ours, theirs, { 'Class.[public]': 'an exception' })
  assert.equal(of, factsOf(theirs).size)
  assert.deepEqual(missing, [
    'Class#method: takes 1 arguments in place of 2',
    'Class#accessor: missing',
    'constants.B: is 3 in place of 2',
    'isIt: number in place of function',
  ])
})
