// What agents find on the stack when a request comes to them: those of the agent-base package go by it.

import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import http, { type ClientRequest } from '../../src/http/index.ts'
import https from '../../src/https/index.ts'

/** An agent that refuses each request, and keeps the stack it was asked on. */
class Watcher extends https.Agent {
  stack: string | undefined
  files: (string | null | undefined)[] = []
  override protocol = undefined as never

  override addRequest(request: ClientRequest): void {
    this.stack = new Error('asked').stack
    const { prepareStackTrace } = Error
    Error.prepareStackTrace = (_error, sites) => sites.map(site => site.getFileName())
    this.files = new Error('asked').stack as unknown as string[]
    Error.prepareStackTrace = prepareStackTrace
    request.on('error', () => {}).destroy()
  }
}

/** How agent-base, 5 to 9, tells a request of https. */
function isSecure(stack: string | undefined): boolean {
  return (stack ?? '').split('\n').some(line => line.includes('(https.js:') || line.includes('node:https:'))
}

describe('the stack of addRequest', () => {
  for (const method of ['request', 'get'] as const) {
    it(`has a frame of node:https for https.${method}`, () => {
      const agent = new Watcher()
      https[method]({ host: 'example.test', agent })
      assert.equal(isSecure(agent.stack), true)
      assert.match(agent.stack ?? '', /\n {4}at request \(node:https:1:\d+\)/)
    })

    it(`has that name for tools that ask a frame of https.${method} for its file`, () => {
      const agent = new Watcher()
      https[method]({ host: 'example.test', agent })
      assert.ok(agent.files.includes('node:https'))
    })

    it(`has no such frame for http.${method}`, () => {
      const agent = new Watcher()
      http[method]({ host: 'example.test', agent })
      assert.equal(isSecure(agent.stack), false)
      assert.equal(agent.files.includes('node:https'), false)
    })
  }
})
