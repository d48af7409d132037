// Two machines and a name server in one process. The client asks for https://shop.test/ and its frames get lost; what it
// takes to get the page all the same is drawn as a ladder, and written for Wireshark: https-under-loss.pcapng.
//
//   npx plainwire run examples/sim/https-under-loss.mjs [seed]

import https from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Network } from 'plainwire/sim'
import { makeCertificate } from '../certificate.mjs'

const seed = Number(process.argv[2] ?? 6)
const authority = makeCertificate({ name: 'Test authority', isAuthority: true })
const { key, cert } = makeCertificate({ name: 'shop.test', altNames: ['DNS:shop.test'], issuer: authority })

// The date is today's: the certificates are.
const net = new Network({ seed, epoch: new Date() })
const lan = net.switch({ latency: '10ms', bandwidth: '10mbit', loss: 0.1, subnet: '10.0.0.0/24' })
net.nameServer('ns', {
  nics: [lan.nic('10.0.0.53/24')],
  zones: [{ origin: 'test', records: { '@': { NS: 'ns' }, ns: { A: '10.0.0.53' }, shop: { A: '10.0.0.1' } } }],
})
const shop = net.host('shop', { nics: [lan.nic('10.0.0.1/24')] })
const client = net.host('client', { nics: [lan.nic('10.0.0.2/24')], nameServers: ['10.0.0.53'] })

shop.run(() => {
  const server = https.createServer({ key, cert }, (_request, response) => {
    response.setHeader('connection', 'close')
    response.end('<h1>Open all night</h1>')
  })
  server.listen(443)
})

const capture = net.capture()
const page = await net.until(
  client.run(
    () =>
      new Promise((resolve, reject) => {
        const request = https.get('https://shop.test/', { ca: authority.cert, agent: false }, response => {
          let text = ''
          response.setEncoding('utf8')
          response.on('data', chunk => {
            text += chunk
          })
          response.on('end', () => resolve(text))
        })
        request.on('socket', socket => socket.on('keylog', line => capture.addSecret(line)))
        request.on('error', reject)
      }),
  ),
)
const took = net.elapsed
await net.run('5s')

console.log(`client: got ${page} after ${took.toFixed(1)} ms of simulated time, with seed ${seed}\n`)
console.log(capture.ladder({ spacing: 38 }))
const file = join(tmpdir(), 'https-under-loss.pcapng')
capture.save(file)
console.log(
  `${capture.packets.length} packets, ${capture.packets.filter(({ isLost }) => isLost).length} of them lost: ${file}`,
)
