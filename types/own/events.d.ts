// Node's EventEmitter, by the events that a class has: `Events` maps each name to the arguments of its listeners. Other
// names pass too, as they do in Node.

import type { AbortSignal } from './runtime.js'

type Arguments<Events, Name extends keyof Events> = Events[Name] extends readonly any[] ? Events[Name] : never
type Listener<Events, Name extends keyof Events> = (...args: Arguments<Events, Name>) => void
type AnyListener = (...args: any[]) => void

export interface EventEmitterOptions {
  captureRejections?: boolean | undefined
}

export interface Abortable {
  signal?: AbortSignal | undefined
}

/** The events that every emitter has. */
export interface EventEmitterEventMap {
  newListener: [eventName: string | symbol, listener: Function]
  removeListener: [eventName: string | symbol, listener: Function]
}

export class EventEmitter<Events = {}> {
  static defaultMaxListeners: number
  static captureRejections: boolean
  static readonly captureRejectionSymbol: symbol
  static readonly errorMonitor: symbol

  constructor(options?: EventEmitterOptions)

  addListener<Name extends keyof Events>(eventName: Name, listener: Listener<Events, Name>): this
  addListener(eventName: string | symbol, listener: AnyListener): this
  on<Name extends keyof Events>(eventName: Name, listener: Listener<Events, Name>): this
  on(eventName: string | symbol, listener: AnyListener): this
  once<Name extends keyof Events>(eventName: Name, listener: Listener<Events, Name>): this
  once(eventName: string | symbol, listener: AnyListener): this
  prependListener<Name extends keyof Events>(eventName: Name, listener: Listener<Events, Name>): this
  prependListener(eventName: string | symbol, listener: AnyListener): this
  prependOnceListener<Name extends keyof Events>(eventName: Name, listener: Listener<Events, Name>): this
  prependOnceListener(eventName: string | symbol, listener: AnyListener): this
  off<Name extends keyof Events>(eventName: Name, listener: Listener<Events, Name>): this
  off(eventName: string | symbol, listener: AnyListener): this
  removeListener<Name extends keyof Events>(eventName: Name, listener: Listener<Events, Name>): this
  removeListener(eventName: string | symbol, listener: AnyListener): this
  removeAllListeners(eventName?: string | symbol): this
  emit<Name extends keyof Events>(eventName: Name, ...args: Arguments<Events, Name>): boolean
  emit(eventName: string | symbol, ...args: any[]): boolean
  eventNames(): (string | symbol)[]
  listenerCount(eventName: string | symbol, listener?: AnyListener): number
  listeners<Name extends keyof Events>(eventName: Name): Listener<Events, Name>[]
  listeners(eventName: string | symbol): AnyListener[]
  rawListeners<Name extends keyof Events>(eventName: Name): Listener<Events, Name>[]
  rawListeners(eventName: string | symbol): AnyListener[]
  setMaxListeners(n: number): this
  getMaxListeners(): number
}
