// net against a small model, in virtual time and on real sockets, where the same acts drive node:net and are heard the same.

import assert from 'node:assert/strict'
import nodeNet from 'node:net'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import * as ourNet from '../../src/net/index.ts'
import { descriptorsClosed, openDescriptors } from '../support/open-descriptors.ts'
import { type NetAct, timedActs, timelessActs } from './net/acts.ts'
import type { End } from './net/ends.ts'
import { IdleTimes } from './net/idle-times.ts'
import { type Net, Stage, type StageOptions } from './net/stage.ts'
import { Retained } from './retained.ts'
import { modelRuns, realWorld, virtualWorld, type World } from './world.ts'

const ours = ourNet as unknown as Net
const options = fc.record<StageOptions>({ allowHalfOpen: fc.boolean(), pauseOnConnect: fc.boolean() })

/** What holds of every run, whatever was done. */
function check(stage: Stage): void {
  assert.deepEqual(stage.faults, [])
  for (const end of [...stage.clients, ...stage.accepted]) {
    assert.deepEqual(end.faults, [], end.name)
    assert.equal(end.count('close'), 1, `${end.name}: 'close' once`)
    for (const event of ['connect', 'ready', 'end', 'finish', 'error'])
      assert.ok(end.count(event) <= 1, `${end.name}: ${event}`)
    assert.equal(
      end.log.includes('close true'),
      end.count('error') === 1,
      `${end.name}: 'close' says whether there was an error`,
    )
  }
  for (const server of stage.accepted) {
    const client = stage.clients.find(({ localPort }) => localPort !== undefined && localPort === server.remotePort)
    if (client !== undefined) checkPair(client, server)
  }
}

/** Bytes arrive in order, none that was not sent, and all of them where neither end was cut off. */
function checkPair(client: End, server: End): void {
  for (const [from, to] of [
    [client, server],
    [server, client],
  ] as const) {
    assert.ok(to.received <= from.sent, `${to.name} received more than was sent`)
    const isWhole = to.log.includes('end') && !from.wasCut && !to.wasCut
    if (isWhole) assert.equal(to.received, from.sent, `${to.name} received all`)
  }
}

async function runOn(net: Net, world: World, stageOptions: StageOptions, acts: readonly NetAct[]): Promise<Stage> {
  const stage = new Stage(net, world, stageOptions)
  await stage.start()
  await stage.run(acts)
  await stage.finish()
  return stage
}

describe('net, by a model', () => {
  it('keeps counts, events and time-outs true in virtual time, and retains nothing', async () => {
    const retained = new Retained()
    const property = fc.asyncProperty(options, timedActs, fc.nat(), async (stageOptions, acts, seed) => {
      const world = virtualWorld(seed)
      const stage = new Stage(ours, world, stageOptions)
      await stage.start()
      const idle = new IdleTimes(stage)
      for (const act of acts) await idle.run(act)
      await stage.finish()
      check(stage)
      idle.check()
      for (const { socket } of [...stage.clients, ...stage.accepted]) retained.add(socket)
      world.close()
    })
    await fc.assert(property, { ...modelRuns(60), includeErrorInReport: true })
    assert.equal(await retained.count(), 0, 'sockets that are still reachable')
  })

  it('is heard on real sockets as node:net is, and leaves no handle behind', async () => {
    const property = fc.asyncProperty(options, timelessActs, async (stageOptions, acts) => {
      const before = [openDescriptors(), handles()] as const
      const one = await runOn(ours, realWorld(), stageOptions, acts)
      check(one)
      await descriptorsClosed(before[0])
      assert.deepEqual([openDescriptors(), handles()], before, 'descriptors and handles')
      const other = await runOn(nodeNet, realWorld(), stageOptions, acts)
      assert.deepEqual(one.heard(), other.heard())
    })
    await fc.assert(property, { ...modelRuns(60), includeErrorInReport: true })
  })
})

function handles(): string[] {
  return process.getActiveResourcesInfo().filter(kind => /TCP|Pipe|UDP|Timeout/.test(kind))
}
