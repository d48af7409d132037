// Packages borrow an agent's methods by name (agentkeepalive takes five of https.Agent's): none of ours may need more of
// `this` than Node's own does. Node's agents are what Node's methods need, so each of ours is put on one of them.

import assert from 'node:assert/strict'
import builtInHttp from 'node:http'
import builtInHttps from 'node:https'
import { describe, it } from 'node:test'
import http from '../../src/http/index.ts'
import https from '../../src/https/index.ts'
import { fetchText, serve as serveHttp } from '../http/raw.ts'
import { authority } from '../tls/certificates.ts'
import { ask, serve } from './pair.ts'

type Methods = Record<string, unknown>

function methodsOf(...prototypes: object[]): Methods {
  const methods: Methods = {}
  for (const prototype of prototypes) {
    for (const name of Object.getOwnPropertyNames(prototype)) {
      if (name !== 'constructor') methods[name] = (prototype as Methods)[name]
    }
  }
  return methods
}

const ofHttp = methodsOf(http.Agent.prototype)
const ofHttps = methodsOf(http.Agent.prototype, https.Agent.prototype)

/** Each alone, and all of them. */
function borrowings(methods: Methods): [string, Methods][] {
  const each = Object.entries(methods).map(([name, method]): [string, Methods] => [name, { [name]: method }])
  return [...each, ['all', methods]]
}

describe("http.Agent's methods on Node's own agent", () => {
  for (const [name, methods] of borrowings(ofHttp)) {
    it(name, async t => {
      const { port } = await serveHttp(t, { keepAliveTimeout: 60_000 }, (_request, response) => response.end('x'))
      const agent = Object.assign(new builtInHttp.Agent({ keepAlive: true, maxSockets: 1 }), methods)
      t.after(() => agent.destroy())
      const options = { host: '127.0.0.1', port, agent }
      assert.equal((await fetchText(options)).body, 'x')
      await new Promise(setImmediate)
      const second = await fetchText(options)
      assert.deepEqual([second.body, second.reused], ['x', true])
      const both = await Promise.all([fetchText(options), fetchText(options)])
      assert.deepEqual(
        both.map(({ body }) => body),
        ['x', 'x'],
      )
      agent.destroy()
    })
  }
})

describe("https.Agent's methods on Node's own agent", () => {
  for (const [name, methods] of borrowings(ofHttps)) {
    it(name, async t => {
      const { port } = await serve(t, (_request, response) => response.end('x'))
      const agent = Object.assign(new builtInHttps.Agent({ keepAlive: true }), methods)
      t.after(() => agent.destroy())
      const options = { host: 'localhost', family: 4, port, ca: authority.cert, agent }
      assert.equal((await ask(options)).text, 'x')
      const second = await ask(options)
      assert.deepEqual([second.text, second.request.reusedSocket], ['x', true])
      agent.destroy()
      assert.equal((await ask(options)).text, 'x')
    })
  }
})

it('a class of its own that lends itself four of https.Agent', async t => {
  const { port } = await serve(t, (request, response) =>
    response.end(String((request.socket as unknown as { isSessionReused(): boolean }).isSessionReused())),
  )
  class Borrower extends http.Agent {
    maxCachedSessions = 10
    _sessionCache = { map: {}, list: [] }
  }
  const { createConnection, getName, _getSession, _cacheSession, _evictSession } = https.Agent.prototype
  Object.assign(Borrower.prototype, { createConnection, getName, _getSession, _cacheSession, _evictSession })
  const agent = new Borrower()
  agent.defaultPort = 443
  agent.protocol = 'https:'
  t.after(() => agent.destroy())
  const options = { host: 'localhost', family: 4, port, ca: authority.cert, agent }
  assert.equal((await ask(options)).text, 'false')
  assert.equal((await ask(options)).text, 'true')
})
