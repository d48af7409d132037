// What holds of both ends of all sessions and streams once all is at rest, and at the end.

import assert from 'node:assert/strict'
import type { Side, Step } from './acts.ts'
import type { SessionEnd, StreamEnd } from './ends.ts'
import { other, type SessionModel, type StreamModel } from './model.ts'
import type { Stage } from './stage.ts'

const sides = ['client', 'server'] as const

export async function check(stage: Stage, step: Step): Promise<void> {
  const after = `after ${JSON.stringify(step)}`
  checkFaults(stage, after)
  for (const session of stage.model.open) if (session.isClosing) checkClosing(stage, session, after)
  for (const stream of stage.model.streams) {
    for (const side of sides) checkStream(stage, stream, side, after)
    if (!stream.isCut && sides.every(side => stage.streams[side].get(stream.id)?.isClosed)) stream.cut()
  }
  for (const session of stage.model.sessions) checkSession(stage, session, after)
  assert.equal(await stage.connections(), stage.model.open.length, `connections ${after}`)
}

export function checkEnd(stage: Stage): void {
  checkFaults(stage, 'at the end')
  for (const end of allEnds(stage)) assert.equal(end.count('close'), 1, `'close' of ${end.name}: ${end.log.join(', ')}`)
  assert.deepEqual(stage.serverLog, ['close'], 'of the server')
}

function checkFaults(stage: Stage, when: string): void {
  for (const { name, faults, log } of allEnds(stage)) assert.deepEqual(faults, [], `${name} ${when}: ${log.join(', ')}`)
}

/** One whose last stream has gone takes its connection along; Node's not before the other end's have gone as well. */
function checkClosing(stage: Stage, session: SessionModel, after: string): void {
  const heard = `session ${session.index} ${after}`
  const isOver = sides.some(side => stage.sessions[side][session.index]?.isClosed)
  const isDone = (side: Side) => session.live.every(stream => stream.isComplete && hasAll(stage, stream, side))
  if (isOver) assert.ok(sides.some(isDone), heard)
  else {
    const isGone = (side: Side) => session.streams.every(({ id }) => stage.streams[side].get(id)?.isClosed ?? true)
    assert.ok(!sides.every(isGone), heard)
  }
  if (isOver) session.lose()
}

function hasAll(stage: Stage, told: StreamModel, side: Side): boolean {
  return stage.streams[side].get(told.id)?.received === told[other(side)].sent
}

function checkSession(stage: Stage, session: SessionModel, after: string): void {
  const ends = sides.map(side => stage.sessions[side][session.index] as SessionEnd)
  for (const end of ends) assert.ok(end, `session ${session.index} has no other end ${after}`)
  for (const [index, end] of ends.entries()) {
    const side = sides[index] as Side
    const heard = `${end.name} ${after}: ${end.log.join(', ')}`
    // Node's stays for those of its streams that have arrived in full and wait for a reader.
    const isAwaited = session.streams.every(({ id }) => stage.streams[side].get(id)?.isClosed ?? true)
    const isPatient = stage.stack.isNodes && session.isClosing
    if (!session.isGone || (isAwaited && !isPatient)) assert.equal(end.isClosed, session.isGone, heard)
    if (!session.isGone && !isPatient) assert.ok(!end.session.destroyed, heard)
    if (end.has('error')) assert.ok(session.hasFailed, heard)
    if (session.isGone) continue
    assert.equal(end.count('ping'), session.pings[other(side)], heard)
    assert.equal(end.count('pong'), session.pings[side], heard)
    assert.equal(end.count('remoteSettings'), session.settings[other(side)], heard)
    assert.equal(end.count('localSettings'), session.settings[side], heard)
    const isWaiting = session.streams.some(stream => !hasAll(stage, stream, other(side)))
    if (isWaiting) session.timeouts[side] = end.count('timeout')
    assert.equal(end.count('timeout'), session.timeouts[side], heard)
  }
}

function checkStream(stage: Stage, told: StreamModel, side: Side, after: string): void {
  const end = stage.streams[side].get(told.id)
  if (end === undefined) {
    // A request may have been taken back before it left.
    assert.ok(told.isCut, `stream ${told.id} of the ${side} is missing ${after}`)
    return
  }
  const heard = `${end.name} ${after}: ${end.log.join(', ')}; ${end.received} bytes`
  const from = told[other(side)]
  assert.ok(end.received <= from.sent, heard)
  const heads = end.log.filter(entry => /^(headers|response|push|trailers)/.test(entry))
  assert.deepEqual(heads, told[side].heads.slice(0, heads.length), heard)
  checkError(told, side, end, heard)
  const isOver = told.isRefused || told.mustBeGone || told.session.destroyedBy === side
  if (isOver || (told.session.isGone && told[side].reads)) assert.ok(end.isClosed, heard)
  if (told.isCut) return
  // Trailers wait for the data before them.
  if (
    heads.length !== told[side].heads.length - 1 ||
    told[side].heads.at(-1) !== 'trailers' ||
    hasAll(stage, told, side)
  ) {
    assert.equal(heads.length, told[side].heads.length, heard)
  }
  // What waits to be written and went on since the last look has another period.
  if (!hasAll(stage, told, other(side))) told[side].timeouts = end.count('timeout')
  assert.equal(end.count('timeout'), told[side].timeouts, heard)
  assert.ok(!end.has('aborted'), heard)
  if (told[side].reads) {
    assert.equal(end.received, from.sent, heard)
    if (!(told.isPush && side === 'server')) assert.equal(end.has('end'), from.hasEnded, heard)
  }
  // END_STREAM waits for the window as well.
  const isBlocked = told[side].sent - (stage.streams[other(side)].get(told.id)?.received ?? 0) > 60_000
  if (!isBlocked) assert.equal(end.isClosed, told.isComplete && hasAll(stage, told, side), heard)
}

function checkError(told: StreamModel, side: Side, end: StreamEnd, heard: string): void {
  const code = Number(end.log.find(entry => entry.startsWith('close'))?.split(' ')[1] ?? 0)
  // One that fails amid what it sends never looks whole to its peer.
  const isBroken = told.failed === other(side) && !told[other(side)].hasEnded
  const isDue = told.failed === side || told.isRefused || isBroken
  if (isDue && end.isClosed) assert.ok(end.has('error') && !(isBroken && end.has('end')), heard)
  if (end.has('error')) assert.ok(isDue || told.session.isGone || (code !== 0 && code !== 8), heard)
}

const allEnds = ({ sessions, streams }: Stage) => [
  ...sessions.client,
  ...sessions.server,
  ...streams.client.values(),
  ...streams.server.values(),
]
