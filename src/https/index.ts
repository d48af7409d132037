// The module's exports: those of `node:https`. Named exports for `import`; the default is the object that `require` returns.

import { setHttpsProxySetter, setSecureConnect } from '../http/internal.ts'
import { tls } from '../tls/internal.ts'
import { Agent, getGlobalAgent, makeGlobalAgent, setGlobalAgent } from './agent.ts'
import { get, request } from './request.ts'
import { createServer, Server } from './server.ts'

// Registers with http what it lacks: TLS connections to a proxy, and a global proxy for https.
setSecureConnect((address, callback) => tls.connect({ ...address }, callback))
setHttpsProxySetter(env => {
  const before = getGlobalAgent()
  setGlobalAgent(makeGlobalAgent(env))
  return () => setGlobalAgent(before)
})

const https = {
  Agent,
  get globalAgent(): Agent {
    return getGlobalAgent()
  },
  set globalAgent(agent: Agent) {
    setGlobalAgent(agent)
  },
  Server,
  createServer,
  get,
  request,
}

const globalAgent: Agent = getGlobalAgent()

export { Agent, createServer, get, globalAgent, request, Server }
export default https
