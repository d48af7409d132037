// What a machine's name servers say of a name: our own dns module, as a program on that machine would use it.

import { Resolver } from '../../dns/promises.ts'
import { runWithHost } from '../../host/ambient.ts'
import type { Host } from '../../host/types.ts'

/** IPv4 addresses first, then IPv6, as getaddrinfo gives them; none where no server knows the name. */
export function askNameServers(host: Host, name: string): Promise<string[]> {
  return runWithHost(host, async () => {
    const resolver = new Resolver()
    resolver.setServers(host.nameServers())
    const answers = await Promise.allSettled([resolver.resolve4(name), resolver.resolve6(name)])
    return answers.flatMap(answer => (answer.status === 'fulfilled' ? answer.value : []))
  })
}
