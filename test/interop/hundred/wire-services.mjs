// Services of other protocols than HTTP: of each as much as a client's first job asks of it.
import net from 'node:net'
import { loadFrom } from './loader.mjs'
import { listen } from './services.mjs'

export async function startWireServices(folder) {
  const load = loadFrom(folder)
  return {
    redis: await listen(perLine(redis)),
    postgres: await listen(net.createServer(postgres)),
    mysql: await listen(net.createServer(mysql)),
    mongo: await listen(net.createServer(mongo((await load('bson')).default ?? (await load('bson'))))),
    memcached: await listen(perLine(memcached)),
    amqp: await listen(net.createServer(amqp)),
    kafka: await listen(net.createServer(kafka)),
    nats: await listen(perLine(nats, 'INFO {"server_id":"a","version":"2.0.0","max_payload":1048576}\r\n')),
    stomp: await listen(net.createServer(stomp)),
    smtp: await listen(perLine(smtp(), '220 here\r\n')),
    imap: await listen(perLine(imap, '* OK here\r\n')),
    telnet: await listen(perLine((line, socket) => socket.write(`${[...line].reverse().join('')}\r\n`))),
    ssh: await ssh(load),
    ftp: await ftp(load, folder),
    devtools: await devtools(load),
  }
}

/** A server that is given lines, without their ends, one after another. */
function perLine(receive, greeting) {
  return net.createServer(socket => {
    let rest = ''
    socket.on('error', () => {})
    if (greeting) socket.write(greeting)
    socket.on('data', chunk => {
      const lines = (rest + chunk.toString('latin1')).split(/\r?\n/)
      rest = lines.pop()
      for (const line of lines) receive(line, socket)
    })
  })
}

/** A server of messages that begin with their length: `sizeOf` gives the whole message's, from its first bytes. */
function perMessage(socket, headBytes, sizeOf, receive) {
  let rest = Buffer.alloc(0)
  socket.on('error', () => {})
  socket.on('data', chunk => {
    rest = Buffer.concat([rest, chunk])
    while (rest.length >= headBytes && rest.length >= sizeOf(rest)) {
      const message = rest.subarray(0, sizeOf(rest))
      rest = rest.subarray(message.length)
      receive(message)
    }
  })
}

/** Commands come as arrays of bulk strings; the first line of a command, `*n`, tells how many lines follow. */
const commands = new WeakMap()
function redis(line, socket) {
  const command = commands.get(socket) ?? { left: 0, words: [] }
  commands.set(socket, command)
  if (command.left === 0) return void Object.assign(command, { left: Number(line.slice(1)) * 2, words: [] })
  if (command.left-- % 2 === 1) command.words.push(line)
  if (command.left > 0) return
  const [name] = command.words
  const info = 'redis_version:7.0.0\r\nloading:0'
  const answers = {
    GET: '$5\r\nvalue\r\n',
    INFO: `$${info.length}\r\n${info}\r\n`,
    PING: '+PONG\r\n',
    HELLO: '-ERR unknown\r\n',
  }
  socket.write(answers[name.toUpperCase()] ?? '+OK\r\n')
}

function memcached(line, socket) {
  if (line.startsWith('get')) socket.write('VALUE key 0 5\r\nvalue\r\nEND\r\n')
}

function nats(line, socket) {
  if (socket.topicId && socket.awaitsPayload) socket.write(`MSG topic ${socket.topicId} ${line.length}\r\n${line}\r\n`)
  socket.awaitsPayload = line.startsWith('PUB ')
  if (line.startsWith('SUB ')) socket.topicId = line.split(' ').at(-1)
  if (line === 'PING') socket.write('PONG\r\n')
}

function stomp(socket) {
  socket.on('error', () => {})
  socket.once('data', () => socket.write('CONNECTED\nversion:1.1\n\n\0\n'))
}

function smtp() {
  return (line, socket) => {
    if (socket.takesData) {
      if (line === '.') {
        socket.takesData = false
        socket.write('250 taken\r\n')
      }
      return
    }
    socket.takesData = line === 'DATA'
    socket.write(line === 'DATA' ? '354 go on\r\n' : line === 'QUIT' ? '221 bye\r\n' : '250 OK\r\n')
  }
}

