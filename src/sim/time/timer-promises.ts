// node:timers/promises for a program on a simulated machine. Node's documentation, "Timers Promises API".

import { abortError } from '../../core/errors.ts'
import { validateAbortSignal, validateBoolean, validateObject } from '../../core/validate.ts'
import type { MachineClock } from './machine-clock.ts'
import { Immediate, setInterval, setTimeout } from './program-timers.ts'

interface TimerOptions {
  readonly signal: AbortSignal | undefined
  readonly ref: boolean
}

export function sleep<T>(clock: MachineClock, delay: unknown, value: T, options: unknown): Promise<T> {
  return abortable(options, ({ ref }, resolve) => {
    const timer = setTimeout(clock, () => resolve(value), delay, [])
    if (!ref) timer.unref()
    return () => timer.close()
  })
}

export function immediate<T>(clock: MachineClock, value: T, options: unknown): Promise<T> {
  return abortable(options, ({ ref }, resolve) => {
    const immediate = new Immediate(clock, () => resolve(value), [])
    if (!ref) immediate.unref()
    return () => immediate.cancel()
  })
}

/** Yields the value at each tick; ticks that the consumer has not awaited yet are queued. */
export async function* interval<T>(
  clock: MachineClock,
  delay: unknown,
  value: T,
  options: unknown,
): AsyncGenerator<T, void> {
  const { signal, ref } = readOptions(options)
  if (signal?.aborted) throw abortError(signal.reason)
  let ticks = 0
  let notify: (() => void) | undefined
  const onTick = () => {
    ticks++
    notify?.()
  }
  const timer = setInterval(clock, onTick, delay, [])
  if (!ref) timer.unref()
  const onAbort = () => {
    timer.close()
    notify?.()
  }
  signal?.addEventListener('abort', onAbort, { once: true })
  try {
    for (;;) {
      if (ticks === 0 && !signal?.aborted) await new Promise<void>(resolve => (notify = resolve))
      for (; ticks > 0; ticks--) yield value
      if (signal?.aborted) throw abortError(signal.reason)
    }
  } finally {
    timer.close()
    signal?.removeEventListener('abort', onAbort)
  }
}

/** @param start - begins, and returns how to stop it */
function abortable<T>(
  options: unknown,
  start: (options: TimerOptions, resolve: (value: T) => void) => () => void,
): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const checked = readOptions(options)
    const { signal } = checked
    if (signal?.aborted) throw abortError(signal.reason)
    const stop = start(checked, value => {
      signal?.removeEventListener('abort', onAbort)
      resolve(value)
    })
    const onAbort = () => {
      stop()
      reject(abortError(signal?.reason))
    }
    signal?.addEventListener('abort', onAbort, { once: true })
  })
}

function readOptions(options: unknown = {}): TimerOptions {
  validateObject(options, 'options')
  const { signal, ref = true } = options as Partial<Record<keyof TimerOptions, unknown>>
  validateAbortSignal(signal, 'options.signal')
  validateBoolean(ref, 'options.ref')
  return { signal, ref }
}
