// A server of to-do lists by name: GET with the name in the query, POST with it as JSON. In the clear, then over TLS.
import http2 from 'node:http2'
import { makeCertificate } from '../certificate.mjs'

const lists = {
  mira: [{ name: 'birth', introduce: 'bake a cake' }],
  ada: [{ name: 'hospital', introduce: 'see the doctor' }],
}

function answer(request, response) {
  const chunks = []
  request.on('data', chunk => chunks.push(chunk))
  request.on('end', () => {
    const name =
      request.method === 'POST'
        ? JSON.parse(Buffer.concat(chunks).toString()).name
        : new URL(request.url, 'http://localhost').searchParams.get('name')
    response.writeHead(200, { 'content-type': 'application/json; charset=utf-8' })
    response.end(JSON.stringify(lists[name]))
  })
}

function ask(session, title, headers, body) {
  return new Promise((resolve, reject) => {
    const stream = session.request(headers)
    let status
    let text = ''
    stream.on('response', answered => {
      status = answered[':status']
    })
    stream.on('data', chunk => {
      text += chunk
    })
    stream.on('end', () => {
      console.log(`${title}: ${headers[':method']} ${status}: ${text}`)
      stream.close()
    })
    stream.on('error', reject)
    stream.on('close', resolve)
    stream.end(body)
  })
}

async function run(scheme, server, options) {
  await new Promise(resolve => server.listen(0, '127.0.0.1', resolve))
  const target = `${scheme}://localhost:${server.address().port}`
  for (const [title, name] of [
    [`${scheme}: client 1`, 'mira'],
    [`${scheme}: client 2`, 'ada'],
  ]) {
    const session = http2.connect(target, options)
    await ask(session, title, { ':method': 'GET', ':path': `/todos?name=${name}` })
    const headers = { ':method': 'POST', ':path': '/todos', 'Content-Type': 'application/json' }
    await ask(session, title, headers, JSON.stringify({ name }))
    session.close()
  }
  server.close()
}

const authority = makeCertificate({ name: 'Authority', isAuthority: true })
const { key, cert } = makeCertificate({ name: 'localhost', altNames: ['DNS:localhost'], issuer: authority })
await run('http', http2.createServer(answer), {})
await run('https', http2.createSecureServer({ key, cert }, answer), { ca: authority.cert })
