// The parts of the host contract that concern connections, over the runtime's sockets as user streams.

import { mkdtempSync, rmSync } from 'node:fs'
import net from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'
import { duplexConnection } from '../../src/host/duplex-connection.ts'
import { osHost } from '../../src/host/os/os-host.ts'
import type { ConnectionSink, ConnectTarget, Host, Listener, ListenerSink, ListenTarget } from '../../src/host/types.ts'
import { closeContract } from './contract-close.ts'
import { dataContract } from './contract-data.ts'

const duplexHost: Host = Object.assign(Object.create(osHost) as Host, {
  connect(target: ConnectTarget, sink: ConnectionSink) {
    const where =
      target.kind === 'path'
        ? { path: target.path }
        : target.kind === 'tcp'
          ? { host: target.address, port: target.port }
          : undefined
    if (where === undefined) throw new TypeError('no such target here')
    return duplexConnection(net.connect({ ...where, allowHalfOpen: true }), sink)
  },
  listen(target: ListenTarget, sink: ListenerSink): Listener {
    return osHost.listen(target, sink)
  },
})

const folder = mkdtempSync(join(tmpdir(), 'plainwire-'))
after(() => rmSync(folder, { recursive: true }))
let paths = 0
const tested = { name: 'duplex', host: duplexHost, freePath: () => join(folder, String(paths++)) }

dataContract(tested)
closeContract(tested)
