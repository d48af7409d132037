// CPU time that a server spends on a request, ours against the runtime's, A B A B in one run:
// `node dist/bench/http/server.js [scenario ...]`

import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { openIdle, run } from './load.ts'

interface Usage {
  readonly cpuMicros: number
  readonly heapUsed: number
  readonly external: number
  readonly rss: number
}

interface Scenario {
  readonly handler: string
  readonly request: string
  readonly connections: number
  readonly requests: number
  readonly closes?: boolean
}

const get = 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'
const manyFields = Array.from({ length: 29 }, (_, i) => `X-Field-${i}: value of field ${i}\r\n`).join('')
const json = JSON.stringify({ name: 'someone', list: Array.from({ length: 20 }, (_, id) => ({ id, text: 'item' })) })

const scenarios: Readonly<Record<string, Scenario>> = {
  get: { handler: 'get', request: get, connections: 50, requests: 60_000 },
  headers: {
    handler: 'headers',
    request: `GET / HTTP/1.1\r\nHost: localhost\r\n${manyFields}\r\n`,
    connections: 50,
    requests: 30_000,
  },
  post: {
    handler: 'post',
    request: `POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${json.length}\r\n\r\n${json}`,
    connections: 50,
    requests: 30_000,
  },
  stream: {
    handler: 'stream',
    request: 'GET /stream HTTP/1.1\r\nHost: localhost\r\n\r\n',
    connections: 8,
    requests: 500,
  },
  connect: { handler: 'get', request: get, connections: 20, requests: 8_000, closes: true },
  get1000: { handler: 'get', request: get, connections: 1000, requests: 60_000 },
  get10000: { handler: 'get', request: get, connections: 10_000, requests: 60_000 },
}

const rounds = Number(process.env['BENCH_ROUNDS'] ?? 4)

async function start(which: string, handler: string): Promise<{ child: ChildProcess; port: number }> {
  const path = fileURLToPath(new URL('./server-child.js', import.meta.url))
  const child = fork(path, [which, handler], { execArgv: ['--expose-gc'] })
  const [{ port }] = (await once(child, 'message')) as [{ port: number }]
  return { child, port }
}

async function usage(child: ChildProcess, question: string): Promise<Usage> {
  child.send(question)
  const [answer] = (await once(child, 'message')) as [Usage]
  return answer
}

function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] as number
}

async function compare(name: string, scenario: Scenario): Promise<void> {
  const request = Buffer.from(scenario.request)
  const servers = { ours: await start('ours', scenario.handler), node: await start('node', scenario.handler) }
  const micros: Record<'ours' | 'node', number[]> = { ours: [], node: [] }
  for (let round = 0; round <= rounds; round++) {
    for (const which of ['ours', 'node'] as const) {
      const { child, port } = servers[which]
      const before = await usage(child, 'cpu')
      await run({ ...scenario, port, request })
      const after = await usage(child, 'cpu')
      // The first round warms up.
      if (round > 0) micros[which].push((after.cpuMicros - before.cpuMicros) / scenario.requests)
    }
  }
  for (const { child } of Object.values(servers)) child.kill()
  const ours = median(micros.ours)
  const node = median(micros.node)
  console.log(`${name.padEnd(10)} ${ours.toFixed(2)} us, node ${node.toFixed(2)} us: ${(ours / node).toFixed(2)}x`)
}

async function compareMemory(count: number): Promise<void> {
  const bytes: Record<string, number> = {}
  for (const which of ['ours', 'node']) {
    const { child, port } = await start(which, 'get')
    const warm = await openIdle(port, 100, Buffer.from(get))
    const before = await usage(child, 'memory')
    const sockets = await openIdle(port, count, Buffer.from(get))
    const after = await usage(child, 'memory')
    bytes[which] = (after.heapUsed + after.external - before.heapUsed - before.external) / count
    for (const socket of [...warm, ...sockets]) socket.destroy()
    child.kill()
  }
  const { ours = 0, node = 0 } = bytes
  console.log(
    `memory     ${Math.round(ours)} bytes per idle connection, node ${Math.round(node)}: ${(ours / node).toFixed(2)}x`,
  )
}

const wanted = process.argv.slice(2)
for (const [name, scenario] of Object.entries(scenarios)) {
  if (wanted.length === 0 || wanted.includes(name)) await compare(name, scenario)
}
if (wanted.length === 0 || wanted.includes('memory')) await compareMemory(2000)
process.exit()
