// How many packets a second pass through the simulated network: between two stacks on a bare link, and between two programs
// with sockets on machines at a switch, who are woken for most of them. There is no other subject to compare with: the first
// is the measure of the second.

import * as net from '../../src/net/index.ts'
import { Network } from '../../src/sim/index.ts'
import { Timeline } from '../../src/sim/time/timeline.ts'
import { machines, TestLink } from '../../test/sim/small-network.ts'
import type { Load, SpeedCase } from '../case.ts'

const stacks = 'two stacks and a link'
const sockets = 'sockets on machines'

export default [
  {
    name: 'sim/packets',
    operation: 'packet of a bulk transfer sent',
    kind: 'speed',
    measured: 'load',
    subjects: [stacks, sockets],
    baseline: stacks,
    serve: async () => ({ target: null, close() {} }),
    load: async (_target, subject) => (subject === stacks ? stacksLoad() : socketsLoad()),
  },
] satisfies SpeedCase[]

function stacksLoad(): Load {
  const timeline = new Timeline()
  const link = new TestLink(timeline, { delay: 100_000 })
  link.isRecording = false
  const [sender, receiver] = machines(2, timeline, link)
  if (sender === undefined || receiver === undefined) throw new Error('two machines were asked for')
  const wanted = { address: '10.0.0.2', family: 4, port: 80, isDualStack: false, isShared: false } as const
  receiver.stack.tcp.listen(wanted, {
    backlog: 1,
    accept: endpoint => {
      const read = () => endpoint.do(connection => repeat(() => connection.read() !== undefined))
      endpoint.user = { onEstablished() {}, onAcknowledged() {}, onFailure() {}, onReadable: read }
    },
  })
  const chunk = new Uint8Array(64 * 1024)
  // An engine at work takes no calls: the next piece comes by an event of its own.
  let isScheduled = false
  const fill = () => {
    if (isScheduled) return
    isScheduled = true
    timeline.schedule(0, () => {
      isScheduled = false
      endpoint.do((connection, now) =>
        repeat(() => connection.sendBudget >= chunk.length && connection.write(chunk, now) > 0),
      )
    })
  }
  const user = { onEstablished: fill, onAcknowledged: fill, onFailure() {}, onReadable() {} }
  const endpoint = sender.stack.tcp.open('10.0.0.1', 40_000, '10.0.0.2', 80, user)
  return {
    run: async ms => {
      const [end, before] = [performance.now() + ms, link.count]
      while (performance.now() < end) for (let events = 0; events < 500; events++) timeline.runNext()
      return link.count - before
    },
    close() {},
  }
}

function socketsLoad(): Load {
  const network = new Network({ seed: 1 })
  const lan = network.switch({ latency: '1ms', bandwidth: '1gbit' })
  const server = network.host('server', { nics: [lan] })
  const client = network.host('client', { nics: [lan] })
  server.run(() => net.createServer(socket => socket.resume()).listen(80))
  client.run(() => {
    const socket = net.connect(80, 'server')
    const chunk = Buffer.alloc(64 * 1024)
    const fill = () => repeat(() => socket.write(chunk))
    socket.on('connect', fill).on('drain', fill)
  })
  return {
    run: async ms => {
      const [end, before] = [performance.now() + ms, lan.counts.sent]
      while (performance.now() < end) await network.run('5ms')
      return lan.counts.sent - before
    },
    close: () => network.close(),
  }
}

function repeat(goesOn: () => boolean): void {
  while (goesOn()) {}
}
