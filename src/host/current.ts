// currentHost(): the host of the code that is running. Modules are imported once, hosts are many: sockets and servers
// take the current host when they are made.

import { ambientHost } from './ambient.ts'
import { osHost } from './os/os-host.ts'
import type { Host } from './types.ts'

/** The host given to the innermost `host.run(fn)` around the running code; the operating system's host outside any. */
export function currentHost(): Host {
  return ambientHost() ?? osHost
}
