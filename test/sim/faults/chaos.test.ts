import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type ChaosOptions, Network } from '../../../src/sim/index.ts'

function plan(seed: number, options: ChaosOptions = { for: '60s', every: '2s' }) {
  const network = new Network({ seed })
  const lan = network.switch()
  for (const name of ['a', 'b', 'c']) network.host(name, { nics: [lan] })
  return { network, lan, plan: network.chaos(options) }
}

test('the seed draws the plan', () => {
  assert.equal(String(plan(1).plan), String(plan(1).plan))
  assert.notEqual(String(plan(1).plan), String(plan(2).plan))
})

test('a plan says what happens, when and for how long', () => {
  const { faults } = plan(1).plan
  assert.ok(faults.length > 10 && faults.length < 60, String(faults.length))
  assert.ok(faults.every(({ at, until }) => at >= 0 && until > at && until <= 60e9))
  assert.ok(new Set(faults.map(({ kind }) => kind)).size >= 5)
  assert.match(String(plan(1).plan), /^\d+\.\d{6} s: .+ for .+$/m)
})

test('only what was asked for happens, to those that were named', () => {
  const { faults } = plan(1, { for: '60s', kinds: ['crash', 'pause'], hosts: ['b'] }).plan
  assert.ok(faults.every(({ kind }) => kind === 'crash' || kind === 'pause'))
  assert.ok(faults.every(({ hosts }) => hosts.join() === 'b'))
})

test('afterwards all is as it was', async () => {
  for (let seed = 0; seed < 10; seed++) {
    const { network } = plan(seed)
    await network.run('61s')
    const [a, b] = network.machines
    if (a === undefined || b === undefined) throw new Error('there are three machines')
    for (const machine of network.machines) {
      assert.equal(machine.state, 'running')
      assert.equal(machine.cuts.to.size + machine.cuts.from.size, 0)
    }
    const reply = await network.until(a.ping(b))
    assert.ok(reply.kind === 'reply' && reply.roundTrip < 1e6, `seed ${seed}: ${JSON.stringify(reply)}`)
  }
})

test('mistakes are refused', () => {
  const { network } = plan(1)
  assert.throws(() => network.chaos({ for: '-1s' }), { message: /must not be negative/ })
  assert.throws(() => network.chaos({ for: '1s', every: 0 }), { message: /must be above zero/ })
  assert.throws(() => network.chaos({ for: '1s', kinds: ['meteor' as never] }), { message: /must be one of/ })
  assert.throws(() => network.chaos({ for: '1s', hosts: ['z'] }), { message: /must be a machine of the network/ })
})
