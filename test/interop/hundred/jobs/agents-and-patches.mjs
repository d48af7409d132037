// Agents and proxies; and packages that put themselves between a program and the network's modules.
import dns from 'node:dns'
import http from 'node:http'
import https from 'node:https'
import net from 'node:net'
import { ask, at, called, first, listen, load, text, use } from '../toolbox.mjs'

const get = (url, agent) =>
  called(done =>
    (url.startsWith('https') ? https : http)
      .get(url, { agent }, response => text(response).then(body => done(null, body), done))
      .on('error', done),
  )
const both = async agent => [await get(`${at.http}/a`, agent), await get(`${at.https}/a`, agent)]
const named = (namespace, name) => namespace[name] ?? namespace.default

export const agents = {
  'agent-base': async () => {
    const { Agent } = await load('agent-base')
    const { connect } = await import('node:tls')
    class Direct extends Agent {
      connect(_, options) {
        return options.secureEndpoint ? connect(options) : net.connect(options)
      }
    }
    return both(new Direct())
  },
  'agent-base-6': async () =>
    get(
      `${at.http}/a`,
      (await use('agent-base-6'))((_, options) => net.connect(options)),
    ),
  'https-proxy-agent': async () =>
    get(`${at.https}/a`, new (named(await load('https-proxy-agent'), 'HttpsProxyAgent'))(at.proxy)),
  'https-proxy-agent-5': async () => get(`${at.https}/a`, (await use('https-proxy-agent-5'))(at.proxy)),
  'http-proxy-agent': async () => get(`${at.http}/a`, new (await load('http-proxy-agent')).HttpProxyAgent(at.proxy)),
  'socks-proxy-agent': async () => both(new (await load('socks-proxy-agent')).SocksProxyAgent(at.socks)),
  'pac-proxy-agent': async () =>
    get(`${at.https}/a`, new (await load('pac-proxy-agent')).PacProxyAgent(`pac+${at.pac}`)),
  'proxy-agent': async () => both(new (await load('proxy-agent')).ProxyAgent({ getProxyForUrl: () => at.proxy })),
  socks: async () => {
    const { SocksClient } = await load('socks')
    const [proxy, page] = [new URL(at.socks), new URL(at.http)]
    const { socket } = await SocksClient.createConnection({
      proxy: { host: proxy.hostname, port: Number(proxy.port), type: 5 },
      command: 'connect',
      destination: { host: page.hostname, port: Number(page.port) },
    })
    socket.write('GET /a HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')
    return (await text(socket)).split('\r\n')[0]
  },
  agentkeepalive: async () => {
    const { HttpsAgent } = await load('agentkeepalive')
    const agent = new HttpsAgent()
    return [await get(`${at.https}/a`, agent), await get(`${at.https}/b`, agent), agent.createSocketCount]
  },
  'tunnel-agent': async () => {
    const { hostname: host, port } = new URL(at.proxy)
    return get(`${at.https}/a`, (await use('tunnel-agent')).httpsOverHttp({ proxy: { host, port } }))
  },
  tunnel: async () => {
    const { hostname: host, port } = new URL(at.proxy)
    return get(`${at.https}/a`, (await use('tunnel')).httpsOverHttp({ proxy: { host, port } }))
  },
  hpagent: async () => get(`${at.https}/a`, new (await load('hpagent')).HttpsProxyAgent({ proxy: at.proxy })),
  '@npmcli/agent': async () =>
    both((await load('@npmcli/agent')).getAgent(at.https, { proxy: at.proxy })).catch(String),
  'global-agent': async () => {
    const { bootstrap } = await load('global-agent')
    bootstrap()
    globalThis.GLOBAL_AGENT.HTTP_PROXY = at.proxy
    globalThis.GLOBAL_AGENT.HTTPS_PROXY = at.proxy
    return both()
  },
  'proxy-chain': async () => {
    const { Server } = await load('proxy-chain')
    const server = new Server({ port: 0, host: '127.0.0.1' })
    await server.listen()
    const { HttpsProxyAgent } = await load('hpagent')
    return get(`${at.https}/a`, new HttpsProxyAgent({ proxy: `http://127.0.0.1:${server.port}` }))
  },
  'http-proxy': async () => {
    const proxy = (await use('http-proxy')).createProxyServer({ target: at.https, changeOrigin: true, secure: false })
    return ask(
      http.createServer((request, response) => proxy.web(request, response)),
      { path: '/a' },
    )
  },
  'http-proxy-middleware': async () => {
    const { createProxyMiddleware } = await load('http-proxy-middleware')
    return ask(http.createServer(createProxyMiddleware({ target: at.http, changeOrigin: true })), { path: '/a' })
  },
  '@fastify/http-proxy': async () => {
    const app = (await use('fastify'))()
    app.register(await use('@fastify/http-proxy'), { upstream: at.http })
    await app.listen({ port: 0, host: '127.0.0.1' })
    return ask(app.server.address().port, { path: '/a' })
  },
}

/** Has an instrumentation of OpenTelemetry watch what `act` does; resolves to the names of the spans. */
async function spansOf(name, className, act) {
  const sdk = await load('@opentelemetry/sdk-trace-node')
  const exporter = new sdk.InMemorySpanExporter()
  const provider = new sdk.NodeTracerProvider({ spanProcessors: [new sdk.SimpleSpanProcessor(exporter)] })
  provider.register()
  const instrumentation = new (await load(name))[className]()
  instrumentation.setTracerProvider(provider)
  instrumentation.enable()
  const { createRequire } = await import('node:module')
  const answer = await act(createRequire(import.meta.url))
  await new Promise(resolve => setTimeout(resolve, 100))
  return [
    answer,
    exporter
      .getFinishedSpans()
      .map(span => span.name)
      .sort(),
  ]
}

