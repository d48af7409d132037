// currentHost(): the host of the running code. Modules are imported once, but a process may have many hosts: sockets and servers
// take the current host when they are constructed.

import { ambientHost } from './ambient.ts'
import { osHost } from './os/os-host.ts'
import type { Host } from './types.ts'

/** The host of the innermost `host.run(fn)` around the running code; the operating system's host outside any. */
export function currentHost(): Host {
  return ambientHost() ?? osHost
}
