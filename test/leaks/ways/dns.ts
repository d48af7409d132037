import nodeDgram from 'node:dgram'
import type { Resolver } from 'node:dns'
import { once } from 'node:events'
import { type PrepareWay, unusedPort, type Ways } from '../way.ts'

export const dnsWays: Ways = {
  'dns: a name that is not found': ({ dns }) => ({
    round: () => new Promise(resolve => dns.lookup('a..b', resolve)),
  }),

  async 'dns: a server that refuses'(modules) {
    const port = await unusedPort(modules)
    return {
      round() {
        const resolver = new modules.dns.Resolver({ timeout: 100, tries: 1 })
        resolver.setServers([`127.0.0.1:${port}`])
        return asked(resolver)
      },
    }
  },

  'dns: a server that is silent': silent(resolver => asked(resolver)),

  'dns: cancelled': silent(async resolver => {
    const isDone = asked(resolver)
    resolver.cancel()
    await isDone
  }),

  // 192.0.2.1 is nobody's: RFC 5737.
  'dns: a local address that is not there': silent(async resolver => {
    resolver.setLocalAddress('192.0.2.1')
    await asked(resolver)
  }),
}

/** With a server that answers nothing. */
function silent(ask: (resolver: Resolver) => Promise<unknown>): PrepareWay {
  return async ({ dns }) => {
    const server = nodeDgram.createSocket('udp4').bind(0, '127.0.0.1')
    await once(server, 'listening')
    return {
      round() {
        const resolver = new dns.Resolver({ timeout: 5, tries: 1 })
        resolver.setServers([`127.0.0.1:${server.address().port}`])
        return ask(resolver)
      },
      async end() {
        server.close()
        await once(server, 'close')
      },
    }
  }
}

function asked(resolver: Resolver): Promise<unknown> {
  return new Promise(resolve => resolver.resolve4('a.example', resolve))
}
