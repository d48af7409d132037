// What resolvers read of a machine's files: the search list, and the hosts file.

import assert from 'node:assert/strict'
import { it } from 'node:test'
import fc from 'fast-check'
import { namesInHostsFile } from '../../../src/dns/engine/hosts-file.ts'
import { searchNames } from '../../../src/dns/engine/search-list.ts'

it('puts the search list behind a name with few dots, before it or after it as ndots says', () => {
  const search = ['a.test', 'b.test']
  const names = (name: string, ndots: number) => searchNames(name, { search, ndots })
  assert.deepEqual(names('host', 1), ['host.a.test', 'host.b.test', 'host'])
  assert.deepEqual(names('host.sub', 1), ['host.sub', 'host.sub.a.test', 'host.sub.b.test'])
  assert.deepEqual(names('host.sub', 2), ['host.sub.a.test', 'host.sub.b.test', 'host.sub'])
  assert.deepEqual(names('host.', 5), ['host.'])
  assert.deepEqual(searchNames('host', { search: ['.'], ndots: 1 }), ['host', 'host'])
})

it('finds the names of an address in a hosts file, in any of its forms', () => {
  const file =
    '127.0.0.1\tlocalhost # comment\n#10.0.0.1 no\n10.0.0.1 one two\n::1 six\n10.0.0.1 one three\n  bad line\n'
  assert.deepEqual(namesInHostsFile(file, '10.0.0.1'), ['one', 'two', 'three'])
  assert.deepEqual(namesInHostsFile(file, '127.0.0.1'), ['localhost'])
  assert.deepEqual(namesInHostsFile(file, '0:0:0:0:0:0:0:1'), ['six'])
  assert.deepEqual(namesInHostsFile(file, '10.0.0.2'), [])
  fc.assert(fc.property(fc.string(), text => Array.isArray(namesInHostsFile(text, '10.0.0.1'))))
})
