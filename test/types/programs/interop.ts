// With @types/node: an object of plainwire's goes wherever one of Node's is wanted, and the other way round.

import nodeDns from 'node:dns'
import type { EventEmitter } from 'node:events'
import nodeHttp from 'node:http'
import type nodeHttp2 from 'node:http2'
import nodeHttps from 'node:https'
import nodeNet from 'node:net'
import { type Duplex, pipeline } from 'node:stream'
import nodeTls from 'node:tls'
import dns from 'plainwire/dns'
import http from 'plainwire/http'
import http2 from 'plainwire/http2'
import https from 'plainwire/https'
import net from 'plainwire/net'
import tls from 'plainwire/tls'

/** As frameworks type themselves: with Node's names. */
function app(request: nodeHttp.IncomingMessage, response: nodeHttp.ServerResponse): void {
  pipeline(request, response, error => error?.message)
}
const server = http.createServer(app)
export const wanted: nodeHttp.Server = server
export const given: http.Server = nodeHttp.createServer(
  (request: http.IncomingMessage, response: http.ServerResponse) => {
    response.end(request.url)
  },
)

export const socket: nodeNet.Socket = net.connect(80)
export const back: net.Socket = nodeNet.connect(80)
export const duplex: Duplex = socket
export const emitter: EventEmitter = server
socket.on('data', data => Buffer.from(data))
export const list: net.BlockList = new nodeNet.BlockList()

http.get({ agent: new nodeHttp.Agent() })
nodeHttp.get({ agent: new http.Agent(), lookup: dns.lookup })
https.get({ agent: new nodeHttps.Agent() })
nodeHttps.get({ agent: new https.Agent() })
export const context: nodeTls.SecureContext = tls.createSecureContext()
tls.connect({ socket: duplex, secureContext: nodeTls.createSecureContext() })
export const session: nodeHttp2.ClientHttp2Session = http2.connect('http://localhost', {
  createConnection: () => duplex,
})
export const resolver: nodeDns.Resolver = new dns.Resolver({ cache: true })
export const other: dns.Resolver = new nodeDns.Resolver()

declare module 'node:http' {
  interface IncomingMessage {
    user?: string
  }
}
server.on('request', request => request.user?.length)
