// Clients of other protocols: data bases, brokers, mail, files, names, and what goes over UDP.
import dgram from 'node:dgram'
import net from 'node:net'
import { at, called, first, listen, load, text, use } from '../toolbox.mjs'

const host = '127.0.0.1'

export const databases = {
  redis: async () => {
    const client = (await load('redis')).createClient({ socket: { host, port: at.redis } })
    await client.connect()
    await client.set('key', 'value')
    return client.get('key')
  },
  ioredis: async () => {
    const Redis = await use('ioredis')
    const client = new Redis(at.redis, host)
    await client.set('key', 'value')
    return client.get('key')
  },
  bullmq: async () => {
    const { Queue } = await load('bullmq')
    const queue = new Queue('q', { connection: { host, port: at.redis }, skipVersionCheck: true })
    return (await queue.client).ping()
  },
  pg: async () => {
    const { Client } = await use('pg')
    const client = new Client({ host, port: at.postgres, user: 'u', database: 'd' })
    await client.connect()
    return (await client.query('SELECT 1 AS a')).rows
  },
  postgres: async () => {
    const postgres = await use('postgres')
    return postgres({ host, port: at.postgres, user: 'u', database: 'd', fetch_types: false }).unsafe('SELECT 1 AS a')
  },
  knex: async () => {
    const knex = await use('knex')
    const db = knex({
      client: 'pg',
      version: '16.0',
      connection: { host, port: at.postgres, user: 'u', database: 'd' },
    })
    return (await db.raw('SELECT 1 AS a')).rows
  },
  mysql: async () => {
    const connection = (await use('mysql')).createConnection({ host, port: at.mysql, user: 'u', password: '' })
    return called(done =>
      connection.query('SELECT 1 AS a', (e, rows) =>
        done(
          e,
          rows?.map(row => ({ ...row })),
        ),
      ),
    )
  },
  mysql2: async () => {
    const connection = await (await use('mysql2/promise')).createConnection({ host, port: at.mysql, user: 'u' })
    return (await connection.query('SELECT 1 AS a'))[0]
  },
  mongodb: async () => {
    const { MongoClient } = await load('mongodb')
    return new MongoClient(`mongodb://${host}:${at.mongo}/?directConnection=true`).db('d').command({ ping: 1 })
  },
  mongoose: async () => {
    const mongoose = await use('mongoose')
    const connection = await mongoose
      .createConnection(`mongodb://${host}:${at.mongo}/d?directConnection=true`)
      .asPromise()
    return connection.db.command({ ping: 1 })
  },
  memcached: async () => {
    const client = new (await use('memcached'))(`${host}:${at.memcached}`)
    return called(done => client.get('key', done))
  },
  ldapjs: async () => {
    const ldap = await use('ldapjs')
    const server = ldap.createServer()
    server.bind('cn=root', (_, response, next) => {
      response.end()
      next()
    })
    const port = await called(done => server.listen(0, host, () => done(null, server.port)))
    const client = ldap.createClient({ url: `ldap://${host}:${port}` })
    return (await called(done => client.bind('cn=root', 'secret', done))).status
  },
}

export const brokers = {
  mqtt: async () => {
    const { Aedes, default: aedes } = await load('aedes')
    const broker = Aedes?.createBroker ? await Aedes.createBroker() : aedes()
    const port = await listen(net.createServer(broker.handle))
    const { connectAsync } = (await use('mqtt')) ?? (await load('mqtt'))
    const client = await connectAsync(`mqtt://${host}:${port}`)
    await client.subscribeAsync('topic')
    client.publish('topic', 'hello')
    return String(await called(done => client.once('message', (_, payload) => done(null, payload))))
  },
  amqplib: async () => {
    const connection = await (await use('amqplib')).connect(`amqp://${host}:${at.amqp}`)
    return connection.connection.serverProperties.product
  },
  rhea: async () => {
    const rhea = await use('rhea')
    const container = rhea.create_container()
    const server = container.listen({ port: 0, host })
    await first(server, 'listening')
    const message = first(container, 'message')
    const sender = rhea.create_container().connect({ port: server.address().port, host }).open_sender('q')
    sender.once('sendable', () => sender.send({ body: 'hello' }))
    return (await message).message.body
  },
  kafkajs: async () => {
    const { Kafka, logLevel } = await use('kafkajs')
    const admin = new Kafka({
      brokers: [`${host}:${at.kafka}`],
      logLevel: logLevel.NOTHING,
      retry: { retries: 0 },
    }).admin()
    await admin.connect()
    return 'connected'
  },
  nats: async () => {
    const { connect, StringCodec } = await load('nats')
    const client = await connect({ servers: `${host}:${at.nats}` })
    const messages = client.subscribe('topic', { max: 1 })
    client.publish('topic', StringCodec().encode('hello'))
    for await (const message of messages) return StringCodec().decode(message.data)
  },
  stompit: async () => {
    const { connect } = await use('stompit')
    const client = await called(done => connect({ host, port: at.stomp }, done))
    client.send({ destination: '/q' }).end('hello')
    return client.headers.version
  },
  '@grpc/grpc-js': async () => {
    const { Server, ServerCredentials, Client, credentials } = await load('@grpc/grpc-js')
    const echo = { path: '/s/Echo', requestStream: false, responseStream: false }
    const same = value => value
    for (const name of ['requestSerialize', 'requestDeserialize', 'responseSerialize', 'responseDeserialize'])
      echo[name] = same
    const server = new Server()
    server.addService({ echo }, { echo: (call, done) => done(null, call.request) })
    const port = await called(done => server.bindAsync(`${host}:0`, ServerCredentials.createInsecure(), done))
    const client = new Client(`${host}:${port}`, credentials.createInsecure())
    return String(await called(done => client.makeUnaryRequest('/s/Echo', same, same, Buffer.from('hello'), done)))
  },
  thrift: async () => {
    const thrift = await use('thrift')
    const connection = thrift.createConnection(host, Number(new URL(at.http).port), {})
    await first(connection, 'connect')
    return connection.connected
  },
}

