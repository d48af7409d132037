// CPU time that a client spends on a request over a keep-alive agent, ours against the runtime's, A B A B in one run:
// `node dist/bench/http/client.js`

import { fork } from 'node:child_process'
import { once } from 'node:events'
import net from 'node:net'
import { fileURLToPath } from 'node:url'

const rounds = Number(process.env['BENCH_ROUNDS'] ?? 4)
const requests = 20_000
const answer = 'HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 12\r\n\r\nhello, world'

const server = net.createServer(socket => {
  socket.setNoDelay(true)
  socket.on('data', () => socket.write(answer, 'latin1'))
  socket.on('error', () => {})
})
server.listen(0, '127.0.0.1')
await once(server, 'listening')
const address = server.address()
const port = typeof address === 'object' && address ? address.port : 0
const path = fileURLToPath(new URL('./client-child.js', import.meta.url))
const clients = { ours: fork(path, ['ours', String(port)]), node: fork(path, ['node', String(port)]) }
const micros: Record<'ours' | 'node', number[]> = { ours: [], node: [] }
for (let round = 0; round <= rounds; round++) {
  for (const which of ['ours', 'node'] as const) {
    clients[which].send(requests)
    const [spent] = (await once(clients[which], 'message')) as [number]
    // The first round warms up.
    if (round > 0) micros[which].push(spent)
  }
}
const median = (values: number[]) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] as number
const [ours, node] = [median(micros.ours), median(micros.node)]
console.log(`client     ${ours.toFixed(2)} us, node ${node.toFixed(2)} us: ${(ours / node).toFixed(2)}x`)
process.exit()
