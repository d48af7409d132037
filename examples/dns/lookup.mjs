// Asks the operating system's own tools for this machine's name: node lookup.mjs

import dns from 'node:dns'

dns.lookup('localhost', { family: 4 }, (error, address, family) => {
  if (error) throw error
  console.log(`IPv${family}: ${address}`)
})

// An IPv4 address stands in where there is none of IPv6.
const options = { family: 6, hints: dns.ADDRCONFIG | dns.V4MAPPED }
dns.lookup('localhost', options, (error, address, family) => {
  if (error) console.log(`IPv6: ${error.code}`)
  else console.log(`IPv${family}: ${address}`)
})
