// Five nodes elect a leader, and the network falls apart: cuts, one-way cuts, pauses and crashes, drawn from the seed. The
// scenario fails if two nodes ever lead in the same term, or if there is no single leader some time after the last fault.
//
//   npx plainwire sim examples/sim/election.mjs --seeds 1..100
//
// `runNode` is the code that is tested: the election of Raft (section 5.2 of the paper) over UDP. It knows nothing of a
// simulation: node's dgram, setTimeout and setInterval. Only chance comes from outside, so that runs can be repeated.

import assert from 'node:assert/strict'
import dgram from 'node:dgram'

const HEARTBEAT_MS = 50
const PORT = 7000

/** @param disk - what a node remembers when it is started again: its term, and its vote there */
function runNode({ id, peers, random, disk, onLeader }) {
  const state = { role: 'follower', leader: undefined, votes: new Set() }
  const socket = dgram.createSocket('udp4')
  const send = (to, message) => socket.send(JSON.stringify({ ...message, from: id, term: disk.term }), PORT, to)
  const broadcast = message => {
    for (const peer of peers) send(peer, message)
  }

  let election
  const waitForLeader = () => {
    clearTimeout(election)
    election = setTimeout(stand, 150 + random() * 150)
  }
  const stand = () => {
    disk.term++
    disk.votedFor = id
    state.role = 'candidate'
    state.votes = new Set([id])
    broadcast({ type: 'vote?' })
    waitForLeader()
  }
  const follow = term => {
    if (term > disk.term) {
      disk.term = term
      disk.votedFor = undefined
    }
    state.role = 'follower'
  }

  socket.on('message', bytes => {
    const { type, from, term } = JSON.parse(bytes)
    if (term > disk.term) follow(term)
    if (term < disk.term) return
    if (type === 'vote?' && (disk.votedFor === undefined || disk.votedFor === from)) {
      disk.votedFor = from
      send(from, { type: 'vote' })
      waitForLeader()
    } else if (type === 'vote' && state.role === 'candidate') {
      state.votes.add(from)
      if (state.votes.size > (peers.length + 1) / 2) {
        state.role = 'leader'
        state.leader = id
        onLeader(id, disk.term)
        broadcast({ type: 'leads' })
      }
    } else if (type === 'leads') {
      follow(term)
      state.leader = from
      waitForLeader()
    }
  })
  setInterval(() => {
    if (state.role !== 'leader') return
    broadcast({ type: 'leads' })
    waitForLeader()
  }, HEARTBEAT_MS)
  socket.bind(PORT)
  waitForLeader()
  return state
}

export default async function election(net) {
  const lan = net.switch({ latency: '2ms', jitter: '5ms', loss: 0.02 })
  const names = ['n1', 'n2', 'n3', 'n4', 'n5']
  const nodes = names.map(name => net.host(name, { nics: [lan] }))
  const leaders = new Map()
  const states = new Map()

  for (const [index, node] of nodes.entries()) {
    const disk = { term: 0, votedFor: undefined }
    node.run(() => {
      const state = runNode({
        id: node.name,
        peers: names.filter(name => name !== node.name),
        random: drawnFrom(net.seed * 5 + index),
        disk,
        onLeader: (id, term) => {
          assert.ok(
            !leaders.has(term) || leaders.get(term) === id,
            `${leaders.get(term)} and ${id} lead in term ${term}`,
          )
          leaders.set(term, id)
        },
      })
      states.set(node.name, state)
    })
  }

  await net.run('2s')
  assert.ok(leaders.size > 0, 'nobody was elected in two seconds')
  const plan = net.chaos({ for: '30s', every: '3s', kinds: ['partition', 'one-way', 'pause', 'crash', 'loss'] })
  await net.run('30s')
  await net.run('3s')

  const believed = new Set(names.map(name => states.get(name).leader))
  assert.equal(believed.size, 1, `after the faults the nodes follow ${[...believed].join(', ')}:\n${plan}`)
  return { elections: leaders.size, leader: [...believed][0] }
}

/** A small generator of numbers between 0 and 1 (mulberry32). */
function drawnFrom(seed) {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
