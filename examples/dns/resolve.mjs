// Asks name-server.mjs by the protocol itself, for addresses and for their names: node resolve.mjs [port]

import dns, { Resolver } from 'node:dns'

const server = `127.0.0.1:${process.argv[2] ?? 5353}`
dns.setServers([server])
console.log(`asking ${dns.getServers()}`)

dns.resolve4('archive.test', (error, addresses) => {
  if (error) throw error
  console.log(`addresses: ${addresses}`)
  for (const address of addresses) {
    dns.reverse(address, (error, names) => {
      if (error) throw error
      console.log(`reverse of ${address}: ${JSON.stringify(names)}`)
    })
  }
})

const resolver = new Resolver()
resolver.setServers([server])
resolver.resolve4('www.archive.test', (error, addresses) => {
  console.log(`by an alias: ${error ?? addresses}`)
})
resolver.resolveMx('archive.test', (error, records) => {
  console.log(`mail: ${error ?? JSON.stringify(records)}`)
})
resolver.resolve('text.archive.test', 'TXT', (error, records) => {
  console.log(`text: ${error ?? JSON.stringify(records)}`)
})
resolver.resolve4('missing.archive.test', error => {
  console.log(`missing: ${error.code}`)
})
