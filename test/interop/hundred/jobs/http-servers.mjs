// Packages that serve HTTP, and what is mounted in their servers. The runtime's own `fetch` asks them.
import http from 'node:http'
import { ask, askPort, called, first, listen, load, text, use } from '../toolbox.mjs'

const folder = process.env.HUNDRED_FOLDER
const post = (type, body) => ({ method: 'POST', headers: { 'content-type': type }, body })
const json = post('application/json', '{"a":1}')

/** A multipart form with one file, as `fetch` writes it. */
function form() {
  const body = new FormData()
  body.append('field', 'value')
  body.append('file', new Blob(['content']), 'name.txt')
  return { method: 'POST', body }
}

/** Asks a plain server whose requests go through a middleware first. */
const through = (middleware, answer, options) =>
  ask(
    http.createServer((request, response) =>
      middleware(request, response, error => (error ? response.end(String(error)) : answer(request, response))),
    ),
    options,
  )
const hello = (_, response) => response.end('hello')

export const httpServers = {
  express: async () =>
    ask(
      (await use('express'))().get('/:name', (q, s) => s.json(q.params)),
      { path: '/a' },
    ),
  'express-4': async () => {
    const express = await use('express-4')
    const app = express().use(express.json())
    return ask(
      app.post('/', (q, s) => s.send({ got: q.body })),
      json,
    )
  },
  koa: async () => {
    const Koa = await use('koa')
    const app = new Koa().use(context => {
      context.body = { path: context.path }
    })
    return ask(http.createServer(app.callback()), { path: '/koa' })
  },
  'koa-bodyparser': async () => {
    const Koa = await use('koa')
    const app = new Koa().use((await use('koa-bodyparser'))()).use(context => {
      context.body = context.request.body
    })
    return ask(http.createServer(app.callback()), json)
  },
  fastify: async () => {
    const app = (await use('fastify'))()
    app.post('/', async request => ({ got: request.body }))
    await app.listen({ port: 0, host: '127.0.0.1' })
    return askPort(app.server.address().port, json)
  },
  '@fastify/static': async () => {
    const app = (await use('fastify'))()
    app.register(await use('@fastify/static'), { root: folder })
    await app.listen({ port: 0, host: '127.0.0.1' })
    return askPort(app.server.address().port, { path: '/load.mjs' })
  },
  'light-my-request': async () => (await (await use('light-my-request'))(hello, { method: 'GET', url: '/' })).payload,
  '@hapi/hapi': async () => {
    const server = (await use('@hapi/hapi')).server({ port: 0, host: '127.0.0.1' })
    server.route({ method: 'POST', path: '/', handler: request => request.payload })
    await server.start()
    return askPort(server.info.port, json)
  },
  restify: async () => {
    const server = (await use('restify')).createServer()
    server.get('/', (_, response, next) => {
      response.send({ hello: 1 })
      next()
    })
    return ask(server.server)
  },
  connect: async () => ask(http.createServer((await use('connect'))().use('/a', hello)), { path: '/a' }),
  polka: async () => ask(http.createServer((await use('polka'))().get('/', hello).handler)),
  micro: async () => ask(http.createServer((await load('micro')).serve(async () => ({ hello: 1 })))),
  h3: async () => {
    const { createApp, eventHandler, toNodeListener } = await load('h3')
    return ask(http.createServer(toNodeListener(createApp().use(eventHandler(() => ({ hello: 1 }))))))
  },
  '@hono/node-server': async () => {
    const { createAdaptorServer } = await load('@hono/node-server')
    return ask(createAdaptorServer({ fetch: async request => new Response(await request.text()) }), json)
  },
  '@apollo/server': async () => {
    const { ApolloServer } = await load('@apollo/server')
    const { startStandaloneServer } = await load('@apollo/server/standalone')
    const server = new ApolloServer({ typeDefs: 'type Query { a: Int }', resolvers: { Query: { a: () => 7 } } })
    const { url } = await startStandaloneServer(server, { listen: { port: 0, host: '127.0.0.1' } })
    return askPort(new URL(url).port, post('application/json', '{"query":"{ a }"}'))
  },
  spdy: async () => {
    const server = (await use('spdy')).createServer({ spdy: { plain: true, ssl: false } }, hello)
    return ask(server)
  },
  'http-server': async () =>
    ask((await use('http-server')).createServer({ root: folder }).server, { path: '/load.mjs' }),
  'serve-handler': async () => {
    const serve = await use('serve-handler')
    return ask(
      http.createServer((q, s) => serve(q, s, { public: folder })),
      { path: '/load.mjs' },
    )
  },
  'serve-static': async () =>
    through((await use('serve-static'))(folder), hello, { path: '/load.mjs', header: 'etag' }),
  sirv: async () => through((await use('sirv'))(folder), hello, { path: '/load.mjs' }),
  send: async () => {
    const send = await use('send')
    const options = { path: '/load.mjs', headers: { range: 'bytes=0-5' }, header: 'content-range' }
    return ask(
      http.createServer((q, s) => send(q, q.url, { root: folder }).pipe(s)),
      options,
    )
  },
  finalhandler: async () => {
    const finalhandler = await use('finalhandler')
    return ask(
      http.createServer((q, s) =>
        finalhandler(q, s, { onerror() {} })(Object.assign(new Error(), { status: 418, stack: 'stack' })),
      ),
    )
  },
  'body-parser': async () => through((await use('body-parser')).json(), (q, s) => s.end(JSON.stringify(q.body)), json),
  'raw-body': async () => {
    const rawBody = await use('raw-body')
    return ask(
      http.createServer(async (q, s) => s.end(await rawBody(q, { encoding: true, length: 7 }))),
      json,
    )
  },
  'on-finished': async () => {
    const onFinished = await use('on-finished')
    const ended = called(done => {
      const server = http.createServer((_, response) => {
        onFinished(response, (error, message) => done(error, message.statusCode))
        response.end()
      })
      ask(server)
    })
    return ended
  },
  cors: async () =>
    through((await use('cors'))({ origin: 'http://a' }), hello, { header: 'access-control-allow-origin' }),
  helmet: async () => through((await use('helmet'))(), hello, { header: 'content-security-policy' }),
  morgan: async () => {
    const lines = []
    const log = (await use('morgan'))(':method :url :status :res[x-a] :http-version', {
      stream: { write: one => lines.push(one) },
    })
    await through(log, hello)
    while (lines.length === 0) await new Promise(resolve => setImmediate(resolve))
    return lines
  },
  compression: async () => {
    const compress = (await use('compression'))({ threshold: 0 })
    const answer = (_, response) => response.setHeader('content-type', 'text/plain').end('a'.repeat(5000))
    return through(compress, answer, { header: 'content-encoding' })
  },
  'express-session': async () => {
    const session = (await use('express-session'))({ secret: 's', resave: false, saveUninitialized: true })
    const answer = (request, response) => response.end(String(request.session.id.length))
    return through(session, answer)
  },
  'cookie-session': async () => {
    const session = (await use('cookie-session'))({ keys: ['k'] })
    const answer = (request, response) => {
      request.session.a = 1
      response.end()
    }
    return through(session, answer, { header: 'set-cookie' })
  },
  multer: async () => {
    const multer = await use('multer')
    return through(multer().single('file'), (q, s) => s.end(q.file.originalname + q.file.buffer + q.body.field), form())
  },
  busboy: async () => {
    const busboy = await use('busboy')
    return ask(
      http.createServer((request, response) => {
        const parser = busboy({ headers: request.headers })
        parser.on('file', async (name, file) => response.write(name + (await text(file))))
        parser.on('close', () => setImmediate(() => response.end()))
        request.pipe(parser)
      }),
      form(),
    )
  },
  formidable: async () => {
    const { default: formidable } = await load('formidable')
    return ask(
      http.createServer(async (request, response) => {
        const [fields, files] = await formidable({}).parse(request)
        response.end(JSON.stringify([fields, files.file[0].size]))
      }),
      form(),
    )
  },
  'http-terminator': async () => {
    const { createHttpTerminator } = await load('http-terminator')
    const server = http.createServer(hello)
    const answer = await ask(server)
    await createHttpTerminator({ server }).terminate()
    return [answer, server.listening]
  },
  stoppable: async () => {
    const server = (await use('stoppable'))(http.createServer(hello), 0)
    const answer = await ask(server)
    await called(done => server.stop(done))
    return [answer, server.listening]
  },
  'server-destroy': async () => {
    const server = http.createServer(hello)
    const destroy = await use('server-destroy')
    destroy(server)
    const answer = await ask(server)
    await called(done => server.destroy(done))
    return [answer, server.listening]
  },
  supertest: async () => (await (await use('supertest'))(hello).get('/').expect(200)).text,
  autocannon: async () => {
    const port = await listen(http.createServer(hello))
    const { non2xx, errors, ...rest } = await (await use('autocannon'))({ url: `http://127.0.0.1:${port}`, amount: 10 })
    return [rest['2xx'], non2xx, errors]
  },
  'get-port': async () => typeof (await (await use('get-port'))()),
  portfinder: async () => typeof (await (await use('portfinder')).getPortPromise({ port: 20_000 })),
  'detect-port': async () => typeof (await (await load('detect-port')).detect(20_000)),
  vite: async () => {
    const { createServer } = await load('vite')
    const server = await createServer({
      root: folder,
      configFile: false,
      logLevel: 'silent',
      server: { port: 0, host: '127.0.0.1' },
    })
    await server.listen()
    const answer = await askPort(server.httpServer.address().port, { path: '/load.mjs' })
    return answer.length > 20
  },
  jayson: async () => {
    const jayson = await use('jayson')
    const server = new jayson.Server({ add: ([a, b], done) => done(null, a + b) }).http()
    const client = jayson.client.http({ port: await listen(server), host: '127.0.0.1' })
    return called(done => client.request('add', [1, 2], (error, answer) => done(error, answer?.result)))
  },
  xmlrpc: async () => {
    const xmlrpc = await use('xmlrpc')
    const server = xmlrpc.createServer({ host: '127.0.0.1', port: 0 })
    server.on('add', (_, [a, b], done) => done(null, a + b))
    await first(server.httpServer, 'listening')
    const client = xmlrpc.createClient({ host: '127.0.0.1', port: server.httpServer.address().port })
    return called(done => client.methodCall('add', [1, 2], done))
  },
}
