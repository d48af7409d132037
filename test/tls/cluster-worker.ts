// A worker of a cluster with a TLS server on a port that the cluster shares: answers each connection whether it was resumed.

import type { AddressInfo } from 'node:net'
import tls from '../../src/tls/index.ts'
import { localhost } from './certificates.ts'

const server = tls.createServer({ key: localhost.key, cert: localhost.cert }, socket => {
  socket.end(`${process.pid} ${socket.isSessionReused()}`)
})
server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port))
