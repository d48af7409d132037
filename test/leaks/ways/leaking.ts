// Ways that leak on purpose, one object in each round: what the measure has to find.

import { closeSync, openSync } from 'node:fs'
import type { ServerHttp2Stream } from 'node:http2'
import { accepted, closed, type Ways } from '../way.ts'
import { withSession } from './http2.ts'

export const leakingWays: Ways = {
  'a socket that stays': ({ net }) => keeping(() => new net.Socket({})),

  'a stream of HTTP/2 that stays': modules => {
    const kept: unknown[] = []
    return withSession(modules, ({ session, serverSession }) => async () => {
      const opened = accepted<ServerHttp2Stream>(serverSession, 'stream')
      const stream = session.request({}).resume()
      const ends = closed(stream)
      const peer = await opened
      peer.respond()
      peer.end()
      kept.push(stream)
      await ends
    })
  },

  'a descriptor that stays': () => {
    const kept: number[] = []
    return {
      round: async () => kept.push(openSync('/dev/null', 'r')),
      async end() {
        for (const descriptor of kept) closeSync(descriptor)
      },
    }
  },

  'a timer that stays': () => {
    const kept: NodeJS.Timeout[] = []
    return {
      round: async () => kept.push(setTimeout(() => {}, 100_000)),
      async end() {
        for (const timer of kept) clearTimeout(timer)
      },
    }
  },
}

function keeping(make: () => unknown) {
  const kept: unknown[] = []
  return { round: async () => kept.push(make()) }
}
