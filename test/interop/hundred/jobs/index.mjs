// All jobs, by the name that packages.json gives the package.
import { agents, patches } from './agents-and-patches.mjs'
import { httpClients } from './http-clients.mjs'
import { httpServers } from './http-servers.mjs'
import { brokers, databases, datagrams, mailAndFiles } from './protocols.mjs'
import { sockets } from './sockets.mjs'

export const jobs = {
  ...httpClients,
  ...httpServers,
  ...sockets,
  ...agents,
  ...patches,
  ...databases,
  ...brokers,
  ...mailAndFiles,
  ...datagrams,
}
