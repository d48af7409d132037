import assert from 'node:assert/strict'
import { AsyncLocalStorage } from 'node:async_hooks'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { Driver } from '../../../src/sim/time/driver.ts'
import { RealWork } from '../../../src/sim/time/real-work.ts'
import { Timeline } from '../../../src/sim/time/timeline.ts'

const HOUR = 3600e9

function started(hasRealWork = () => false) {
  const timeline = new Timeline()
  const driver = new Driver({ timeline, hasRealWork, failure: reason => new Error(`failed: ${reason}`) })
  /** Runs program code after a while. */
  const later = (after: number, what: () => void) =>
    timeline.schedule(after, () => {
      timeline.wake()
      what()
    })
  return { timeline, driver, later }
}

test('an idle hour is over at once', async () => {
  const { timeline, driver } = started()
  const before = performance.now()
  await driver.run(HOUR)
  assert.equal(timeline.now(), HOUR)
  assert.ok(performance.now() - before < 1000)
})

test('time stands still while nobody waits', async () => {
  const { timeline, later } = started()
  let hasRun = false
  later(1, () => (hasRun = true))
  for (let turn = 0; turn < 20; turn++) await new Promise(resolve => setImmediate(resolve))
  assert.equal(hasRun, false)
  assert.equal(timeline.now(), 0)
})

test('microtasks, ticks and immediates run out before the next event', async () => {
  const storage = new AsyncLocalStorage<boolean>()
  const work = new RealWork(() => storage.getStore() === true)
  work.start()
  const { driver, later } = started(() => work.isUnderWay)
  const order: string[] = []
  const promise = new Promise<void>(resolve => {
    later(1, () => {
      order.push('event')
      process.nextTick(() => order.push('tick'))
      void Promise.resolve()
        .then(() => order.push('microtask'))
        .then(() => process.nextTick(() => Promise.resolve().then(() => order.push('nested'))))
    })
    later(1, () => {
      order.push('next event')
      storage.run(true, () => setImmediate(() => order.push('immediate of the runtime')))
    })
    later(2, () => {
      order.push('later')
      resolve()
    })
  })
  await driver.until(promise, HOUR)
  work.stop()
  assert.deepEqual(order, ['event', 'tick', 'microtask', 'nested', 'next event', 'immediate of the runtime', 'later'])
})

test('until() ends at the instant at which its promise settles', async () => {
  const { timeline, driver, later } = started()
  let hasRun = false
  const promise = new Promise(resolve => later(5e6, () => resolve('done')))
  later(5e6 + 1, () => (hasRun = true))
  assert.equal(await driver.until(promise, HOUR), 'done')
  assert.equal(timeline.now(), 5e6)
  assert.equal(hasRun, false)
})

test('until() rejects as its promise does', async () => {
  const { driver, later } = started()
  const error = new Error('own')
  const promise = new Promise((_, reject) => later(1, () => reject(error)))
  await assert.rejects(driver.until(promise, HOUR), error)
})

test('several may wait at once, each for its own', async () => {
  const { timeline, driver, later } = started()
  const seen: string[] = []
  const at = (name: string) => () => seen.push(`${name} ${timeline.now()}`)
  await Promise.all([
    driver.run(30).then(at('run')),
    driver.until(new Promise<void>(resolve => later(10, resolve)), HOUR).then(at('until')),
    driver.run(20).then(at('run')),
  ])
  assert.deepEqual(seen, ['until 10', 'run 20', 'run 30'])
})

test('run() runs what is due at its end', async () => {
  const { driver, later } = started()
  const ran: number[] = []
  for (const at of [9, 10, 11]) later(at, () => ran.push(at))
  await driver.run(10)
  assert.deepEqual(ran, [9, 10])
})

test('until() rejects with a deadlock when no event is scheduled', async () => {
  const { driver } = started()
  await assert.rejects(driver.until(new Promise(() => {}), HOUR), /failed: Deadlock: no event is scheduled$/)
})

test('background events get some virtual time, and do not hide a deadlock', async () => {
  const { timeline, driver } = started()
  let ticks = 0
  const tick = () => {
    ticks++
    timeline.schedule(30e9, tick, undefined, true)
  }
  tick()
  const before = performance.now()
  await assert.rejects(driver.until(new Promise(() => {}), 24 * HOUR), /Deadlock: no event is scheduled/)
  assert.ok(ticks > 10 && ticks < 50, `${ticks} ticks`)
  assert.ok(performance.now() - before < 2000)
})

test('a background event may bring what is waited for', async () => {
  const { timeline, driver } = started()
  const promise = new Promise<void>(resolve => {
    timeline.schedule(60e9, resolve, undefined, true)
  })
  await driver.until(promise, HOUR)
  assert.equal(timeline.now(), 60e9)
})

test('what never ends is given up after its time', async () => {
  const { timeline, driver, later } = started()
  const again = () => later(1e9, again)
  again()
  await assert.rejects(
    driver.until(new Promise(() => {}), 90e9),
    /failed: Timeout: the promise is still pending after 1.5 min of simulated time/,
  )
  assert.equal(timeline.now(), 90e9)
})

test('what happens outside, and cannot be seen, is waited for', async () => {
  const { driver } = started()
  const promise = new Promise(resolve => setTimeout(resolve, 20, 'from outside'))
  assert.equal(await driver.until(promise, HOUR), 'from outside')
})

test('virtual time waits for real work', async () => {
  const storage = new AsyncLocalStorage<boolean>()
  const work = new RealWork(() => storage.getStore() === true)
  work.start()
  const { timeline, driver, later } = started(() => work.isUnderWay)
  let readAt = -1
  const reading = storage.run(true, () => readFile(new URL(import.meta.url))).then(() => (readAt = timeline.now()))
  later(1, () => {})
  await driver.run(HOUR)
  work.stop()
  await reading
  assert.equal(readAt, 0)
})

test('the file that somebody else reads is not waited for', async () => {
  const work = new RealWork(() => false)
  work.start()
  const reading = readFile(new URL(import.meta.url))
  assert.equal(work.isUnderWay, false)
  await reading
  work.stop()
})

test('an exception of program code is the process own, and time goes on', async () => {
  const { timeline, driver, later } = started()
  const error = new Error('of a program')
  later(1, () => {
    throw error
  })
  const caught = new Promise(resolve => {
    // The test runner listens too, and would take it for a failure of this test.
    const others = process.listeners('uncaughtException')
    process.removeAllListeners('uncaughtException')
    process.once('uncaughtException', thrown => {
      for (const listener of others) process.on('uncaughtException', listener)
      resolve(thrown)
    })
  })
  await driver.run(10)
  assert.equal(await caught, error)
  assert.equal(timeline.now(), 10)
})

test('on real time, events come when their time has come', async () => {
  const begin = performance.now()
  const timeline = new Timeline({ elapsed: () => Math.round((performance.now() - begin) * 1e6) })
  const driver = new Driver({
    timeline,
    hasRealWork: () => false,
    failure: reason => new Error(reason),
    isRealTime: true,
  })
  const promise = new Promise<number>(resolve => {
    timeline.schedule(20e6, () => resolve(performance.now() - begin))
  })
  const early = driver.run(5e6).then(() => performance.now() - begin)
  assert.ok((await early) >= 5)
  assert.ok((await driver.until(promise, HOUR)) >= 20)
  await assert.rejects(driver.until(new Promise(() => {}), 10e6), /still pending after 10 ms/)
})