export const patches = {
  nock: async () => {
    const nock = await use('nock')
    nock('http://nowhere.test').get('/a').reply(200, 'intercepted')
    return get('http://nowhere.test/a')
  },
  'nock-13': async () => {
    const nock = await use('nock-13')
    nock('https://nowhere.test').post('/a', { b: 1 }).reply(201, 'intercepted')
    return (await use('axios')).post('https://nowhere.test/a', { b: 1 }).then(({ data, status }) => data + status)
  },
  msw: async () => {
    const { http: handlers, HttpResponse } = await load('msw')
    const { setupServer } = await load('msw/node')
    setupServer(handlers.get('http://nowhere.test/a', () => HttpResponse.text('intercepted'))).listen()
    return [await get('http://nowhere.test/a'), await (await fetch('http://nowhere.test/a')).text()]
  },
  '@mswjs/interceptors': async () => {
    const { ClientRequestInterceptor } = await load('@mswjs/interceptors/ClientRequest')
    const interceptor = new ClientRequestInterceptor()
    interceptor.apply()
    interceptor.on('request', ({ controller }) => controller.respondWith(new Response('intercepted')))
    return get('https://nowhere.test/a')
  },
  nise: async () => {
    const { fakeServer } = await load('nise')
    const server = fakeServer.create()
    server.restore()
    return typeof server.respondWith
  },
  sinon: async () => {
    const sinon = await use('sinon')
    const { PassThrough } = await import('node:stream')
    const stub = sinon.stub(http, 'request').returns(new PassThrough())
    http.request('http://nowhere.test')
    return [stub.callCount, sinon.restore()]
  },
  mitm: async () => {
    const mitm = (await use('mitm'))()
    mitm.on('request', (_, response) => response.end('intercepted'))
    return get('http://nowhere.test/a')
  },
  wtfnode: async () => {
    const wtf = await use('wtfnode')
    const port = await listen(net.createServer())
    const lines = []
    wtf.setLogger('info', line => lines.push(line))
    wtf.dump()
    return lines.some(line => line.includes(`:${port}`))
  },
  'why-is-node-running': async () => {
    const { default: why } = await load('why-is-node-running')
    await listen(net.createServer())
    const lines = []
    why({ error: line => lines.push(line) })
    return lines.some(line => /TCPSERVERWRAP/.test(line))
  },
  'cacheable-lookup': async () => {
    const { default: Cacheable } = await load('cacheable-lookup')
    const cacheable = new Cacheable()
    cacheable.install(http.globalAgent)
    return get(at.http.replace('127.0.0.1', 'localhost'))
  },
  'cls-hooked': async () => {
    const space = (await use('cls-hooked')).createNamespace('n')
    return called(done =>
      space.run(() => {
        space.set('a', 7)
        http.get(at.http, response => response.resume().on('end', () => done(null, space.get('a'))))
      }),
    )
  },
  '@opentelemetry/instrumentation-http': () =>
    spansOf('@opentelemetry/instrumentation-http', 'HttpInstrumentation', require =>
      called(done => require('http').get(`${at.http}/a`, answer => text(answer).then(body => done(null, body)))),
    ),
  '@opentelemetry/instrumentation-net': () =>
    spansOf('@opentelemetry/instrumentation-net', 'NetInstrumentation', async require => {
      const socket = require('net').connect(Number(new URL(at.http).port), '127.0.0.1')
      await first(socket, 'connect')
      return socket.destroy().destroyed
    }),
  '@opentelemetry/instrumentation-dns': () =>
    spansOf('@opentelemetry/instrumentation-dns', 'DnsInstrumentation', require =>
      called(done => require('dns').lookup('localhost', { family: 4 }, done)),
    ),
  '@opentelemetry/instrumentation-undici': () =>
    spansOf('@opentelemetry/instrumentation-undici', 'UndiciInstrumentation', async () =>
      (await fetch(`${at.http}/a`)).text(),
    ),
  'elastic-apm-node': async () => {
    const apm = await use('elastic-apm-node')
    apm.start({ serverUrl: at.http, serviceName: 'a', logLevel: 'off', centralConfig: false, cloudProvider: 'none' })
    const transaction = apm.startTransaction('t')
    const { createRequire } = await import('node:module')
    const answer = await called(done =>
      createRequire(import.meta.url)('http').get(`${at.http}/a`, r => text(r).then(body => done(null, body))),
    )
    transaction.end()
    return answer
  },
  'dns-packet': async () => {
    const packet = await use('dns-packet')
    const { createSocket } = await import('node:dgram')
    const server = createSocket('udp4').bind(0, '127.0.0.1')
    await first(server, 'listening')
    server.on('message', (message, { port }) => {
      const { id, questions } = packet.decode(message)
      const answers = [{ type: 'A', name: questions[0].name, data: '192.0.2.1', ttl: 60 }]
      server.send(packet.encode({ type: 'response', id, flags: packet.RECURSION_DESIRED, questions, answers }), port)
    })
    const resolver = new dns.promises.Resolver()
    resolver.setServers([`127.0.0.1:${server.address().port}`])
    return resolver.resolve4('a.test')
  },
}
