// A program that may reach its own machine and nothing else, whatever its packages try: plainwire run guarded.mjs

import { once } from 'node:events'
import http from 'node:http'
import { BlockList } from 'node:net'
import { currentHost } from 'plainwire/host'
import { GuardedHost } from './guarded-host.mjs'

const allowed = new BlockList()
allowed.addSubnet('127.0.0.0', 8, 'ipv4')

const server = http.createServer((_, response) => response.end('hello')).listen(0, '127.0.0.1')
await once(server, 'listening')

await new GuardedHost(currentHost(), allowed).run(async () => {
  const [response] = await once(http.get({ port: server.address().port, host: '127.0.0.1', agent: false }), 'response')
  for await (const chunk of response) console.log(`from this machine: ${chunk}`)

  const [error] = await once(http.get('http://192.0.2.1/'), 'error', { signal: AbortSignal.timeout(10_000) })
  console.log(`from elsewhere: ${error.message}`)
})
server.close()
