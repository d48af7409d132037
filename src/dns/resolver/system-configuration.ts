// What the operating system's files say to a resolver: hosts, and of resolv.conf time-outs and rotation: its servers come from the host, and the number of
// tries from the Resolver's options, whose default Node has set before c-ares would look. Read once, and on the OS host alone.

import { readFileSync } from 'node:fs'
import type { Host, ResolverConfiguration } from '../../host/types.ts'
import { namesInHostsFile } from '../engine/hosts-file.ts'
import { parseResolvConf } from '../engine/resolv-conf.ts'

let known: ResolverConfiguration | undefined

export function systemConfiguration(host: Host): ResolverConfiguration | undefined {
  if (host.resolverConfiguration !== undefined) return host.resolverConfiguration()
  if (host.asksNameServers !== true) return undefined
  known ??= parseResolvConf(read('/etc/resolv.conf'))
  return known
}

/**
 * The names that the machine itself knows for an address: no server is asked for those. Node leaves the first of them out,
 * since it reads c-ares' aliases alone; its documentation says all.
 *
 * @param found - called on a later turn
 */
export function ownNamesOf(host: Host, address: string, found: (names: string[]) => void): void {
  if (host.asksNameServers) {
    process.nextTick(found, namesInHostsFile(read('/etc/hosts'), address))
    return
  }
  host.lookupService(address, 0, (error, name) => found(error || name === address ? [] : [name]))
}

/** Empty where the system has no such file, or none that may be read. */
function read(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
