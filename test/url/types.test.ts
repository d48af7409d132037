// Types: our module stands where `node:url` stands. The compiler is the test; what is left out is listed with its reason.

import assert from 'node:assert/strict'
import { it } from 'node:test'
import * as ours from '../../src/url/index.ts'

type Theirs = typeof import('node:url')

it('is assignable to the type of node:url', () => {
  const module: Theirs = ours
  assert.equal(module.URL, ours.URL)
})

it('gives objects that go where the global types are asked for', () => {
  const url: URL = new ours.URL('http://a/?b=c')
  const params: URLSearchParams = new ours.URLSearchParams('b=c')
  assert.equal(url.search.slice(1), params.toString())
})
