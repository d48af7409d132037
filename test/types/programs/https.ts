// A server with a certificate, an agent that trusts it, and a request that checks the name by itself.

import https, { type AgentOptions } from 'plainwire/https'
import type { PeerCertificate } from 'plainwire/tls'

interface Credentials {
  readonly key: string
  readonly cert: string
}

export function serve({ key, cert }: Credentials): https.Server {
  const server = https.createServer(
    { key, cert, minVersion: 'TLSv1.3', keepAliveTimeout: 1_000 },
    (request, response) => {
      response.end(`${request.method} ${request.url}`)
    },
  )
  server.on('secureConnection', socket => socket.getProtocol()?.toLowerCase())
  server.on('tlsClientError', (error, socket) => socket.destroy(error))
  server.on('request', (request, response) => response.setHeader('x-path', request.url ?? '/'))
  server.addContext('other.example', { key, cert })
  return server.listen(8443)
}

const trusted: AgentOptions = { ca: ['-----BEGIN CERTIFICATE-----'], keepAlive: true, maxCachedSessions: 10 }
export const agent = new https.Agent(trusted)

function checkName(name: string, certificate: PeerCertificate): Error | undefined {
  return certificate.subjectaltname?.includes(name) ? undefined : new Error(`not for ${name}`)
}

https.get('https://localhost:8443/', { agent, servername: 'localhost', checkServerIdentity: checkName }, response => {
  response.on('data', chunk => String(chunk))
})
https
  .request({ host: 'localhost', method: 'POST', rejectUnauthorized: false }, response => response.statusCode?.toFixed())
  .end('body')

// @ts-expect-error there is no such version
https.createServer({ minVersion: 'TLSv1.4' })
// @ts-expect-error a connection is not refused by a word
https.get({ rejectUnauthorized: 'no' })
