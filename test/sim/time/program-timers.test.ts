// The globals of a program on a simulated machine, and of everybody else.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import timers, { setTimeout as namedSetTimeout } from 'node:timers'
import timersPromises from 'node:timers/promises'
import { promisify, types } from 'node:util'
import { runWithHost } from '../../../src/host/ambient.ts'
import { MemoryHost } from '../../../src/host/memory/memory-host.ts'
import { Driver } from '../../../src/sim/time/driver.ts'
import { followMachineClocks } from '../../../src/sim/time/globals.ts'
import { MachineClock } from '../../../src/sim/time/machine-clock.ts'
import { Gate, Timeline } from '../../../src/sim/time/timeline.ts'

const original = { Date, setTimeout, now: performance.now }
followMachineClocks()
const EPOCH = original.Date.UTC(2030, 0, 1)

function machine(isForPrograms = true) {
  const timeline = new Timeline()
  const gate = new Gate()
  const clock = new MachineClock({ timeline, gate, epoch: EPOCH, isForPrograms })
  const host = new MemoryHost({ clock })
  const driver = new Driver({ timeline, hasRealWork: () => false, failure: reason => new Error(reason) })
  return {
    timeline,
    gate,
    clock,
    run: <T>(fn: () => T): T => runWithHost(host, fn),
    until: <T>(fn: () => Promise<T>): Promise<T> => driver.until(runWithHost(host, fn), 3600e9),
    pass: (ms: number) => driver.run(ms * 1e6),
  }
}

test('an hour of sleep is over at once, and the machine has seen it pass', async () => {
  const { until } = machine()
  const began = original.Date.now()
  const seen = await until(async () => {
    const before = { date: Date.now(), performance: performance.now(), hrtime: process.hrtime.bigint() }
    await new Promise(resolve => setTimeout(resolve, 3600e3))
    return [
      Date.now() - before.date,
      performance.now() - before.performance,
      Number(process.hrtime.bigint() - before.hrtime) / 1e6,
      // biome-ignore lint/complexity/useDateNow: it is the constructor that is tested
      new Date().getTime() - EPOCH,
      process.uptime() * 1e3,
    ]
  })
  assert.deepEqual(seen, [3600e3, 3600e3, 3600e3, 3600e3, 3600e3])
  assert.ok(original.Date.now() - began < 1000)
})

test('every way to the timers leads to the machine clock', async () => {
  const { until, clock } = machine()
  await until(async () => {
    await new Promise<void>(resolve => namedSetTimeout(resolve, 1000))
    await new Promise<void>(resolve => timers.setTimeout(resolve, 1000))
    await promisify(setTimeout)(1000)
    await timersPromises.setTimeout(1000)
    await timersPromises.scheduler.wait(1000)
    let ticks = 0
    for await (const value of timersPromises.setInterval(1000, 'value')) {
      assert.equal(value, 'value')
      if (++ticks === 3) break
    }
    const signal = AbortSignal.timeout(1000)
    await new Promise(resolve => signal.addEventListener('abort', resolve))
    assert.equal(signal.reason.name, 'TimeoutError')
    await promisify(setImmediate)()
    await timersPromises.setImmediate()
    await timersPromises.scheduler.yield()
  })
  assert.equal(clock.monotonic(), 9000)
})

test('the order of ticks, microtasks, immediates and timers is Node own', async () => {
  const { until } = machine()
  const order: string[] = []
  const note = (what: string) => () => order.push(what)
  await until(async () => {
    setTimeout(note('timer 2'), 2)
    setTimeout(note('timer 1, first'), 1)
    setTimeout(note('timer 1, second'), 0)
    setImmediate(() => {
      order.push('immediate')
      process.nextTick(note('tick of immediate'))
      queueMicrotask(note('microtask of immediate'))
    })
    setImmediate(note('second immediate'))
    process.nextTick(note('tick'))
    queueMicrotask(note('microtask'))
    await new Promise(resolve => setTimeout(resolve, 5))
  })
  assert.deepEqual(order, [
    'microtask',
    'tick',
    'immediate',
    'tick of immediate',
    'microtask of immediate',
    'second immediate',
    'timer 1, first',
    'timer 1, second',
    'timer 2',
  ])
})

test('timers can be cleared, by themselves and by their number, and refreshed', async () => {
  const { run, pass, clock } = machine()
  const fired: string[] = []
  run(() => {
    clearTimeout(setTimeout(() => fired.push('cleared'), 1))
    clearTimeout(+setTimeout(() => fired.push('cleared by number'), 1))
    clearInterval(setInterval(() => fired.push('cleared'), 1))
    clearImmediate(setImmediate(() => fired.push('cleared')))
    clearTimeout(undefined)
    const refreshed = setTimeout(() => fired.push(`refreshed ${clock.monotonic()}`), 10)
    setTimeout(() => refreshed.refresh(), 5)
    setTimeout(() => refreshed.refresh(), 30)
    let count = 0
    const interval = setInterval(
      (...args: string[]) => {
        fired.push(`interval ${args} ${clock.monotonic()}`)
        if (++count === 2) clearInterval(interval)
      },
      20,
      'a',
      'b',
    )
  })
  await pass(1000)
  assert.deepEqual(fired, ['refreshed 15', 'interval a,b 20', 'interval a,b 40', 'refreshed 40'])
})

