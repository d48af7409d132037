// HTTP/2's scenarios, by what they are about.

import https from 'node:https'
import tls from 'node:tls'
import { authority } from '../../tls/certificates.ts'
import type { Scenario } from '../scene.ts'
import { compatBodies, serve } from './http2-compat.ts'
import { type Http2Bodies, Http2Pair, type Transport } from './http2-pair.ts'
import { sessionBodies } from './http2-sessions.ts'
import { streamBodies } from './http2-streams.ts'

export const http2SessionScenarios = scenariosOf('http2', 'session', sessionBodies)
export const http2StreamScenarios = scenariosOf('http2', 'stream', streamBodies)
export const http2CompatScenarios = scenariosOf('http2', 'compat', compatBodies)

const ofTls: Http2Bodies = {
  async 'clients that know no HTTP/2'(pair, scene) {
    await pair.serve()
    scene.on('server', 'server', pair.server, 'unknownProtocol', (socket: tls.TLSSocket) =>
      socket.end('HTTP/1.1 403\r\n'),
    )
    const connect = (name: string): void => {
      const client = tls.connect({ port: pair.port, host: '127.0.0.1', servername: 'localhost', ca: authority.cert })
      scene.observe('client', name, client, ['data', 'end', 'error', 'close'])
    }
    await scene.step('connects', () => connect('plain client'))
    await scene.step('connects again', () => connect('second plain client'))
    await pair.end()
  },

  async 'clients that speak HTTP/1'(pair, scene) {
    await serve(pair, scene, undefined, { allowHTTP1: true })
    const ask = (name: string): void => {
      const address = { port: pair.port, host: '127.0.0.1', servername: 'localhost', ca: authority.cert }
      const request = https.get({ ...address, path: `/${name}`, agent: false, headers: { host: 'a' } })
      request.on('response', message =>
        scene.observe('client', `response to ${name}`, message, ['data', 'end', 'close']),
      )
      scene.observe('client', name, request, ['error', 'close'])
    }
    await scene.step('asks', () => ask('one'))
    await scene.step('asks again', () => ask('two'))
    await pair.end()
  },
}

/** What TLS beneath makes different. */
const overTls = [
  'an exchange',
  'a session destroyed by the client',
  'a connection that is cut',
  'refused',
  'time-outs',
  "a server's time-out",
  'what is announced',
  'what is no HTTP/2',
]

export const http2OverTlsScenarios = scenariosOf('http2 over TLS', 'session', {
  ...Object.fromEntries(overTls.map(name => [name, sessionBodies[name] as Http2Bodies[string]])),
  ...ofTls,
  requests: compatBodies['requests'] as Http2Bodies[string],
  expectations: compatBodies['expectations'] as Http2Bodies[string],
})

function scenariosOf(transport: Transport, about: string, bodies: Http2Bodies): Record<string, Scenario> {
  return Object.fromEntries(
    Object.entries(bodies).map(([name, body]) => [
      `${transport} ${about}: ${name}`,
      (scene): Promise<void> => body(new Http2Pair(scene, transport), scene),
    ]),
  )
}
