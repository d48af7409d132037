// A gRPC server and client, @grpc/grpc-js unmodified, on our http2: against each other, and each against one on the
// runtime's own module. Unary calls, streams both ways, metadata, trailers with a status, a deadline.

import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'

const register = fileURLToPath(new URL('../../src/register/register.cjs', import.meta.url))
const packageRoot = fileURLToPath(new URL('../../../', import.meta.url))

// Programs as text: they must not be compiled into our own folder, whose files keep the runtime's modules.
const service = `
const grpc = require('@grpc/grpc-js')
const asBytes = value => Buffer.from(JSON.stringify(value))
const fromBytes = bytes => JSON.parse(bytes.toString())
const method = (path, requestStream, responseStream) => ({
  path, requestStream, responseStream, requestSerialize: asBytes, requestDeserialize: fromBytes,
  responseSerialize: asBytes, responseDeserialize: fromBytes,
})
const definition = {
  greet: method('/Greeter/Greet', false, false),
  count: method('/Greeter/Count', false, true),
  add: method('/Greeter/Add', true, false),
  chat: method('/Greeter/Chat', true, true),
  sleep: method('/Greeter/Sleep', false, false),
}
`

const serverProgram = `${service}
const server = new grpc.Server()
server.addService(definition, {
  greet(call, done) {
    if (!call.request.name) return done({ code: grpc.status.INVALID_ARGUMENT, details: 'who?' })
    const trailers = new grpc.Metadata()
    trailers.set('seen', call.metadata.get('token')[0])
    done(null, { text: 'hello ' + call.request.name }, trailers)
  },
  count(call) {
    for (let i = 1; i <= call.request.to; i++) call.write({ i })
    call.end()
  },
  add(call, done) {
    let sum = 0
    call.on('data', ({ n }) => { sum += n })
    call.on('end', () => done(null, { sum }))
  },
  chat(call) {
    call.on('data', message => call.write(message))
    call.on('end', () => call.end())
  },
  sleep() {},
})
server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (error, port) => {
  if (error) throw error
  console.log(port)
})
process.stdin.on('end', () => server.forceShutdown()).resume()
`

const clientProgram = `${service}
const Client = grpc.makeGenericClientConstructor(definition, 'Greeter')
const client = new Client('127.0.0.1:' + process.argv[1], grpc.credentials.createInsecure())
const all = stream => new Promise((resolve, reject) => {
  const list = []
  stream.on('data', one => list.push(one)).on('end', () => resolve(list)).on('error', reject)
})
const unary = (name, request, ...rest) => new Promise(resolve => {
  const call = client[name](request, ...rest, (error, answer) => setImmediate(() => resolve({ error, answer, status })))
  let status
  call.on('status', one => { status = one })
})
async function run() {
  const metadata = new grpc.Metadata()
  metadata.set('token', 'secret')
  const greeted = await unary('greet', { name: 'mira' }, metadata)
  const refused = await unary('greet', {}, metadata)
  const late = await unary('sleep', {}, new grpc.Metadata(), { deadline: Date.now() + 200 })
  const counted = await all(client.count({ to: 1000 }))
  const added = await new Promise(resolve => {
    const call = client.add((error, answer) => resolve(error ?? answer))
    for (let n = 1; n <= 100; n++) call.write({ n })
    call.end()
  })
  const chat = client.chat()
  const said = all(chat)
  chat.write({ text: 'x'.repeat(300000) })
  chat.write({ text: 'bye' })
  chat.end()
  console.log(JSON.stringify({
    greeted: greeted.answer.text, seen: greeted.status.metadata.get('seen'), refused: refused.error.code,
    details: refused.error.details, late: late.error.code, counted: counted.length, added: added.sum,
    said: (await said).map(({ text }) => text.length),
  }))
  client.close()
}
run()
`

function start(program: string, isOurs: boolean, ...args: string[]) {
  const flags = isOurs ? ['--require', register] : []
  return spawn(process.execPath, [...flags, '-e', program, ...args], {
    cwd: packageRoot,
    stdio: ['pipe', 'pipe', 'inherit'],
    timeout: 30_000,
  })
}

const pairs = [
  ['ours', 'ours'],
  ['ours', "the runtime's"],
  ["the runtime's", 'ours'],
] as const

describe('gRPC', () => {
  for (const [serverName, clientName] of pairs) {
    it(`runs on ${serverName} as server and ${clientName} as client`, async () => {
      const server = start(serverProgram, serverName === 'ours')
      const ended = once(server, 'exit')
      const [port] = (await once(server.stdout, 'data')) as [Buffer]
      const client = start(clientProgram, clientName === 'ours', String(port).trim())
      let output = ''
      client.stdout.on('data', (chunk: Buffer) => {
        output += chunk
      })
      const [code] = (await once(client, 'exit')) as [number | null]
      server.stdin.end()
      await ended
      assert.equal(code, 0)
      assert.deepEqual(JSON.parse(output), {
        greeted: 'hello mira',
        seen: ['secret'],
        refused: 3,
        details: 'who?',
        late: 4,
        counted: 1000,
        added: 5050,
        said: [300_000, 3],
      })
    })
  }
})
