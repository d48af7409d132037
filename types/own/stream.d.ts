// Node's streams: what sockets, requests and responses inherit, and what a program pipes them with.

import type { BufferEncoding } from './buffer.js'
import { type Abortable, EventEmitter, type EventEmitterEventMap } from './events.js'
import type { AbortSignal, ErrnoException } from './runtime.js'

type Done = (error?: Error | null) => void

/** What streams of any make can be read as. */
export interface ReadableLike extends EventEmitter {
  readable: boolean
  read(size?: number): any
  pause(): any
  resume(): any
  isPaused(): boolean
  setEncoding(encoding: BufferEncoding): any
  pipe<Destination extends WritableLike>(destination: Destination, options?: { end?: boolean | undefined }): Destination
  unpipe(destination?: WritableLike): any
  unshift(chunk: any, encoding?: BufferEncoding): void
  wrap(oldStream: ReadableLike): any
  [Symbol.asyncIterator](): AsyncIterableIterator<any>
}

/** What streams of any make can be written as. */
export interface WritableLike extends EventEmitter {
  writable: boolean
  write(chunk: any, callback?: Done): boolean
  write(chunk: any, encoding?: BufferEncoding, callback?: Done): boolean
  end(callback?: () => void): any
  end(chunk: any, callback?: () => void): any
  end(chunk: any, encoding?: BufferEncoding, callback?: () => void): any
}

export interface ReadableEventMap extends EventEmitterEventMap {
  close: []
  data: [chunk: any]
  end: []
  error: [error: Error]
  pause: []
  readable: []
  resume: []
}

export interface WritableEventMap extends EventEmitterEventMap {
  close: []
  drain: []
  error: [error: Error]
  finish: []
  pipe: [source: Readable]
  unpipe: [source: Readable]
}

export interface DuplexEventMap extends ReadableEventMap, WritableEventMap {}

export interface StreamOptions<Self extends Stream = Stream> extends Abortable {
  emitClose?: boolean | undefined
  highWaterMark?: number | undefined
  objectMode?: boolean | undefined
  autoDestroy?: boolean | undefined
  construct?: ((this: Self, callback: Done) => void) | undefined
  destroy?: ((this: Self, error: Error | null, callback: Done) => void) | undefined
}

export interface ReadableOptions<Self extends Stream = Readable> extends StreamOptions<Self> {
  encoding?: BufferEncoding | undefined
  read?: ((this: Self, size: number) => void) | undefined
}

export interface WritableOptions<Self extends Stream = Writable> extends StreamOptions<Self> {
  decodeStrings?: boolean | undefined
  defaultEncoding?: BufferEncoding | undefined
  write?: ((this: Self, chunk: any, encoding: BufferEncoding, callback: Done) => void) | undefined
  writev?: ((this: Self, chunks: { chunk: any; encoding: BufferEncoding }[], callback: Done) => void) | undefined
  final?: ((this: Self, callback: Done) => void) | undefined
}

export interface DuplexOptions<Self extends Stream = Duplex> extends ReadableOptions<Self>, WritableOptions<Self> {
  allowHalfOpen?: boolean | undefined
  readableObjectMode?: boolean | undefined
  writableObjectMode?: boolean | undefined
  readableHighWaterMark?: number | undefined
  writableHighWaterMark?: number | undefined
  writableCorked?: number | undefined
}

export interface TransformOptions<Self extends Stream = Transform> extends DuplexOptions<Self> {
  transform?: ((this: Self, chunk: any, encoding: BufferEncoding, callback: TransformCallback) => void) | undefined
  flush?: ((this: Self, callback: TransformCallback) => void) | undefined
}

export type TransformCallback = (error?: Error | null, data?: any) => void

export class Stream<Events = {}> extends EventEmitter<Events> {
  pipe<Destination extends WritableLike>(destination: Destination, options?: { end?: boolean | undefined }): Destination
}

type Mapper<Result> = (data: any, options?: Abortable) => Result
interface OperatorOptions extends Abortable {
  concurrency?: number | undefined
  highWaterMark?: number | undefined
}

export class Readable<Events = ReadableEventMap> extends Stream<Events> {
  static from(iterable: Iterable<any> | AsyncIterable<any>, options?: ReadableOptions): Readable
  static isDisturbed(stream: ReadableLike | Readable): boolean

  constructor(options?: ReadableOptions)

  readonly readableAborted: boolean
  readable: boolean
  readonly readableDidRead: boolean
  readonly readableEncoding: BufferEncoding | null
  readonly readableEnded: boolean
  readableFlowing: boolean | null
  readonly readableHighWaterMark: number
  readonly readableLength: number
  readonly readableObjectMode: boolean
  readonly closed: boolean
  readonly errored: Error | null
  destroyed: boolean

