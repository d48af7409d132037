// Preloaded by `npm start` into the programs it runs: counts who carried what. Node's modules and ours announce their
// sockets on the same documented diagnostics channels, so what a module of ours carried and what the runtime's own
// carried are told apart by the object's class. Writes one line of JSON per process to the file in PLAINWIRE_WITNESS.

import { subscribe } from 'node:diagnostics_channel'
import { appendFileSync } from 'node:fs'
import { env } from 'node:process'
import * as dgram from '../dist/src/dgram/index.js'
import * as http from '../dist/src/http/index.js'
import { Http2Stream } from '../dist/src/http2/stream/http2-stream.js'
import * as net from '../dist/src/net/index.js'

/** By module: what one message on the channel is called, and the object whose class says whose it is. */
const watched = [
  { module: 'net', what: 'accepted connections', channel: 'net.server.socket', object: 'socket', ours: net.Socket },
  { module: 'net', what: 'opened connections', channel: 'net.client.socket', object: 'socket', ours: net.Socket },
  {
    module: 'http',
    what: 'received requests',
    channel: 'http.server.request.start',
    object: 'request',
    ours: http.IncomingMessage,
  },
  {
    module: 'http',
    what: 'sent requests',
    channel: 'http.client.request.start',
    object: 'request',
    ours: http.ClientRequest,
  },
  { module: 'dgram', what: 'UDP sockets', channel: 'udp.socket', object: 'socket', ours: dgram.Socket },
  // The runtime's http2 tells of its streams since Node 24 only, ours always.
  {
    module: 'http2',
    what: 'received streams',
    channel: 'http2.server.stream.start',
    object: 'stream',
    ours: Http2Stream,
  },
  { module: 'http2', what: 'sent streams', channel: 'http2.client.stream.start', object: 'stream', ours: Http2Stream },
]

/** `below`: the runtime's, under our host. `past`: the runtime's, opened by others than our host. */
const counts = { ours: {}, below: {}, past: {} }

/** In the names of our host's frames: scripts/frames.mjs. */
const hostFolder = 'node:internal/plainwire/host/'

/** Accepted sockets come from the runtime's inside: that none went past us shows in their number alone. */
function ownerOf(isOurs, what) {
  if (isOurs) return 'ours'
  return what.startsWith('accepted') || new Error().stack.includes(hostFolder) ? 'below' : 'past'
}

for (const { module, what, channel, object, ours } of watched) {
  subscribe(channel, message => {
    // Not `instanceof`, which a class may answer as it likes.
    const isOurs = Object.prototype.isPrototypeOf.call(ours.prototype, message[object])
    const count = (counts[ownerOf(isOurs, what)][module] ??= {})
    count[what] = (count[what] ?? 0) + 1
  })
}

// The host must show in a stack however deep the program's own calls are.
Error.stackTraceLimit = 50

// A server that runs until it is told to end counts too.
process.once('SIGTERM', () => process.exit(0))

process.on('exit', () => {
  if (env.PLAINWIRE_WITNESS) appendFileSync(env.PLAINWIRE_WITNESS, `${JSON.stringify(counts)}\n`)
})
