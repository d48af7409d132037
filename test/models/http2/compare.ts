// What both ends heard in two runs of the same steps: by our module and by Node's.

import assert from 'node:assert/strict'
import type { SessionEnd } from './ends.ts'
import type { SessionModel } from './model.ts'
import type { Stage } from './stage.ts'

export function compare(ours: Stage, nodes: Stage): void {
  const lost = new Set(
    [ours, nodes].flatMap(({ model }) => model.streams.filter(one => one.isLost).map(({ id }) => id)),
  )
  assert.deepEqual(heardBy(ours, lost), heardBy(nodes, lost))
}

function heardBy({ sessions, streams, serverLog, model }: Stage, lost: ReadonlySet<string>): unknown {
  const ends: unknown[][] = []
  for (const session of model.sessions) {
    // Whether the GOAWAY of a session that is destroyed arrives ahead of the connection's end is a matter of moments.
    const isToldApart = session.destroyedBy === undefined && !isClosingUnread(session)
    for (const side of ['client', 'server'] as const) {
      const { name, log } = sessions[side][session.index] as SessionEnd
      ends.push([name, log.filter(isToldApart ? isFirstGoaway : isNoGoaway)])
    }
  }
  for (const { id, isRefused } of model.streams) {
    // Node 20 throws instead.
    if (isRefused) continue
    for (const side of ['client', 'server'] as const) {
      const end = streams[side].get(id)
      if (end !== undefined) ends.push([end.name, lost.has(id) ? end.log.filter(isNoContent) : end.log])
    }
  }
  return { ends: Object.fromEntries(ends), serverLog }
}

/** With GOAWAY said and no stream left but unread ones Node's reads its connection no further, and hears nothing of its peer's. */
function isClosingUnread({ isClosing, streams }: SessionModel): boolean {
  return isClosing && streams.some(({ client, server, isPush }) => !client.reads || !(server.reads || isPush))
}

const isNoGoaway = (entry: string) => !entry.startsWith('goaway')

/** A session that closes says it twice; whether its peer still hears the second is a matter of moments. */
const isFirstGoaway = (entry: string, index: number, log: readonly string[]) =>
  !(entry.startsWith('goaway') && log[index - 1] === entry)

/** What was on its way when a session ended arrives or does not. */
const isNoContent = (entry: string) => entry !== 'data' && entry !== 'end'
