// What an idle session and an open stream keep of a server's memory, all of it: the runtime's own sessions live beneath
// JavaScript, where `npm run bench` does not look. `node dist/bench/http2/resident.js`

import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import builtIn from 'node:http2'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'
import * as ours from '../../src/http2/index.ts'

const self = fileURLToPath(import.meta.url)
const [, , subject] = process.argv

if (subject === undefined) {
  for (const what of ['session', 'stream'] as const) {
    const [own, theirs] = [await measure('plainwire', what), await measure('built-in', what)]
    console.log(`${what}: ${own} bytes, the runtime's ${theirs}: ${(own / theirs).toFixed(2)}x`)
  }
  process.exit()
} else serve()

function serve(): void {
  const http2 = (subject === 'plainwire' ? ours : builtIn) as typeof builtIn
  const kept = new Set<object>()
  const server = http2.createServer()
  server.on('stream', stream => {
    kept.add(stream)
    stream.on('error', () => {})
  })
  server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port))
  process.on('message', async () => {
    for (let i = 0; i < 6; i++) {
      globalThis.gc?.()
      await new Promise(resolve => setTimeout(resolve, 50))
    }
    process.send?.(process.memoryUsage().rss)
  })
}

async function measure(which: string, what: 'session' | 'stream'): Promise<number> {
  const child = fork(self, [which], { execArgv: ['--expose-gc'] })
  const [port] = (await once(child, 'message')) as [number]
  const [few, many] = [300, 3000]
  const sessions: builtIn.ClientHttp2Session[] = []
  const open = async (count: number): Promise<void> => {
    if (what === 'session') for (let i = 0; i < count; i++) sessions.push(await connect(port))
    else await openStreams((sessions[0] ??= await connect(port)), count)
  }
  await open(few)
  const before = await residentOf(child)
  await open(many)
  const after = await residentOf(child)
  child.kill()
  return Math.round((after - before) / many)
}

async function residentOf(child: ChildProcess): Promise<number> {
  child.send('how much?')
  const [bytes] = (await once(child, 'message')) as [number]
  return bytes
}

async function connect(port: number): Promise<builtIn.ClientHttp2Session> {
  const session = builtIn.connect(`http://127.0.0.1:${port}`)
  session.on('error', () => {})
  await once(session, 'connect')
  await ping(session)
  return session
}

async function openStreams(session: builtIn.ClientHttp2Session, count: number): Promise<void> {
  for (let i = 0; i < count; i++) session.request({ ':method': 'POST' }).on('error', () => {})
  await ping(session)
}

function ping(session: builtIn.ClientHttp2Session): Promise<void> {
  return new Promise((resolve, reject) => session.ping(error => (error ? reject(error) : resolve())))
}
