// The servers of a cluster's workers are one server to the client: a ticket from one is good for all.

import assert from 'node:assert/strict'
import cluster from 'node:cluster'
import { once } from 'node:events'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { connect, textOf } from './pair.ts'

describe('workers of a cluster', () => {
  it('share the keys of tickets', async t => {
    cluster.setupPrimary({ exec: fileURLToPath(new URL('cluster-worker.js', import.meta.url)), execArgv: [] })
    const workers = [cluster.fork(), cluster.fork()]
    t.after(() => {
      for (const worker of workers) worker.kill()
    })
    const ports = (await Promise.all(workers.map(worker => once(worker, 'message')))).flat()
    // Each worker has a certificate of its own, made on the spot.
    const options = { rejectUnauthorized: false }
    const first = connect(t, Number(ports[0]), options)
    const told = once(first, 'session')
    const [own] = (await textOf(first)).split(' ')
    const [session] = await told
    const answers: string[] = []
    // The primary deals connections out in turn.
    for (let i = 0; i < 2; i++) answers.push(await textOf(connect(t, Number(ports[0]), { ...options, session })))
    assert.deepEqual(
      answers.map(answer => answer.split(' ')[1]),
      ['true', 'true'],
    )
    assert.ok(answers.some(answer => answer.split(' ')[0] !== own))
  })
})