function imap(line, socket) {
  const [tag, command] = line.split(' ')
  const untagged = {
    CAPABILITY: '* CAPABILITY IMAP4rev1\r\n',
    NAMESPACE: '* NAMESPACE (("" "/")) NIL NIL\r\n',
    LIST: '* LIST (\\Noselect) "/" ""\r\n',
  }
  socket.write(`${untagged[command.toUpperCase()] ?? ''}${tag} OK done\r\n`)
}

/** A row of one column, `a`, that is the text 1, for each query, be it simple or prepared. */
function postgres(socket) {
  const message = (type, ...parts) => {
    const body = Buffer.concat(parts.map(part => (typeof part === 'string' ? Buffer.from(part) : Buffer.from(part))))
    const size = Buffer.alloc(4)
    size.writeUInt32BE(body.length + 4)
    return Buffer.concat([Buffer.from(type), size, body])
  }
  const ready = message('Z', 'I')
  const column = message('T', [0, 1], 'a\0', [0, 0, 0, 0, 0, 0, 0, 0, 0, 25, 255, 255, 255, 255, 255, 255, 0, 0])
  const row = Buffer.concat([message('D', [0, 1, 0, 0, 0, 1], '1'), message('C', 'SELECT 1\0')])
  const answers = {
    Q: [column, row, ready],
    P: [message('1')],
    D: [message('t', [0, 0]), column],
    B: [message('2')],
    E: [row],
    S: [ready],
  }
  let hasStarted = false
  const sizeOf = bytes => (hasStarted ? bytes.readUInt32BE(1) + 1 : bytes.readUInt32BE(0))
  perMessage(socket, 5, sizeOf, bytes => {
    if (hasStarted) return void socket.write(Buffer.concat(answers[String.fromCharCode(bytes[0])] ?? []))
    if (bytes.readUInt32BE(4) === 80877103) return void socket.write('N')
    hasStarted = true
    socket.write(Buffer.concat([message('R', [0, 0, 0, 0]), message('S', 'server_version\x0016.0\0'), ready]))
  })
}

/** Protocol 10 without a password; a row of one column, `a`, that is the number 1, for each query. */
function mysql(socket) {
  const packets = (first, ...bodies) =>
    Buffer.concat(
      bodies.flatMap((body, index) => [Buffer.from([body.length, 0, 0, first + index]), Buffer.from(body, 'latin1')]),
    )
  const salt = '12345678'
  const capabilities = '\xff\xf7\x21\x02\x00\x0f\x00\x15'
  const greeting = `\n5.7.0\0\x01\0\0\0${salt}\0${capabilities}${'\0'.repeat(10)}${salt}1234\0mysql_native_password\0`
  const column = '\x03def\0\0\0\x01a\x01a\x0c\x21\0\x0b\0\0\0\x03\0\0\0\0\0'
  const [end, taken] = ['\xfe\0\0\x02\0', '\0\0\0\x02\0\0\0']
  let hasGreeted = false
  socket.write(packets(0, greeting))
  perMessage(
    socket,
    4,
    bytes => bytes.readUIntLE(0, 3) + 4,
    bytes => {
      if (!hasGreeted) socket.write(packets(bytes[3] + 1, taken))
      else if (bytes[4] === 3) socket.write(packets(1, '\x01', column, end, '\x011', end))
      hasGreeted = true
    },
  )
}

/** OP_MSG (2013) and, for the first word of older clients, OP_QUERY (2004) with OP_REPLY. */
const mongo = bson => socket =>
  perMessage(
    socket,
    4,
    bytes => bytes.readInt32LE(0),
    bytes => {
      const hello = { ismaster: true, helloOk: true, maxBsonObjectSize: 16777216, maxMessageSizeBytes: 48000000 }
      const answer = bson.serialize({ ...hello, maxWriteBatchSize: 1000, minWireVersion: 0, maxWireVersion: 21, ok: 1 })
      const pong = bson.serialize({ ok: 1 })
      const isQuery = bytes.readInt32LE(12) === 2004
      const isPing = bytes.includes('ping\0') && !isQuery
      const head = Buffer.alloc(isQuery ? 36 : 21)
      const body = isPing ? pong : answer
      head.writeInt32LE(head.length + body.length, 0)
      head.writeInt32LE(bytes.readInt32LE(4), 8)
      head.writeInt32LE(isQuery ? 1 : 2013, 12)
      if (isQuery) head.writeInt32LE(1, 32)
      socket.write(Buffer.concat([head, body]))
    },
  )