const mail = { from: 'a@a.test', to: 'b@b.test', subject: 's', text: 'hello' }

export const mailAndFiles = {
  nodemailer: async () => {
    const nodemailer = await use('nodemailer')
    const options = { host, port: at.smtp, tls: { rejectUnauthorized: false } }
    return (await nodemailer.createTransport(options).sendMail(mail)).accepted
  },
  'smtp-server': async () => {
    const { SMTPServer } = await load('smtp-server')
    const server = new SMTPServer({
      authOptional: true,
      onData: (stream, _, done) => text(stream).then(() => done(null, 'taken'), done),
    })
    const port = await called(done => server.listen(0, host, () => done(null, server.server.address().port)))
    const transport = (await use('nodemailer')).createTransport({ host, port, tls: { rejectUnauthorized: false } })
    return (await transport.sendMail(mail)).response
  },
  imapflow: async () => {
    const { ImapFlow } = await load('imapflow')
    const auth = { user: 'u', pass: 'p' }
    const client = new ImapFlow({ host, port: at.imap, secure: false, doSTARTTLS: false, auth, logger: false })
    await client.connect()
    return client.authenticated
  },
  imap: async () => {
    const Imap = await use('imap')
    const client = new Imap({ host, port: at.imap, user: 'u', password: 'p', autotls: 'never' })
    client.connect()
    await first(client, 'ready')
    return client.state
  },
  'basic-ftp': async () => {
    const { Client } = await load('basic-ftp')
    const client = new Client()
    await client.access({ host, port: at.ftp, user: 'u', password: 'p' })
    return (await client.list()).map(file => file.name).includes('load.mjs')
  },
  ftp: async () => {
    const client = new (await use('ftp'))()
    client.connect({ host, port: at.ftp, user: 'u', password: 'p' })
    await first(client, 'ready')
    return (await called(done => client.list(done))).some(file => file.name === 'load.mjs')
  },
  ssh2: async () => {
    const { Client } = await use('ssh2')
    const client = new Client()
    client.connect({ host, port: at.ssh, username: 'u', password: 'p' })
    await first(client, 'ready')
    return text(await called(done => client.exec('hello', done)))
  },
  'node-ssh': async () => {
    const { NodeSSH } = await load('node-ssh')
    const client = await new NodeSSH().connect({ host, port: at.ssh, username: 'u', password: 'p' })
    return (await client.execCommand('hello')).stdout
  },
  'telnet-client': async () => {
    const { Telnet } = await load('telnet-client')
    const client = new Telnet()
    await client.connect({ host, port: at.telnet, negotiationMandatory: false, timeout: 5000 })
    return (await client.send('hello', { waitFor: 'olleh' })).trim()
  },
  'tcp-port-used': async () => (await use('tcp-port-used')).check(at.telnet, host),
}

export const datagrams = {
  'multicast-dns': async () => {
    const mdns = (await use('multicast-dns'))({ multicast: false, interface: host, bind: host, port: 0 })
    await first(mdns, 'ready')
    mdns.destroy()
    return 'bound'
  },
  'bonjour-service': async () => {
    const { Bonjour } = await load('bonjour-service')
    return typeof new Bonjour({ interface: host, bind: host }).find
  },
  'dns-socket': async () => {
    const socket = (await use('dns-socket'))()
    const server = (await use('dns-socket'))()
    server.on('query', (query, port, to) =>
      server.response(query, { answers: [{ type: 'A', name: query.questions[0].name, data: '192.0.2.1' }] }, port, to),
    )
    server.bind(0, host)
    await first(server, 'listening')
    const question = { questions: [{ type: 'A', name: 'a.test' }] }
    return (await called(done => socket.query(question, server.address().port, host, done))).answers[0].data
  },
  dns2: async () => {
    const dns2 = await use('dns2')
    const server = dns2.createServer({
      udp: true,
      handle(request, send) {
        const response = dns2.Packet.createResponseFromRequest(request)
        const { A } = dns2.Packet.TYPE
        response.answers.push({ name: 'a.test', type: A, class: dns2.Packet.CLASS.IN, ttl: 60, address: '192.0.2.1' })
        send(response)
      },
    })
    const { udp } = await server.listen({ udp: { port: 0, address: host, type: 'udp4' } })
    const resolve = dns2.UDPClient({ dns: host, port: udp.port })
    return (await resolve('a.test')).answers[0].address
  },
  'hot-shots': async () => {
    const { StatsD } = await load('hot-shots')
    const server = dgram.createSocket('udp4').bind(0, host)
    await first(server, 'listening')
    new StatsD({ host, port: server.address().port }).increment('a.b', 2)
    return String(await first(server, 'message'))
  },
  coap: async () => {
    const coap = await use('coap')
    const server = coap.createServer((_, response) => response.end('hello'))
    await called(done => server.listen(0, host, done))
    const request = coap.request({ host, port: server._sock.address().port, pathname: '/a' })
    request.end()
    return String((await first(request, 'response')).payload)
  },
}
