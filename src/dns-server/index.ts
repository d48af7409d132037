// `plainwire/dns-server`: an authoritative DNS server for tests and simulated networks. Node has no such module.

export { formatRecord } from '../dns/wire/record-format.ts'
export type { ResourceRecord } from '../dns/wire/records.ts'
export { Authority, type AuthorityOptions, type Transport } from './authority.ts'
export { DnsServer, type DnsServerOptions, type ListenOptions, type Responder } from './server.ts'
export { Zone, ZoneError } from './zone.ts'
export { describeZone, type NodeDescription, type ZoneDescription } from './zone-description.ts'
export { parseZoneFile, ZoneFileError, type ZoneFileOptions } from './zone-file.ts'
