// The same by hand over a UNIX socket, which has a path in place of a port: node raw-http-unix.mjs [path]

import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { get, post } from './raw-http-client.mjs'
import createRawHttpServer from './raw-http-server.cjs'

const path = process.argv[2] ?? join(tmpdir(), `raw-http-${process.pid}.sock`)
const server = createRawHttpServer().listen(path)
await once(server, 'listening')
console.log(`server: listening on a path: ${server.address() === path}`)

console.log(`client: the page: ${(await get({ path }, '/index.html')).toString().trim()}`)
console.log(`client: the form came back as ${await post({ path }, '/form', 'name=John&age=30')}`)
server.close(() => console.log(`server: closed, and the path is ${existsSync(path) ? 'still there' : 'gone'}`))
