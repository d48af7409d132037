// The globals that depend on time, for programs on simulated machines: setTimeout and the like, Date, performance.now,
// process.hrtime, AbortSignal.timeout, and the modules node:timers and node:timers/promises. Also fetch, which would bypass the
// simulated network: there it fails with an error that says so.
//
// They are replaced once per process by functions that look up whose code is running: a machine's program gets the machine's
// clock, all other code the original. The runtime's own parts keep the originals, as does code that has saved them before.

import { syncBuiltinESMExports } from 'node:module'
import { performance } from 'node:perf_hooks'
import timers from 'node:timers'
import timersPromises from 'node:timers/promises'
import { promisify } from 'node:util'
import { featureUnavailable } from '../../core/errors.ts'
import { ambientHost } from '../../host/ambient.ts'
import { MachineClock } from './machine-clock.ts'
import * as program from './program-timers.ts'
import { immediate, interval, sleep } from './timer-promises.ts'

// biome-ignore lint/suspicious/noExplicitAny: a replacement has the shape of whatever it replaces
type AnyFunction = (...args: any[]) => any

let isInstalled = false

/** Idempotent; there is no way back, and none is needed: outside of simulated machines nothing changes. */
export function followMachineClocks(): void {
  if (isInstalled) return
  isInstalled = true
  replaceTimers()
  replacePromises()
  replaceDate()
  replaceMonotonicClocks()
  guardFetch()
  syncBuiltinESMExports()
}

/** The clock of the machine whose code is running. */
function machineClock(): MachineClock | undefined {
  const clock = ambientHost()?.clock
  return clock instanceof MachineClock && clock.isForPrograms ? clock : undefined
}

function replaceTimers(): void {
  const replacements: Record<string, (original: AnyFunction) => AnyFunction> = {
    setTimeout:
      original =>
      (callback, delay, ...args) => {
        const clock = machineClock()
        return clock === undefined
          ? original(callback, delay, ...args)
          : program.setTimeout(clock, callback, delay, args)
      },
    setInterval:
      original =>
      (callback, delay, ...args) => {
        const clock = machineClock()
        return clock === undefined
          ? original(callback, delay, ...args)
          : program.setInterval(clock, callback, delay, args)
      },
    setImmediate:
      original =>
      (callback, ...args) => {
        const clock = machineClock()
        return clock === undefined ? original(callback, ...args) : program.setImmediate(clock, callback, args)
      },
    clearTimeout: clear,
    clearInterval: clear,
    clearImmediate: original => immediate => {
      if (immediate instanceof program.Immediate) immediate.cancel()
      else original(immediate)
    },
  }
  for (const [name, make] of Object.entries(replacements)) {
    const original = Reflect.get(timers, name) as AnyFunction
    const replacement = like(original, make(original))
    Reflect.set(timers, name, replacement)
    // Already replaced by other code (fake timers): left as it is.
    if (Reflect.get(globalThis, name) === original) Reflect.set(globalThis, name, replacement)
  }
}

function clear(original: AnyFunction): AnyFunction {
  return timeout => {
    const ours = program.timeoutOf(timeout)
    if (ours === undefined) original(timeout)
    else ours.close()
  }
}

function replacePromises(): void {
  const originals = { ...timersPromises }
  const ours = {
    setTimeout: like(originals.setTimeout, (delay, value, options) => {
      const clock = machineClock()
      return clock === undefined
        ? originals.setTimeout(delay, value, options)
        : sleep(clock, delay ?? 1, value, options ?? {})
    }),
    setImmediate: like(originals.setImmediate, (value, options) => {
      const clock = machineClock()
      return clock === undefined ? originals.setImmediate(value, options) : immediate(clock, value, options ?? {})
    }),
    setInterval: like(originals.setInterval, (delay, value, options) => {
      const clock = machineClock()
      return clock === undefined
        ? originals.setInterval(delay, value, options)
        : interval(clock, delay ?? 1, value, options ?? {})
    }),
  }
  Object.assign(timersPromises, ours)
  for (const name of ['setTimeout', 'setImmediate'] as const) {
    Object.defineProperty(Reflect.get(timers, name), promisify.custom, { enumerable: true, get: () => ours[name] })
  }
  replaceScheduler()
}

