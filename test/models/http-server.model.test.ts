// The http server against its model, in virtual time; and against Node's own on real sockets, where no time needs to pass.

import nodeHttp from 'node:http'
import nodeNet from 'node:net'
import { it } from 'node:test'
import fc from 'fast-check'
import http from '../../src/http/index.ts'
import https from '../../src/https/index.ts'
import net from '../../src/net/index.ts'
import tls from '../../src/tls/index.ts'
import { catchUncaught } from '../support/uncaught.ts'
import { localhost } from '../tls/certificates.ts'
import { settings, timedActs, untimedActs } from './http-server/acts.ts'
import { Player, type Stack } from './http-server/player.ts'
import { modelRuns, realWorld, virtualWorld } from './world.ts'

const ours: Stack = {
  createServer: (options, listener) => http.createServer(options as object, listener as never) as never,
  // No segment waits for the acknowledgment of another one.
  connect: (port, address) => net.connect({ port, host: address, noDelay: true } as never),
}

const secured: Stack = {
  createServer: (options, listener) =>
    https.createServer({ ...options, key: localhost.key, cert: localhost.cert } as object, listener as never) as never,
  connect: (port, address) => tls.connect({ port, host: address, noDelay: true, rejectUnauthorized: false }) as never,
}

const nodes: Stack = {
  createServer: (options, listener) => nodeHttp.createServer(options, listener),
  connect: (port, address) => nodeNet.connect({ port, host: address, noDelay: true }) as never,
}

for (const [name, stack, runs] of [
  ['http', ours, 100],
  ['https', secured, 30],
] as const) {
  it(`${name} does what its model does, whatever programs, peers and time do`, { timeout: 600_000 }, async t => {
    const thrown = catchUncaught(t)
    await fc.assert(
      fc.asyncProperty(settings, timedActs, async (setting, acts) => {
        const world = virtualWorld(1)
        try {
          await new Player(world, stack, setting, thrown).play(acts)
        } finally {
          world.close()
        }
      }),
      modelRuns(runs),
    )
  })
}

for (const [name, stack] of [
  ['ours', ours],
  ["Node's", nodes],
] as const) {
  it(`${name} does so on real sockets, where no time passes`, { timeout: 600_000 }, async t => {
    const thrown = catchUncaught(t)
    await fc.assert(
      fc.asyncProperty(settings, untimedActs, async (setting, acts) => {
        await new Player(realWorld(), stack, setting, thrown).play(acts)
      }),
      modelRuns(30),
    )
  })
}
