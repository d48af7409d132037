// Agents for proxies from npm, as programs have them: `npm run tools -- agents`. They stand on agent-base, which looks at the
// stack to tell https from http. Each fetches a page over https, or http, by way of a proxy on this machine.

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, it } from 'node:test'
import { registerFile } from '../../src/cli/run.ts'
import { makeCertificate } from '../support/made-certificates.ts'
import { tools } from '../support/tools.ts'

const { folder: agents, missing } = tools('agents')

/** Of each agent: how it is made, given the proxies' URLs. `get` prints what it got, or the error. */
const cases: Readonly<Record<string, string>> = {
  'agent-base 6': `{
    const { default: agent } = await import('agent-base-6')
    const make = () => agent((_, options) => connect(options))
    await get('https', make())
    await get('http', make())
  }`,
  ...Object.fromEntries(
    [7, 8, 9].map(version => [
      `agent-base ${version}`,
      `{
        const { Agent } = await import('agent-base-${version}')
        class Direct extends Agent {
          connect(_, options) {
            return connect(options)
          }
        }
        await get('https', new Direct())
        await get('http', new Direct())
      }`,
    ]),
  ),
  'https-proxy-agent 5': `await get('https', (await import('https-proxy-agent-5')).default(proxy))`,
  'https-proxy-agent 7': `await get('https', new (await import('https-proxy-agent-7')).HttpsProxyAgent(proxy))`,
  'https-proxy-agent 9': `await get('https', new (await import('https-proxy-agent-9')).HttpsProxyAgent(proxy))`,
  'axios with https-proxy-agent 7': `{
    const { default: axios } = await import('axios')
    const { HttpsProxyAgent } = await import('https-proxy-agent-7')
    const { data } = await axios.get(pages.https, { httpsAgent: new HttpsProxyAgent(proxy), proxy: false })
    console.log(data)
  }`,
  'proxy-agent': `{
    const { ProxyAgent } = await import('proxy-agent')
    const getProxyForUrl = () => proxy
    await get('https', new ProxyAgent({ getProxyForUrl }))
    await get('http', new ProxyAgent({ getProxyForUrl }))
  }`,
  'pac-proxy-agent': `await get('https', new (await import('pac-proxy-agent')).PacProxyAgent('pac+' + pac))`,
  'socks-proxy-agent': `{
    const { SocksProxyAgent } = await import('socks-proxy-agent')
    await get('https', new SocksProxyAgent(socks))
    await get('http', new SocksProxyAgent(socks))
  }`,
}

const program = `
  import { once } from 'node:events'
  import http from 'node:http'
  import https from 'node:https'
  import net from 'node:net'
  import tls from 'node:tls'

  const [key, cert] = JSON.parse(process.env.PLAINWIRE_CREDENTIALS)
  const listen = async server => (await once(server.listen(0, '127.0.0.1'), 'listening'), server.address().port)
  const pages = {
    https: 'https://localhost:' + (await listen(https.createServer({ key, cert }, (_, response) => response.end('over https')))),
    http: 'http://localhost:' + (await listen(http.createServer((_, response) => response.end('over http')))),
  }
  function tunnel(client, port, greeting) {
    const server = net.connect(port, '127.0.0.1', () => {
      client.write(greeting)
      client.pipe(server).pipe(client)
    })
    for (const [one, other] of [[client, server], [server, client]]) one.on('error', () => other.destroy())
  }
  function relay(request, response) {
    const { port, pathname } = new URL(request.url)
    http.get({ host: '127.0.0.1', port, path: pathname }, from => from.pipe(response.writeHead(from.statusCode)))
  }
  const onConnect = (request, socket) => tunnel(socket, request.url.split(':')[1], 'HTTP/1.1 200 OK\\r\\n\\r\\n')
  const proxyPort = await listen(http.createServer(relay).on('connect', onConnect))
  const proxy = 'http://127.0.0.1:' + proxyPort
  const script = 'function FindProxyForURL() { return "PROXY 127.0.0.1:' + proxyPort + '" }'
  const pac = 'http://127.0.0.1:' + (await listen(http.createServer((_, response) => response.end(script))))
  // SOCKS 5: no authentication; the port stands at the end of the request. RFC 1928.
  const socks = 'socks5://127.0.0.1:' + (await listen(net.createServer(socket => {
    socket.once('data', () => {
      socket.write(Buffer.from([5, 0]))
      socket.once('data', asked => tunnel(socket, asked.readUInt16BE(asked.length - 2), Buffer.from([5, 0, 0, 1, 0, 0, 0, 0, 0, 0])))
    })
  })))
  const connect = options => options.secureEndpoint ? tls.connect(options) : net.connect(options)
  function get(scheme, agent) {
    const { get } = { http, https }[scheme]
    return new Promise(resolve => {
      const print = text => resolve(console.log(String(text)))
      get(pages[scheme], { agent }, response => response.once('data', print)).on('error', print)
    })
  }
`

describe('an agent for proxies', { skip: missing }, () => {
  for (const [name, use] of Object.entries(cases)) {
    it(`${name} tells https from http`, t => {
      const folder = mkdtempSync(join(agents, 'test-'))
      t.after(() => rmSync(folder, { recursive: true }))
      const authority = makeCertificate({ name: 'Authority', isAuthority: true })
      const { key, cert } = makeCertificate({ name: 'localhost', altNames: ['DNS:localhost'], issuer: authority })
      writeFileSync(join(folder, 'authority.pem'), authority.cert)
      const file = join(folder, 'program.mjs')
      writeFileSync(file, `${program}\n${use}\nprocess.exit()`)
      const env = {
        ...process.env,
        NODE_EXTRA_CA_CERTS: join(folder, 'authority.pem'),
        PLAINWIRE_CREDENTIALS: JSON.stringify([key, cert]),
      }
      const args = ['--no-warnings', '--require', registerFile, file]
      const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', env, timeout: 60_000 })
      const expected = [...use.matchAll(/get\('(https?)'|pages\.(https)/g)].map(
        found => `over ${found[1] ?? found[2]}\n`,
      )
      assert.equal(stderr + stdout, expected.join(''))
    })
  }
})
