// Takes the place of types/own/stream.d.ts where its neighbours are held against the implementation, whose streams are Node's.
// Which events a class has is not compared: its listeners are Node's.

import type * as node from 'node:stream'
import { Duplex as NodeDuplex, Readable as NodeReadable, Writable as NodeWritable } from 'node:stream'

export type { DuplexEventMap, ReadableEventMap, WritableEventMap } from 'node:stream'
export type ReadableLike = NodeJS.ReadableStream
export type WritableLike = NodeJS.WritableStream
export type ReadableOptions = node.ReadableOptions
export type WritableOptions = node.WritableOptions
export type DuplexOptions = node.DuplexOptions
export class Readable<_Events = {}> extends NodeReadable {}
export class Writable<_Events = {}> extends NodeWritable {}
export class Duplex<_Events = {}> extends NodeDuplex {}