/** AMQP 0-9-1 as far as an open connection: start, tune, open-ok. */
function amqp(socket) {
  const method = (name, ...args) => {
    const body = Buffer.concat([Buffer.from(name), ...args.map(arg => Buffer.from(arg))])
    const head = Buffer.alloc(7)
    head[0] = 1
    head.writeUInt32BE(body.length, 3)
    return Buffer.concat([head, body, Buffer.from([0xce])])
  }
  const properties = [0, 0, 0, 17, 7, ...Buffer.from('product'), 0x53, 0, 0, 0, 4, ...Buffer.from('fake')]
  const answers = {
    11: method([0, 10, 0, 30], [0, 0, 0, 2, 0, 0, 0, 0]),
    40: method([0, 10, 0, 41], [0]),
    50: method([0, 10, 0, 51]),
  }
  socket.once('data', () => {
    socket.write(method([0, 10, 0, 10], [0, 9], properties, [0, 0, 0, 5], 'PLAIN', [0, 0, 0, 5], 'en_US'))
    perMessage(
      socket,
      8,
      bytes => bytes.readUInt32BE(3) + 8,
      bytes => socket.write(answers[bytes.readUInt16BE(9)] ?? ''),
    )
  })
}

/** ApiVersions alone: the number of the request, no error, and one key that stands for all. */
function kafka(socket) {
  perMessage(
    socket,
    8,
    bytes => bytes.readUInt32BE(0) + 4,
    bytes => {
      const correlation = bytes.subarray(8, 12)
      const keys = [0, 1, 2, 3, 18]
      const body = [0, 0, 0, 0, 0, keys.length, ...keys.flatMap(key => [0, key, 0, 0, 0, 1]), 0, 0, 0, 0]
      const isThrottled = bytes.readUInt16BE(6) > 0
      const answer = Buffer.concat([correlation, Buffer.from(isThrottled ? body : body.slice(0, -4))])
      const size = Buffer.alloc(4)
      size.writeUInt32BE(answer.length)
      socket.write(Buffer.concat([size, answer]))
    },
  )
}

async function ssh(load) {
  const { Server, utils } = (await load('ssh2')).default
  const hostKeys = [utils.generateKeyPairSync('ed25519').private]
  const server = new Server({ hostKeys }, client => {
    client.on('error', () => {})
    client.on('authentication', context => context.accept())
    client.on('session', accept =>
      accept().on('exec', (accept, _, { command }) => {
        const stream = accept()
        stream.end(`ran ${command}`)
        stream.exit(0)
      }),
    )
  })
  return listen(server)
}

async function ftp(load, root) {
  const { FtpSrv } = (await load('ftp-srv')).default
  const quiet = { child: () => quiet }
  for (const level of ['trace', 'debug', 'info', 'warn', 'error', 'fatal']) quiet[level] = () => {}
  const probe = net.createServer()
  const port = await listen(probe)
  await new Promise(resolve => probe.close(resolve))
  const server = new FtpSrv({ url: `ftp://127.0.0.1:${port}`, pasv_url: '127.0.0.1', log: quiet, anonymous: true })
  server.on('login', (_, resolve) => resolve({ root }))
  await server.listen()
  return port
}

/** As much of the DevTools protocol as a client asks when it connects. */
async function devtools(load) {
  const { WebSocketServer } = await load('ws')
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
  const product = { product: 'Fake/1', protocolVersion: '1.3', userAgent: 'Fake', revision: '', jsVersion: '' }
  const results = { 'Browser.getVersion': product, 'Target.getBrowserContexts': { browserContextIds: [] } }
  server.on('connection', socket =>
    socket.on('message', data => {
      const { id, method } = JSON.parse(data)
      socket.send(JSON.stringify({ id, result: results[method] ?? {} }))
    }),
  )
  await new Promise(resolve => server.once('listening', resolve))
  return `ws://127.0.0.1:${server.address().port}/devtools/browser/a`
}
