// The worlds that the models of test/models run in: one in virtual time, where a program's and a peer's acts can be mixed with time
// that passes, and one of real sockets, where the same acts drive Node's own modules.

import { Network } from '../../src/sim/index.ts'

export interface World {
  /** Runs on the machine that serves; what it starts belongs to that machine. */
  server<T>(fn: () => T): T
  /** Runs on the machine that connects. */
  client<T>(fn: () => T): T
  /** The name or address by which the client reaches the server. */
  readonly serverAddress: string
  /** Lets everything happen that is on its way, without letting a time-out of the programs pass. */
  settle(): Promise<void>
  /** How often `settle` may have to be called before all that is on its way has happened. */
  readonly patience: number
  /** Lets that many milliseconds pass; only in virtual time. */
  pass(milliseconds: number): Promise<void>
  close(): void
}

/** Two machines on a switch without delay. `settle` takes 5 ms of virtual time, so that models use times well above it. */
export function virtualWorld(seed: number, epoch?: number): World {
  const network = new Network({ seed, epoch })
  const lan = network.switch({ latency: '0ms' })
  const server = network.host('server', { nics: [lan] })
  const client = network.host('client', { nics: [lan] })
  return {
    server: fn => server.run(fn),
    client: fn => client.run(fn),
    serverAddress: 'server',
    settle: () => network.run('5ms'),
    patience: 0,
    pass: milliseconds => network.run(`${milliseconds}ms`),
    close: () => network.close(),
  }
}

/** Turns of the event loop after which loopback has brought all that was sent. */
const QUIET_TURNS = 40

/** Where a system has more than one, another address of loopback keeps out whoever tries a port that nobody listens at. */
export const ownLoopback = process.platform === 'linux' ? '127.0.0.2' : '127.0.0.1'

/** This process and its loopback interface. */
export function realWorld(serverAddress = '127.0.0.1'): World {
  return {
    server: fn => fn(),
    client: fn => fn(),
    serverAddress,
    patience: 50,
    async settle() {
      for (let turn = 0; turn < QUIET_TURNS; turn++) await new Promise(resolve => setImmediate(resolve))
    },
    pass() {
      throw new Error('time does not pass at will in the real world')
    },
    close() {},
  }
}

/**
 * How many sequences a model tries: `short` in the tests, MODEL_RUNS by `npm run models`.
 * MODEL_SEED repeats a run that failed.
 */
export function modelRuns(short: number): { numRuns: number; seed: number } {
  const { MODEL_RUNS, MODEL_SEED } = process.env
  return {
    numRuns: MODEL_RUNS === undefined ? short : Number(MODEL_RUNS),
    seed: Number(MODEL_SEED ?? 20261201),
  }
}
