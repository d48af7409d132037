// Takes the place of types/own/events.d.ts, as stream.d.ts says. Statics are left out: each class inherits the same ones.

import type * as node from 'node:events'

export type Abortable = node.Abortable

export interface EventEmitterEventMap {
  newListener: [name: string | symbol, listener: Function]
  removeListener: [name: string | symbol, listener: Function]
}

export class EventEmitter<_Events = {}> {
  constructor(options?: node.EventEmitterOptions)
}
export interface EventEmitter<_Events = {}> extends node.EventEmitter {}
