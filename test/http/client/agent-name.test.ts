// Names of an agent's pools. In a file of its own: the last name is remembered in the process, and the first question of all is
// asked here.

import assert from 'node:assert/strict'
import nodeHttp from 'node:http'
import { it } from 'node:test'
import http from '../../../src/http/index.ts'

it('names a pool as this runtime does, whichever was named before', () => {
  const [ours, nodes] = [new http.Agent(), new nodeHttp.Agent()]
  const hosts = [null, undefined, '', 'h', 'i']
  const ports = [null, undefined, 0, 80, '80']
  const origins = hosts.flatMap(host => ports.map(port => ({ host, port })))
  // Each after each, the same one twice included.
  for (const before of origins) {
    for (const origin of origins) {
      for (const asked of [before, origin]) {
        assert.equal(ours.getName(asked), nodes.getName(asked as never), JSON.stringify({ before, asked }))
      }
    }
  }
})
