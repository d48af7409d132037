// The local services that jobs ask: pages over HTTP and HTTPS, and proxies. They run in the runner's process, which has no
// redirection, so that a job has Node at the other end. wire-services.mjs has those of other protocols.
import { once } from 'node:events'
import { rmSync } from 'node:fs'
import http from 'node:http'
import http2 from 'node:http2'
import net from 'node:net'
import { join } from 'node:path'
import { startWireServices } from './wire-services.mjs'

/**
 * @param {string} folder - where the packages are
 * @param {{ key: string, cert: string }} credentials - of localhost
 * @returns what toolbox.mjs has as `at`
 */
export async function startServices(folder, credentials) {
  const secure = await listen(http2.createSecureServer({ ...credentials, allowHTTP1: true }, answer))
  const plain = await listen(http.createServer(answer))
  const proxyPort = await listen(http.createServer(relay).on('connect', onConnect))
  const script = `function FindProxyForURL() { return 'PROXY 127.0.0.1:${proxyPort}' }`
  const unix = join(folder, 'services.sock')
  rmSync(unix, { force: true })
  await once(http.createServer((_, response) => response.end('OK')).listen(unix), 'listening')
  return {
    http: `http://127.0.0.1:${plain}`,
    https: `https://localhost:${secure}`,
    proxy: `http://127.0.0.1:${proxyPort}`,
    pac: `http://127.0.0.1:${await listen(http.createServer((_, response) => response.end(script)))}`,
    socks: `socks5://127.0.0.1:${await listen(net.createServer(socksServer))}`,
    elastic: `http://127.0.0.1:${await listen(http.createServer(elastic))}`,
    unix,
    ...(await startWireServices(folder)),
  }
}

export async function listen(server) {
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return server.address().port
}

const wsdl = `<definitions name="S" targetNamespace="urn:s" xmlns:t="urn:s" xmlns="http://schemas.xmlsoap.org/wsdl/"
  xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/"><message name="M"/><portType name="P"><operation name="O">
  <input message="t:M"/></operation></portType><binding name="B" type="t:P"><soap:binding
  transport="http://schemas.xmlsoap.org/soap/http"/><operation name="O"><soap:operation soapAction="o"/><input><soap:body
  use="literal"/></input></operation></binding><service name="S"><port name="P" binding="t:B"><soap:address
  location="http://127.0.0.1/"/></port></service></definitions>`

const json = (response, value) =>
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value))

/** By path, for a package that wants more than the page that any path has. */
const pages = {
  '/json': (_, response) => json(response, { answer: 'page' }),
  '/v1/customers/json': (_, response) => json(response, { answer: 'page' }),
  '/token': (_, response) => json(response, { access_token: 'token', expires_in: 3600 }),
  '/slack/api.test': (_, response) => json(response, { ok: true }),
  '/thing': (_, response) => json(response, packument),
  '/moved': (_, response) => response.writeHead(302, { location: '/a' }).end(),
  '/cached': (_, response) => response.writeHead(200, { 'cache-control': 'max-age=60' }).end('cached'),
  '/events': (_, response) => response.writeHead(200, { 'content-type': 'text/event-stream' }).write('data: event\n\n'),
  '/page': (_, response) =>
    response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><title>title</title>'),
  '/service.wsdl': (_, response) => response.writeHead(200, { 'content-type': 'text/xml' }).end(wsdl),
}
const packument = {
  name: 'thing',
  'dist-tags': { latest: '1.0.0' },
  versions: {
    '1.0.0': { name: 'thing', version: '1.0.0', dist: { tarball: 'http://127.0.0.1/thing.tgz', shasum: '' } },
  },
}

let unavailable = 0

/** Of the path `/once-unavailable` every other answer is 503. */
function answer(request, response) {
  if (request.url === '/once-unavailable' && unavailable++ % 2 === 0) return response.writeHead(503).end()
  const path = request.url.split('?')[0]
  if (Object.hasOwn(pages, path)) return pages[path](request, response)
  if (request.method !== 'POST') return response.end(`${request.method} ${path}`)
  response.writeHead(200, { 'content-type': request.headers['content-type'] ?? 'text/plain' })
  request.pipe(response)
}

function elastic(_, response) {
  response.setHeader('x-elastic-product', 'Elasticsearch')
  json(response, { name: 'node', version: { number: '8.0.0' }, tagline: 'You Know, for Search' })
}

function relay(request, response) {
  const { hostname, port, pathname } = new URL(request.url)
  http.get({ hostname, port, path: pathname }, from => from.pipe(response.writeHead(from.statusCode)))
}

function onConnect(request, socket) {
  tunnel(socket, request.url.split(':')[1], 'HTTP/1.1 200 OK\r\n\r\n')
}

/** SOCKS 5 without authentication; the port stands at the end of the request. RFC 1928. */
function socksServer(socket) {
  socket.on('error', () => {})
  socket.once('data', () => {
    socket.write(Buffer.from([5, 0]))
    socket.once('data', asked =>
      tunnel(socket, asked.readUInt16BE(asked.length - 2), Buffer.from([5, 0, 0, 1, 0, 0, 0, 0, 0, 0])),
    )
  })
}

function tunnel(client, port, greeting) {
  const server = net.connect(port, '127.0.0.1', () => {
    client.write(greeting)
    client.pipe(server).pipe(client)
  })
  client.on('error', () => server.destroy())
  server.on('error', () => client.destroy())
}
