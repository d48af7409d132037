// What plainwire has beside Node's modules.

import { setLookupCache } from 'plainwire/dns-cache'
import { DnsServer, describeZone, parseZoneFile, type ResourceRecord } from 'plainwire/dns-server'
import { currentHost, duplexConnection, type Host, MemoryHost, MemoryNetwork } from 'plainwire/host'
import type { ClientHttp2Stream, StreamError } from 'plainwire/http2'
import { type AttemptError, connect, createServer } from 'plainwire/net'
import { Network } from 'plainwire/sim'
import { setTlsEngine } from 'plainwire/tls-engine'
import 'plainwire/register'

const network = new MemoryNetwork()
const server = new MemoryHost({ name: 'server', network })
const client: Host = new MemoryHost({ name: 'client', network })
server.run(() => createServer(socket => socket.end('hello')).listen(80))
export const connection = duplexConnection(connect(80, 'server'))

export function retry(stream: ClientHttp2Stream, again: () => void): void {
  stream.on('error', (error: StreamError) => {
    if (error.isSafeToRetry) again()
  })
}

export function slowest(error: AggregateError): number {
  return Math.max(...(error.errors as AttemptError[]).map(one => one.durationMs))
}

export const hostName: string = currentHost().name
export const random: Uint8Array = client.random(8)

const zone = describeZone({ origin: 'example.test', records: { www: { A: '192.0.2.1' } } })
export const records: ResourceRecord[] = parseZoneFile('', { origin: 'other.test' })
export async function port(): Promise<number> {
  const dnsServer = new DnsServer({ zones: [zone] })
  const listening = await dnsServer.listen()
  await dnsServer.close()
  return listening.port
}

const net = new Network({ seed: 42 })
const lan = net.switch({ latency: '2ms', bandwidth: '100mbit' })
const machine = net.host('machine', { nics: [lan] })
export const loaded = net.until(machine.load('./program.mjs'))
export const answered: Promise<number> = net.until(machine.run(() => 1))

setLookupCache({ maxEntries: 100, ttl: 30 })
setTlsEngine('runtime')

// @ts-expect-error there are two engines
setTlsEngine('openssl')
// @ts-expect-error a latency is no list
net.switch({ latency: ['2ms'] })
