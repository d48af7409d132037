// One client of a benchmark, in a process of its own: `client-child.js ours|node port`. Makes as many requests as it is
// told to, over a keep-alive agent, and tells its CPU time.

import nodeHttp from 'node:http'
import http from '../../src/http/index.ts'

const [, , which, port] = process.argv
const { request, Agent } = (which === 'ours' ? http : nodeHttp) as typeof nodeHttp
const agent = new Agent({ keepAlive: true, maxSockets: 20 })

function once(): Promise<void> {
  return new Promise((resolve, reject) => {
    const made = request({ host: '127.0.0.1', port, path: '/', agent }, response => {
      response.on('data', () => {})
      response.on('end', resolve)
    })
    made.on('error', reject)
    made.end()
  })
}

process.on('message', async (count: number) => {
  const before = process.cpuUsage()
  let left = count
  const worker = async () => {
    while (left-- > 0) await once()
  }
  await Promise.all(Array.from({ length: 20 }, worker))
  const { user, system } = process.cpuUsage(before)
  process.send?.((user + system) / count)
})
process.on('disconnect', () => process.exit())