/** `timersPromises.scheduler`, whose methods throw for any receiver but the runtime's own object. */
function replaceScheduler(): void {
  const { scheduler } = timersPromises
  const { wait, yield: giveWay } = scheduler
  Object.defineProperties(scheduler, {
    wait: {
      configurable: true,
      writable: true,
      value: (delay: number, options?: { signal?: AbortSignal }) => {
        const clock = machineClock()
        return clock === undefined
          ? Reflect.apply(wait, scheduler, [delay, options])
          : sleep(clock, delay, undefined, options ?? {})
      },
    },
    yield: {
      configurable: true,
      writable: true,
      value: () => {
        const clock = machineClock()
        return clock === undefined ? Reflect.apply(giveWay, scheduler, []) : immediate(clock, undefined, {})
      },
    },
  })
  const { timeout } = AbortSignal
  AbortSignal.timeout = like(timeout, delay => {
    const clock = machineClock()
    return clock === undefined ? Reflect.apply(timeout, AbortSignal, [delay]) : program.abortAfter(clock, delay)
  })
}

function replaceDate(): void {
  const Original = globalThis.Date
  const now = () => machineClock()?.now() ?? Original.now()
  function MachineDate(this: unknown, ...args: unknown[]): unknown {
    if (new.target === undefined) return new Original(now()).toString()
    const target = new.target === (MachineDate as unknown) ? Original : new.target
    return Reflect.construct(Original, args.length === 0 ? [now()] : args, target)
  }
  // Date's name, length, prototype and statics: dates made before stay instances.
  Object.defineProperties(MachineDate, {
    ...Object.getOwnPropertyDescriptors(Original),
    now: { value: like(Original.now, now), configurable: true, writable: true },
  })
  const constant = { value: MachineDate, configurable: true, writable: true }
  Object.defineProperty(Original.prototype, 'constructor', constant)
  Object.defineProperty(globalThis, 'Date', constant)
}

function replaceMonotonicClocks(): void {
  const now = performance.now
  Object.defineProperty(performance, 'now', {
    configurable: true,
    enumerable: true,
    writable: true,
    value: like(now, () => machineClock()?.monotonic() ?? Reflect.apply(now, performance, [])),
  })
  const { hrtime, uptime } = process
  const { bigint } = hrtime
  const ours = like(hrtime, (since?: [number, number]) => {
    const clock = machineClock()
    if (clock === undefined) return hrtime(since)
    const ns = clock.monotonic() * 1e6 - (since === undefined ? 0 : since[0] * 1e9 + since[1])
    return [Math.floor(ns / 1e9), Math.round(ns) % 1e9]
  }) as typeof hrtime
  ours.bigint = like(bigint, () => {
    const clock = machineClock()
    return clock === undefined ? bigint() : BigInt(Math.round(clock.monotonic() * 1e6))
  })
  process.hrtime = ours
  process.uptime = like(uptime, () => {
    const clock = machineClock()
    return clock === undefined ? uptime() : clock.monotonic() / 1e3
  })
}

/** The runtime's own fetch uses real sockets: a simulated program must not reach the real network by mistake. */
function guardFetch(): void {
  const { fetch } = globalThis
  if (typeof fetch !== 'function') return
  globalThis.fetch = like(fetch, (input, init) => {
    const host = machineClock() === undefined ? undefined : ambientHost()
    if (host === undefined) return fetch(input, init)
    return Promise.reject(featureUnavailable('fetch (use undici)', host.name))
  })
}

/** Gives a replacement the name, length and properties of what it replaces. */
function like<F extends AnyFunction>(original: F, replacement: AnyFunction): F {
  Object.defineProperties(replacement, {
    name: { value: original.name, configurable: true },
    length: { value: original.length, configurable: true },
  })
  return replacement as F
}
