// HTTP/2 sessions, both ends, against a model in virtual time; and on real sockets, where no time needs to pass, against Node's own
// at the same acts.

import assert from 'node:assert/strict'
import nodeHttp2 from 'node:http2'
import nodeNet from 'node:net'
import { it } from 'node:test'
import fc from 'fast-check'
import * as ourHttp2 from '../../src/http2/index.ts'
import ourNet from '../../src/net/index.ts'
import { catchUncaught } from '../support/uncaught.ts'
import { authority, localhost } from '../tls/certificates.ts'
import { type Act, type Setting, type Step, settings, timedSteps, timelessSteps } from './http2/acts.ts'
import { ArmedTimers } from './http2/armed-timers.ts'
import { compare } from './http2/compare.ts'
import type { Net } from './http2/relay.ts'
import { type Stack, Stage } from './http2/stage.ts'
import type { Retained } from './retained.ts'
import { modelRuns, realWorld, virtualWorld } from './world.ts'

type Http2 = Pick<typeof nodeHttp2, 'connect' | 'createServer' | 'createSecureServer'>

const clear = ({ connect, createServer }: Http2, net: Net): Stack => ({
  net,
  isSecure: false,
  isNodes: connect === nodeHttp2.connect,
  createServer: () => createServer(),
  connect: (host, port) => connect(`http://${host}:${port}`),
})

const secure = ({ connect, createSecureServer }: Http2, net: Net): Stack => ({
  net,
  isSecure: true,
  isNodes: connect === nodeHttp2.connect,
  createServer: () => createSecureServer({ key: localhost.key, cert: localhost.cert }),
  connect: (host, port) =>
    connect(`https://${host}:${port}`, { ca: authority.cert, servername: 'localhost' } as object),
})

const our = [ourHttp2 as unknown as Http2, ourNet as unknown as Net] as const
const ours = { clear: clear(...our), secure: secure(...our) }
const nodes = { clear: clear(nodeHttp2, nodeNet), secure: secure(nodeHttp2, nodeNet) }
const runs = { clear: 60, secure: 15 }

const request: Act = { kind: 'request', which: 0, body: 'none', trailers: false }
const respond: Act = { kind: 'respond', which: 0, body: 'whole', trailers: false }

/** Once in some hundred sequences: what a client says to a server that goes found its connection ended. */
const peerGoesUnread: [Setting, Step[]] = [
  { piece: 0, throwing: undefined, clientReads: false, serverReads: true },
  [
    { kind: 'acts', side: 'client', acts: [request] },
    { kind: 'acts', side: 'server', acts: [respond] },
    { kind: 'acts', side: 'client', acts: [{ kind: 'goaway', which: 0, code: 0 }] },
  ],
]

/** Some of the listeners throw on purpose; nothing else does. */
function checkThrown(thrown: unknown[]): void {
  for (const error of thrown.splice(0)) if (!/^thrown in '/.test((error as Error).message)) throw error
}

for (const kind of ['clear', 'secure'] as const) {
  it(`${kind}: does what the model does, whatever programs, network and time do`, { timeout: 900_000 }, async t => {
    const thrown = catchUncaught(t)
    await fc.assert(
      fc.asyncProperty(settings, timedSteps, async (setting, steps) => {
        const world = virtualWorld(1, kind === 'secure' ? Date.now() : undefined)
        const armed = [world.server(() => new ArmedTimers()), world.client(() => new ArmedTimers())]
        try {
          await new Stage(world, ours[kind], setting).play(steps)
          // The second that a 'date' stands for.
          await world.pass(1000)
          assert.deepEqual(
            armed.map(({ count }) => count),
            [0, 0],
            'timers that are armed when all is over',
          )
        } finally {
          world.close()
        }
        checkThrown(thrown)
      }),
      { ...modelRuns(runs[kind]), examples: [peerGoesUnread], includeErrorInReport: true },
    )
  })

  it(`${kind}: is heard on real sockets as Node's own`, { timeout: 900_000 }, async t => {
    const thrown = catchUncaught(t)
    await fc.assert(
      fc.asyncProperty(settings, timelessSteps, async (setting, steps) => {
        const one = new Stage(realWorld(), { ...ours[kind], net: nodeNet }, setting)
        await one.play(steps)
        const other = new Stage(realWorld(), nodes[kind], setting)
        await other.play(steps)
        checkThrown(thrown)
        compare(one, other)
      }),
      { ...modelRuns(Math.ceil(runs[kind] / 3)), includeErrorInReport: true },
    )
  })
}

it('lets go of its sessions and streams', { timeout: 900_000 }, async t => {
  const thrown = catchUncaught(t)
  await fc.assert(
    fc.asyncProperty(settings, timelessSteps, async (setting, steps) => {
      const { retained } = await played(setting, steps)
      checkThrown(thrown)
      assert.equal(await retained.count(), 0)
    }),
    { ...modelRuns(6), includeErrorInReport: true },
  )
})

/** Only what it leaves behind stays. */
async function played(setting: Setting, steps: readonly Step[]): Promise<{ retained: Retained }> {
  const stage = new Stage(realWorld(), { ...ours.clear, net: nodeNet }, setting)
  await stage.play(steps)
  const { retained } = stage
  return { retained }
}
