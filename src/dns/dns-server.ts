// `plainwire/dns-server`: an authoritative DNS server for tests and simulated networks. Node has no such module.

export { Authority, type AuthorityOptions, type Transport } from './engine/authority.ts'
export { Zone, ZoneError } from './engine/zone.ts'
export { describeZone, type NodeDescription, type ZoneDescription } from './engine/zone-description.ts'
export { DnsServer, type DnsServerOptions, type ListenOptions, type Responder } from './server.ts'
export { formatRecord } from './wire/record-format.ts'
export type { ResourceRecord } from './wire/records.ts'
export { parseZoneFile, ZoneFileError, type ZoneFileOptions } from './wire/zone-file.ts'