  _construct?(callback: Done): void
  _read(size: number): void
  _destroy(error: Error | null, callback: Done): void
  read(size?: number): any
  setEncoding(encoding: BufferEncoding): this
  pause(): this
  resume(): this
  isPaused(): boolean
  unpipe(destination?: WritableLike): this
  unshift(chunk: any, encoding?: BufferEncoding): void
  wrap(stream: ReadableLike): this
  push(chunk: any, encoding?: BufferEncoding): boolean
  destroy(error?: Error): this
  iterator(options?: { destroyOnReturn?: boolean | undefined }): AsyncIterableIterator<any>
  compose(stream: any, options?: Abortable): Duplex
  map(fn: Mapper<any>, options?: OperatorOptions): Readable
  filter(fn: Mapper<boolean | Promise<boolean>>, options?: OperatorOptions): Readable
  flatMap(fn: Mapper<any>, options?: OperatorOptions): Readable
  forEach(fn: Mapper<void | Promise<void>>, options?: OperatorOptions): Promise<void>
  some(fn: Mapper<boolean | Promise<boolean>>, options?: OperatorOptions): Promise<boolean>
  every(fn: Mapper<boolean | Promise<boolean>>, options?: OperatorOptions): Promise<boolean>
  find(fn: Mapper<boolean | Promise<boolean>>, options?: OperatorOptions): Promise<any>
  reduce<Result = any>(fn: (previous: any, data: any, options?: Abortable) => Result): Promise<Result>
  reduce<Result = any>(
    fn: (previous: Result, data: any, options?: Abortable) => Result,
    initial: Result,
    options?: Abortable,
  ): Promise<Result>
  drop(limit: number, options?: Abortable): Readable
  take(limit: number, options?: Abortable): Readable
  toArray(options?: Abortable): Promise<any[]>
  [Symbol.asyncIterator](): AsyncIterableIterator<any>
  [Symbol.asyncDispose](): Promise<void>
}

interface WritableMembers {
  writable: boolean
  readonly writableAborted: boolean
  readonly writableCorked: number
  readonly writableEnded: boolean
  readonly writableFinished: boolean
  readonly writableHighWaterMark: number
  readonly writableLength: number
  readonly writableNeedDrain: boolean
  readonly writableObjectMode: boolean
  _write(chunk: any, encoding: BufferEncoding, callback: Done): void
  _writev?(chunks: { chunk: any; encoding: BufferEncoding }[], callback: Done): void
  _final(callback: Done): void
  write(chunk: any, callback?: Done): boolean
  write(chunk: any, encoding: BufferEncoding, callback?: Done): boolean
  setDefaultEncoding(encoding: BufferEncoding): this
  end(callback?: () => void): this
  end(chunk: any, callback?: () => void): this
  end(chunk: any, encoding: BufferEncoding, callback?: () => void): this
  cork(): void
  uncork(): void
}

export class Writable<Events = WritableEventMap> extends Stream<Events> {
  constructor(options?: WritableOptions)

  readonly closed: boolean
  readonly errored: Error | null
  destroyed: boolean
  _construct?(callback: Done): void
  _destroy(error: Error | null, callback: Done): void
  destroy(error?: Error): this
  [Symbol.asyncDispose](): Promise<void>
}
export interface Writable<Events = WritableEventMap> extends WritableMembers {}

export class Duplex<Events = DuplexEventMap> extends Readable<Events> {
  static from(source: any): Duplex

  constructor(options?: DuplexOptions)

  allowHalfOpen: boolean
}
export interface Duplex<Events = DuplexEventMap> extends WritableMembers {}

export class Transform<Events = DuplexEventMap> extends Duplex<Events> {
  constructor(options?: TransformOptions)

  _transform(chunk: any, encoding: BufferEncoding, callback: TransformCallback): void
  _flush(callback: TransformCallback): void
}

export class PassThrough extends Transform {}

export interface FinishedOptions extends Abortable {
  error?: boolean | undefined
  readable?: boolean | undefined
  writable?: boolean | undefined
}

type AnyStream = ReadableLike | WritableLike | Readable | Writable

/** Gives a function that takes the listeners away again. */
export function finished(
  stream: AnyStream,
  options: FinishedOptions,
  callback: (error?: ErrnoException | null) => void,
): () => void
export function finished(stream: AnyStream, callback: (error?: ErrnoException | null) => void): () => void

type PipelineSource = AnyStream | Iterable<any> | AsyncIterable<any> | (() => Iterable<any> | AsyncIterable<any>)
type PipelineStep = AnyStream | ((source: any) => any)
type PipelineDone = (error: ErrnoException | null) => void

export function pipeline<Last extends PipelineStep>(source: PipelineSource, last: Last, callback?: PipelineDone): Last
export function pipeline<Last extends PipelineStep>(
  source: PipelineSource,
  step: PipelineStep,
  last: Last,
  callback?: PipelineDone,
): Last
export function pipeline(source: PipelineSource, ...stepsAndCallback: (PipelineStep | PipelineDone)[]): any

export function addAbortSignal<Any extends AnyStream>(signal: AbortSignal, stream: Any): Any
export function getDefaultHighWaterMark(objectMode: boolean): number
export function setDefaultHighWaterMark(objectMode: boolean, value: number): void
export function isErrored(stream: AnyStream): boolean
export function isReadable(stream: ReadableLike | Readable): boolean

export { Stream as default }
