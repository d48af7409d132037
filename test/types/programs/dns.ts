// Look-ups in both styles, a resolver of one's own, and the cache that Node has not.

import dns, { type LookupAddress, type MxRecord, Resolver } from 'plainwire/dns'
import promises from 'plainwire/dns/promises'

dns.lookup('localhost', (error, address, family) => [error?.code, address.length, family.toFixed()])
dns.lookup('localhost', { all: true, order: 'ipv6first' }, (_error, addresses) => {
  const list: LookupAddress[] = addresses
  return list.map(one => one.family)
})
dns.lookup('localhost', 4, (_error, address) => address.length)
dns.lookupService('127.0.0.1', 80, (_error, hostname, service) => [hostname.length, service.length])
dns.resolve('example.test', 'MX', (_error, records) => {
  const exchanges: MxRecord[] = records
  return exchanges.map(one => one.exchange)
})
dns.resolve4('example.test', { ttl: true }, (_error, records) =>
  records.map(({ address, ttl }) => [address.length, ttl]),
)
dns.resolveTxt('example.test', (_error, records) => records.flat().join(''))
dns.resolveAny('example.test', (_error, records) => {
  for (const record of records) if (record.type === 'TXT') record.entries.join('')
})

const resolver = new Resolver({ timeout: 1000, tries: 2, cache: { maxEntries: 100, maxTtl: 60 } })
resolver.setServers(['127.0.0.1:53', '[::1]'])
resolver.resolveSoa('example.test', (error, soa) =>
  error === null ? soa.serial.toFixed() : error.code === dns.NOTFOUND,
)
resolver.cancel()

export async function both(): Promise<string[]> {
  const { address } = await promises.lookup('localhost')
  const all = await dns.promises.lookup('localhost', { all: true })
  const records = await new promises.Resolver({ cache: true }).resolveSrv('_http._tcp.example.test')
  return [address, ...all.map(one => one.address), ...records.map(one => one.name)]
}
dns.setDefaultResultOrder('verbatim')

// @ts-expect-error no such kind of record
dns.resolve('example.test', 'MX', (_error, records) => records[0]?.priority.length)
// @ts-expect-error what a cache keeps is counted
new Resolver({ cache: { maxEntries: 'many' } })
// @ts-expect-error an address is no number
dns.lookup('localhost', (_error, address) => address.toFixed())
