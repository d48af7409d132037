// tls against a small model, in virtual time and on real sockets, where the same acts drive node:tls and are heard the same.

import assert from 'node:assert/strict'
import nodeNet from 'node:net'
import { describe, it } from 'node:test'
import nodeTls from 'node:tls'
import fc from 'fast-check'
import * as ourNet from '../../src/net/index.ts'
import * as ourTls from '../../src/tls/index.ts'
import { descriptorsClosed, openDescriptors } from '../support/open-descriptors.ts'
import { memoryWorld } from './memory-world.ts'
import type { End } from './net/ends.ts'
import { IdleTimes } from './net/idle-times.ts'
import { Retained } from './retained.ts'
import { settings, type TlsAct, type TlsSetting, timedActs, timelessActs, withoutEarlyEnds } from './tls/acts.ts'
import type { Link, Stack } from './tls/stage.ts'
import { Stage } from './tls/stage.ts'
import { modelRuns, ownLoopback, realWorld, type World } from './world.ts'

const virtual = { tls: ourTls, net: ourNet, relays: ourNet } as unknown as Stack
const ours = { ...virtual, relays: nodeNet as never }
const nodes: Stack = { tls: nodeTls, net: nodeNet, relays: nodeNet as never }

/** What holds of every run, whatever was done. */
function check(stage: Stage): void {
  assert.deepEqual(stage.faults, [])
  for (const end of [...stage.clients, ...stage.accepted]) {
    assert.deepEqual(end.faults, [], end.name)
    assert.equal(end.count('close'), 1, `${end.name}: 'close' once`)
    for (const event of ['connect', 'ready', 'secureConnect', 'end', 'finish', 'error'])
      assert.ok(end.count(event) <= 1, `${end.name}: ${event}`)
    assert.equal(
      end.log.includes('close true'),
      end.count('error') === 1,
      `${end.name}: 'close' says whether there was an error`,
    )
  }
  for (const link of stage.links) checkLink(link)
}

function checkLink({ plan, client, server }: Link): void {
  const isSecured = client.count('secureConnect') > 0
  if (!plan.trusts) assert.ok(!isSecured, `${client.name} trusts nobody`)
  if (!isSecured) assert.equal(client.received, 0, `${client.name} was told what nobody vouches for`)
  if (!isSecured && server) assert.equal(server.received, 0, `${client.name} spoke to whom it does not know`)
  if (server) checkPair(client, server)
}

/** Bytes arrive in order, none that was not sent, and all of them where neither end was cut off. */
function checkPair(client: End, server: End): void {
  for (const [from, to] of [
    [client, server],
    [server, client],
  ] as const) {
    assert.ok(to.received <= from.sent, `${to.name} received more than was sent`)
    const isWhole = to.log.includes('end') && !from.wasCut && !to.wasCut && from.count('error') === 0
    if (isWhole) assert.equal(to.received, from.sent, `${to.name} received all`)
  }
}

async function runOn(stack: Stack, world: World, setting: TlsSetting, acts: readonly TlsAct[]): Promise<Stage> {
  const stage = new Stage(stack, world, setting)
  await stage.start()
  await stage.run(acts)
  await stage.finish()
  return stage
}

describe('tls, by a model', () => {
  it('keeps counts, events and time-outs true in virtual time, and retains nothing', async () => {
    const retained = new Retained()
    const property = fc.asyncProperty(settings, timedActs, fc.nat(), async (setting, acts, seed) => {
      const world = memoryWorld(seed)
      const stage = new Stage(virtual, world, setting)
      await stage.start()
      const idle = new IdleTimes<TlsAct>(stage)
      for (const act of acts) await idle.run(act)
      await stage.finish()
      check(stage)
      idle.check()
      assert.equal(world.armedTimers, 0, 'timers that are armed at the end')
      for (const { socket } of [...stage.clients, ...stage.accepted]) retained.add(socket)
      for (const socket of [...stage.below, ...stage.refused]) retained.add(socket)
    })
    await fc.assert(property, { ...modelRuns(60), includeErrorInReport: true })
    assert.equal(await retained.count(), 0, 'sockets that are still reachable')
  })

  it('is heard on real sockets as node:tls is, and leaves no handle behind', async () => {
    const property = fc.asyncProperty(settings, timelessActs, async (setting, drawn) => {
      const acts = setting.allowHalfOpen ? withoutEarlyEnds(drawn) : drawn
      const before = [openDescriptors(), handles()] as const
      const one = await runOn(ours, realWorld(ownLoopback), setting, acts)
      check(one)
      await descriptorsClosed(before[0])
      assert.deepEqual([openDescriptors(), handles()], before, 'descriptors and handles')
      const other = await runOn(nodes, realWorld(ownLoopback), setting, acts)
      assert.deepEqual(one.heard(), other.heard())
    })
    await fc.assert(property, { ...modelRuns(60), includeErrorInReport: true })
  })
})

function handles(): string[] {
  return process.getActiveResourcesInfo().filter(kind => /TCP|Pipe|UDP|Timeout/.test(kind))
}
