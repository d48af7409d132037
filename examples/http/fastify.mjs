// A Fastify application as its users write it: node fastify.mjs [port]

import { Readable } from 'node:stream'
import fastify from 'fastify'

const app = fastify()

app.get('/hello/:name', async request => ({ hello: request.params.name }))
app.post(
  '/todos',
  { schema: { body: { type: 'object', required: ['name'], properties: { name: { type: 'string' } } } } },
  async (request, reply) => reply.code(201).send({ added: request.body.name }),
)
app.get('/stream', (_request, reply) => reply.type('text/plain').send(Readable.from(['in ', 'three ', 'pieces'])))

const { port } = new URL(await app.listen({ port: Number(process.argv[2] ?? 3000), host: '127.0.0.1' }))
console.log(`fastify: listening on 127.0.0.1:${port}`)
