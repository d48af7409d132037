// What the operating system's resolv.conf says of time-outs and rotation: its servers come from the host, and the number of
// tries from the Resolver's options, whose default Node has set before c-ares would look. Read once, and on the OS host alone.

import { readFileSync } from 'node:fs'
import type { Host } from '../host/types.ts'
import { parseResolvConf, type ResolverConfiguration } from './engine/resolv-conf.ts'

let known: ResolverConfiguration | undefined

export function systemConfiguration(host: Host): ResolverConfiguration | undefined {
  if (host.name !== 'os') return undefined
  known ??= parseResolvConf(readConfiguration())
  return known
}

/** Empty where the system has none, or none that may be read. */
function readConfiguration(): string {
  try {
    return readFileSync('/etc/resolv.conf', 'utf8')
  } catch {
    return ''
  }
}
