// net's behaviour tests run on both hosts: real sockets, and none at all.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { MemoryHost, osHost } from '../../src/host/index.ts'
import type { Host } from '../../src/host/types.ts'
import { connect, createServer, type Server, type Socket } from '../../src/net/index.ts'

export interface Tested {
  readonly host: Host
  freePath(): string
}

const folder = mkdtempSync(join(tmpdir(), 'net-'))
let paths = 0
after(() => rmSync(folder, { recursive: true, force: true }))

const tested: readonly Tested[] = [
  { host: osHost, freePath: () => join(folder, `${paths++}.sock`) },
  { host: new MemoryHost(), freePath: () => `/run/${paths++}` },
]

/** One test per host, run with that host as the current one. */
export function onBothHosts(name: string, body: (tested: Tested) => Promise<void>): void {
  for (const one of tested) {
    test(`${name} (${one.host.name})`, async () => {
      // Sockets' time-outs and connections in memory keep no process alive; the test does.
      const held = setInterval(() => {}, 60_000)
      await one.host.run(() => body(one)).finally(() => clearInterval(held))
    })
  }
}

/** A server on a free port of 127.0.0.1, listening. */
export async function listening(
  options: Parameters<typeof createServer>[0] = {},
  onConnection?: (socket: Socket) => void,
): Promise<{ server: Server; port: number }> {
  const server = createServer(options, onConnection)
  server.listen(0, '127.0.0.1')
  await event(server, 'listening')
  return { server, port: (server.address() as { port: number }).port }
}

/** Both ends of a new connection. */
export async function pair(
  serverOptions: Parameters<typeof createServer>[0] = {},
  clientOptions: object = {},
): Promise<{ server: Server; accepted: Socket; client: Socket }> {
  const { server, port } = await listening(serverOptions)
  const arrival = event<[Socket]>(server, 'connection')
  const client = connect({ port, host: '127.0.0.1', ...clientOptions })
  await event(client, 'connect')
  const [accepted] = await arrival
  server.close()
  return { server, accepted, client }
}

/** The arguments of the next such event. 'error' does not reject: tests ask for what they expect. */
export function event<A extends unknown[] = unknown[]>(emitter: NodeJS.EventEmitter, name: string): Promise<A> {
  return new Promise(resolve => emitter.once(name, (...args) => resolve(args as A)))
}

/** Writes down the named events as they come. */
export function record(emitter: NodeJS.EventEmitter, names: readonly string[]): string[] {
  const log: string[] = []
  for (const name of names) emitter.on(name, () => void log.push(name))
  return log
}

/** All that comes, as text, until 'end'. */
export async function text(socket: Socket): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of socket) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString()
}