test('a callback runs in the context in which it was given', async () => {
  const one = machine()
  const names: (string | undefined)[] = []
  const { AsyncLocalStorage } = await import('node:async_hooks')
  const storage = new AsyncLocalStorage<string>()
  one.run(() => {
    storage.run('timer', () => setTimeout(() => names.push(storage.getStore()), 1))
    storage.run('immediate', () => setImmediate(() => names.push(storage.getStore())))
  })
  await one.pass(10)
  assert.deepEqual(names, ['immediate', 'timer'])
})

test('the machine may be wrong about the date, and only about that', async () => {
  const { run, clock, pass } = machine()
  clock.skew = -5000e6
  assert.equal(
    run(() => Date.now()),
    EPOCH - 5000,
  )
  let fired = false
  run(() => setTimeout(() => (fired = true), 10))
  await pass(10)
  assert.equal(fired, true)
  assert.equal(
    run(() => performance.now()),
    10,
  )
})

test('a machine that stands still runs its timers when it goes on', async () => {
  const { run, clock, gate, timeline, pass } = machine()
  const fired: number[] = []
  run(() => {
    setTimeout(() => fired.push(clock.monotonic()), 10)
    setTimeout(() => fired.push(clock.monotonic()), 100)
  })
  gate.hold()
  await pass(50)
  assert.deepEqual(fired, [])
  gate.release(timeline)
  await pass(100)
  assert.deepEqual(fired, [50, 100])
})

test('Date stays Date', () => {
  const { run } = machine()
  const before = new original.Date(0)
  assert.ok(before instanceof Date)
  run(() => {
    assert.ok(new Date() instanceof Date)
    assert.equal(new Date().constructor, Date)
    assert.ok(types.isDate(new Date()))
    assert.equal(new Date(2020, 1, 2).getFullYear(), 2020)
    assert.equal(typeof Date(), 'string')
    assert.equal(Date.parse('1970-01-01T00:00:01Z'), 1000)
    assert.equal(Date.length, 7)
    assert.equal(Date.name, 'Date')
    class Own extends Date {}
    assert.ok(new Own() instanceof Own)
    assert.equal(new Own().getTime(), EPOCH)
  })
})

test('outside of machines, and on those that opted out, nothing has changed', async () => {
  assert.ok(Math.abs(Date.now() - original.Date.now()) < 1000)
  assert.ok(performance.now() > 1)
  const began = performance.now()
  await new Promise(resolve => setTimeout(resolve, 5))
  assert.ok(performance.now() - began >= 4)
  assert.deepEqual(await timersPromises.setTimeout(1, 'value'), 'value')
  assert.equal(setTimeout.name, 'setTimeout')
  const { run } = machine(false)
  assert.ok(run(() => Math.abs(Date.now() - original.Date.now()) < 1000))
})

test('the fetch of the runtime does not go past the machine', async () => {
  const { until } = machine()
  await assert.rejects(
    until(() => fetch('http://127.0.0.1:9/')),
    { code: 'ERR_FEATURE_UNAVAILABLE_ON_PLATFORM', message: /fetch \(use undici\)/ },
  )
  await assert.rejects(fetch('http://127.0.0.1:9/'), { name: 'TypeError' })
})

test('wrong arguments are refused as by Node', () => {
  const { run } = machine()
  run(() => {
    assert.throws(() => Reflect.apply(setTimeout, undefined, ['no function', 1]), { code: 'ERR_INVALID_ARG_TYPE' })
    assert.throws(() => Reflect.apply(setImmediate, undefined, [undefined]), { code: 'ERR_INVALID_ARG_TYPE' })
    assert.throws(() => AbortSignal.timeout(-1), { code: 'ERR_OUT_OF_RANGE' })
  })
})

test('an aborted wait rejects and leaves nothing behind', async () => {
  const { until, timeline } = machine()
  await until(async () => {
    const controller = new AbortController()
    const waiting = timersPromises.setTimeout(1000, undefined, { signal: controller.signal })
    controller.abort()
    await assert.rejects(waiting, { name: 'AbortError' })
    await assert.rejects(timersPromises.setImmediate(undefined, { signal: controller.signal }), { name: 'AbortError' })
  })
  assert.equal(timeline.size, 0)
})
