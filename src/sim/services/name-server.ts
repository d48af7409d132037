// A name server program for a machine: our own, at port 53, with zones from descriptions or zone files.

import { DnsServer, describeZone, parseZoneFile, Zone, type ZoneDescription } from '../../dns-server/index.ts'

/** A zone, its description, or a zone file's text with its origin. */
export type ZoneSource = Zone | ZoneDescription | { readonly origin: string; readonly file: string }

/** @throws for invalid zones, before anything runs */
export function readZones(sources: readonly ZoneSource[]): Zone[] {
  return sources.map(source => {
    if (source instanceof Zone) return source
    return 'file' in source ? new Zone(parseZoneFile(source.file, { origin: source.origin })) : describeZone(source)
  })
}

/** The program: to be run on the machine. */
export async function serveZones(zones: readonly Zone[]): Promise<void> {
  await new DnsServer({ zones }).listen({ address: '0.0.0.0', port: 53 })
}
