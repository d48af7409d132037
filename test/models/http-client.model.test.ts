// The http client with an agent against its model, in virtual time; and against Node's own on real sockets, where no time needs to
// pass. https is held against the same model: what is beneath makes no difference.

import assert from 'node:assert/strict'
import nodeHttp from 'node:http'
import nodeHttps from 'node:https'
import nodeNet from 'node:net'
import { it } from 'node:test'
import nodeTls from 'node:tls'
import fc from 'fast-check'
import http from '../../src/http/index.ts'
import https from '../../src/https/index.ts'
import net from '../../src/net/index.ts'
import tls from '../../src/tls/index.ts'
import { authority, localhost } from '../tls/certificates.ts'
import { settings, timedActs, timelessSettings, untimedActs } from './http-client/acts.ts'
import { Player, type Stack } from './http-client/player.ts'
import { modelRuns, realWorld, virtualWorld } from './world.ts'

type Listening = { address(): unknown; close(): unknown; listen(port: number): unknown }

function listening(server: Listening) {
  server.listen(0)
  return { port: () => (server.address() as { port: number }).port, close: () => void server.close() }
}

type HttpModule = Pick<typeof nodeHttp, 'Agent' | 'request'>
type HttpsModule = Pick<typeof nodeHttps, 'Agent' | 'request'>

const clear = ({ Agent, request }: HttpModule, { createServer }: typeof nodeNet): Stack => ({
  canReset: true,
  isNodes: Agent === nodeHttp.Agent,
  makeAgent: options => new Agent(options),
  request: options => request(options),
  listen: onConnection => listening(createServer({ noDelay: true }, onConnection)),
})

const secure = ({ Agent, request }: HttpsModule, { createServer }: typeof nodeTls): Stack => ({
  canReset: false,
  isNodes: Agent === nodeHttps.Agent,
  makeAgent: options => new Agent({ ...options, ca: authority.cert, servername: 'localhost' }),
  request: options => request(options),
  listen: onConnection =>
    listening(createServer({ key: localhost.key, cert: localhost.cert, noDelay: true } as object, onConnection)),
})

const ours = {
  http: clear(http as unknown as typeof nodeHttp, net as unknown as typeof nodeNet),
  https: secure(https as unknown as typeof nodeHttps, tls as unknown as typeof nodeTls),
}
const nodes = { http: clear(nodeHttp, nodeNet), https: secure(nodeHttps, nodeTls) }
const runs = { http: 100, https: 25 }

for (const protocol of ['http', 'https'] as const) {
  it(`${protocol} does what the model does, whatever programs, peers and time do`, { timeout: 600_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(settings, timedActs, async (setting, acts) => {
        // The certificate was made just now.
        const world = virtualWorld(1, protocol === 'https' ? Date.now() : undefined)
        try {
          await new Player(world, ours[protocol], setting).play(acts)
        } finally {
          world.close()
        }
      }),
      modelRuns(runs[protocol]),
    )
  })

  for (const [name, stacks] of [
    ['ours', ours],
    ["Node's", nodes],
  ] as const) {
    it(`${name} ${protocol} does so on real sockets, where no time passes`, { timeout: 600_000 }, async () => {
      await fc.assert(
        fc.asyncProperty(timelessSettings, untimedActs, async (setting, acts) => {
          await new Player(realWorld(), stacks[protocol], setting).play(acts)
        }),
        modelRuns(runs[protocol] / 5),
      )
    })
  }
}

it('lets go of its requests and answers', { timeout: 600_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(timelessSettings, untimedActs, async (setting, acts) => {
      const retained = await new Player(realWorld(), ours.http, setting).play(acts)
      assert.equal(await retained.count(), 0)
    }),
    modelRuns(10),
  )
})
