// A real recursive resolver in front of our name server: unbound asks it for example.test, and answers clients.

import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { DnsServer } from '../../src/dns-server/server.ts'
import { osHost } from '../../src/host/index.ts'
import { exampleZone } from '../dns/example-zone.ts'

export const noUnbound = spawnSync('unbound', ['-V']).error === undefined ? false : 'unbound is not installed'

export interface Unbound extends AsyncDisposable {
  readonly port: number
}

export async function startUnbound(): Promise<Unbound> {
  const server = osHost.run(() => new DnsServer({ zones: [exampleZone()], udpSize: 4096 }))
  const authority = await server.listen()
  const folder = mkdtempSync(join(tmpdir(), 'unbound-'))
  // Its port has to be named before it is bound: another may take it in between.
  for (let attempts = 5; ; attempts--) {
    const port = await freePort()
    writeFileSync(join(folder, 'unbound.conf'), configuration(folder, port, authority.port))
    const child = spawn('unbound', ['-d', '-c', join(folder, 'unbound.conf')], { stdio: ['ignore', 'ignore', 'pipe'] })
    const stop = async () => {
      await stopped(child)
      await server.close()
      rmSync(folder, { recursive: true, force: true })
    }
    const problem = await started(child)
    if (problem === undefined) return { port, [Symbol.asyncDispose]: stop }
    if (attempts > 1 && problem.includes('already in use')) continue
    await stop()
    throw new Error(problem)
  }
}

const configuration = (folder: string, port: number, authorityPort: number) => `
server:
  interface: 127.0.0.1@${port}
  port: ${port}
  directory: "${folder}"
  chroot: ""
  username: ""
  pidfile: ""
  use-syslog: no
  verbosity: 1
  num-threads: 1
  do-ip6: no
  do-not-query-localhost: no
  module-config: "iterator"
  local-zone: "test." nodefault
  edns-buffer-size: 4096
  max-udp-size: 4096
  target-fetch-policy: "0 0 0 0 0"
stub-zone:
  name: "example.test."
  stub-addr: 127.0.0.1@${authorityPort}
remote-control:
  control-enable: no
`

/** A port that is free for TCP and UDP, a moment ago. */
async function freePort(): Promise<number> {
  await using probe = new DnsServer()
  const { port } = await probe.listen()
  return port
}

/** @returns what went wrong, if it did not start */
function started(child: ChildProcess): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    const said: string[] = []
    child.on('error', reject)
    child.on('exit', () => resolve(said.join('\n') || 'unbound ended'))
    if (child.stderr === null) return
    createInterface(child.stderr).on('line', line => {
      said.push(line)
      if (line.includes('start of service')) resolve(undefined)
    })
  })
}

async function stopped(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return
  const ended = new Promise(resolve => child.on('exit', resolve))
  child.kill('SIGTERM')
  await ended
}
