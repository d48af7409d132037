// A CommonJS program, by require and by import.

import dns = require('plainwire/dns')
import http = require('plainwire/http')

import host = require('plainwire/host')

import net, { type AddressInfo } from 'plainwire/net'
import { Network } from 'plainwire/sim'
import * as url from 'plainwire/url'

const options: http.RequestOptions = { host: 'localhost', port: 80 }
http.get(options, response => response.headers['content-length']?.length)
const resolver: dns.Resolver = new dns.Resolver({ cache: true })
resolver.resolve4('localhost', (_error, addresses) => addresses.join())
const server: net.Server = net.createServer(socket => socket.end())
const memory: host.MemoryHost = new host.MemoryHost({ name: 'one', network: new host.MemoryNetwork() })
const simulated: Network = new Network({ seed: 1 })
const parsed: url.URL = new url.URL('http://localhost')

async function dynamic(): Promise<http.Agent> {
  const { Agent, default: whole } = await import('plainwire/http')
  return new Agent(whole.globalAgent)
}

export = { address: server.address() as AddressInfo, hosts: [memory, simulated], parsed, dynamic }
