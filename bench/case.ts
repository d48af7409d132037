// What a benchmark case is. A file bench/<module>/*.bench.ts whose default export is an array of cases joins by being there:
//
//   export default [{
//     name: 'net/echo-64k', operation: '64 KiB there and back', kind: 'speed',
//     serve: async subject => { ...listen with our module or the runtime's...; return { target: { port }, close } },
//     load: async target => ({ run: ms => ...keeps it busy for so long, gives the number of operations..., close }),
//   }] satisfies BenchCase[]
//
// `npm run bench -- net/echo` then runs all whose name has this in it. For each subject `serve` and `load` run in
// processes of their own, and the subjects take turns, A B A B: so they meet the same machine. The load generator should
// be the same for all subjects (the runtime's own module). Only what crosses over in `target` is shared: JSON.

export type BenchCase = SpeedCase | MemoryCase

interface CommonCase {
  /** `module/what`, as `npm run bench -- what` picks it. */
  readonly name: string
  /** Who is compared. Default: `plainwire` and `built-in`. */
  readonly subjects?: readonly string[]
  /** Whom the ratios are against. Default: `built-in`. */
  readonly baseline?: string
  serve(subject: string): Promise<Serving>
}

/** Operations per second, and the CPU time that one of them costs. */
export interface SpeedCase extends CommonCase {
  readonly kind: 'speed'
  /** What is counted as one. */
  readonly operation: string
  /** Whose CPU time counts. Default: the server's. */
  readonly measured?: 'server' | 'load'
  load(target: never, subject: string): Promise<Load>
}

/** Memory that the server holds per thing that the load generator opened. */
export interface MemoryCase extends CommonCase {
  readonly kind: 'memory'
  /**
   * `heap`: JavaScript heap and buffers. `resident`: all that the process keeps, for what the runtime has beneath JavaScript.
   * Default: `heap`.
   */
  readonly measures?: 'heap' | 'resident'
  /** What is opened. */
  readonly thing: string
  readonly count: number
  hold(target: never, count: number, subject: string): Promise<Held>
}

export interface Serving {
  /** What the load generator needs to find this server. */
  readonly target: unknown
  close(): void
}

export interface Load {
  /** Keeps the server busy for `ms` and ends in rest. @returns operations done */
  run(ms: number): Promise<number>
  close(): void
}

export interface Held {
  close(): void
}

export const builtIn = 'built-in'
export const defaultSubjects: readonly string[] = ['plainwire', builtIn]
