// Packages of WebSocket and what is built on it. Both ends are the package's, but for those that are one end alone.
import http from 'node:http'
import { at, called, first, listen, load, use } from '../toolbox.mjs'

/** A server of ws that says every message back, and its URL. */
async function echo() {
  const { WebSocketServer } = await load('ws')
  const server = http.createServer()
  new WebSocketServer({ server }).on('connection', socket => socket.on('message', data => socket.send(String(data))))
  return `ws://127.0.0.1:${await listen(server)}`
}

/** Opens a socket with the browser's API, says hello and resolves to what comes back. */
const speak = socket =>
  called(done => {
    socket.onopen = () => socket.send('hello')
    socket.onmessage = event => done(null, String(event.data))
    socket.onerror = done
  })

export const sockets = {
  ws: async () => speak(new (await use('ws'))(await echo())),
  'isomorphic-ws': async () => speak(new (await use('isomorphic-ws'))(await echo())),
  websocket: async () => {
    const { w3cwebsocket } = await use('websocket')
    return speak(new w3cwebsocket(await echo()))
  },
  'faye-websocket': async () => {
    const { Client } = await use('faye-websocket')
    return speak(new Client(await echo()))
  },
  'reconnecting-websocket': async () => {
    const Reconnecting = await use('reconnecting-websocket')
    return speak(new (Reconnecting.default ?? Reconnecting)(await echo(), [], { WebSocket: await use('ws') }))
  },
  'express-ws': async () => {
    const { app } = (await use('express-ws'))((await use('express-4'))())
    app.ws('/', socket => socket.on('message', message => socket.send(message)))
    return speak(new (await use('ws'))(`ws://127.0.0.1:${await listen(app)}`))
  },
  '@fastify/websocket': async () => {
    const app = (await use('fastify'))()
    await app.register(await use('@fastify/websocket'))
    app.get('/', { websocket: true }, socket => socket.on('message', data => socket.send(String(data))))
    await app.listen({ port: 0, host: '127.0.0.1' })
    return speak(new (await use('ws'))(`ws://127.0.0.1:${app.server.address().port}`))
  },
  'socket.io': async () => {
    const { Server } = await load('socket.io')
    const server = http.createServer()
    new Server(server).on('connection', socket => socket.on('add', (a, b, done) => done(a + b)))
    const { io } = await load('socket.io-client')
    return io(`http://127.0.0.1:${await listen(server)}`).emitWithAck('add', 1, 2)
  },
  'engine.io': async () => {
    const server = http.createServer()
    const engine = (await load('engine.io')).attach(server)
    engine.on('connection', socket => socket.on('message', data => socket.send(`${data}!`)))
    const { Socket } = await load('engine.io-client')
    const socket = new Socket(`http://127.0.0.1:${await listen(server)}`)
    socket.on('open', () => socket.send('hello'))
    const answer = await called(done => socket.on('message', data => done(null, data)))
    if (socket.transport.name !== 'websocket') await called(done => socket.on('upgrade', () => done()))
    return answer + socket.transport.name
  },
  sockjs: async () => {
    const server = http.createServer()
    const echo = (await use('sockjs')).createServer({ log() {} })
    echo.on('connection', socket => socket.on('data', data => socket.write(data)))
    echo.installHandlers(server, { prefix: '/s' })
    return speak(new (await use('ws'))(`ws://127.0.0.1:${await listen(server)}/s/websocket`))
  },
  'sockjs-client': async () => {
    const server = http.createServer()
    const echo = (await use('sockjs')).createServer({ log() {} })
    echo.on('connection', socket => socket.on('data', data => socket.write(data)))
    echo.installHandlers(server, { prefix: '/s' })
    const transports = ['xhr-streaming', 'xhr-polling']
    return speak(new (await use('sockjs-client'))(`http://127.0.0.1:${await listen(server)}/s`, null, { transports }))
  },
  primus: async () => {
    const Primus = await use('primus')
    const server = http.createServer()
    const primus = new Primus(server, { transformer: 'websockets' })
    primus.on('connection', spark => spark.on('data', data => spark.write(data)))
    const socket = new primus.Socket(`http://127.0.0.1:${await listen(server)}`)
    socket.write('hello')
    return called(done => socket.on('data', data => done(null, data)))
  },
  'graphql-ws': async () => {
    const { createClient } = await load('graphql-ws')
    const { WebSocketServer } = await load('ws')
    const server = http.createServer()
    new WebSocketServer({ server, handleProtocols: () => 'graphql-transport-ws' }).on('connection', socket =>
      socket.on('message', data => {
        const { type, id } = JSON.parse(data)
        if (type === 'connection_init') socket.send('{"type":"connection_ack"}')
        if (type === 'subscribe') socket.send(JSON.stringify({ type: 'next', id, payload: { data: { a: 7 } } }))
      }),
    )
    const client = createClient({ url: `ws://127.0.0.1:${await listen(server)}`, webSocketImpl: await use('ws') })
    return called(done =>
      client.subscribe({ query: '{ a }' }, { next: value => done(null, value), error: done, complete() {} }),
    )
  },
  'puppeteer-core': async () => {
    const { default: puppeteer } = await load('puppeteer-core')
    const browser = await puppeteer.connect({ browserWSEndpoint: at.devtools })
    return browser.version()
  },
  'playwright-core': async () => {
    const { chromium } = await load('playwright-core')
    const browser = await chromium.connectOverCDP(at.devtools)
    return browser.version()
  },
  'chrome-remote-interface': async () => {
    const CDP = await use('chrome-remote-interface')
    const client = await CDP({ target: at.devtools, local: true })
    return (await client.Browser.getVersion()).product
  },
  'webpack-dev-server': async () => {
    const Server = await use('webpack-dev-server')
    const webpack = await use('webpack')
    const compiler = webpack({ mode: 'none', context: process.env.HUNDRED_FOLDER, entry: './entry.cjs' })
    const server = new Server({ port: 'auto', host: '127.0.0.1', hot: false, client: false, open: false }, compiler)
    await server.start()
    const socket = new (await use('ws'))(`ws://127.0.0.1:${server.server.address().port}/ws`)
    return JSON.parse(await first(socket, 'message')).type
  },
}
