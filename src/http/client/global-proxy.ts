// `http.setGlobalProxyFromEnv`: makes the default agents of http and https use the proxies that an environment specifies,
// until the returned function is called.

import { validateObject } from '../../core/validate.ts'
import { URL } from '../../url/index.ts'
import { invalidProxyConfig } from '../errors.ts'
import { Agent, getGlobalAgent, setGlobalAgent } from './agent.ts'
import { proxyUrlFrom } from './proxy.ts'

/** Sets https's proxy; the returned function restores the agent before. */
export type HttpsProxySetter = (env: NodeJS.Dict<string>) => () => void

let setHttpsProxy: HttpsProxySetter | undefined

export function setHttpsProxySetter(setter: HttpsProxySetter): void {
  setHttpsProxy = setter
}

/** @returns a function that restores the previous agents */
export function setGlobalProxyFromEnv(env: NodeJS.Dict<string> = process.env): () => void {
  validateObject(env, 'proxyEnv')
  const httpProxy = proxyUrlFrom(env, 'http:')
  const httpsProxy = proxyUrlFrom(env, 'https:')
  for (const url of [httpProxy, httpsProxy]) if (url !== null && !URL.canParse(url)) throw invalidProxyConfig(url)
  const before = getGlobalAgent()
  if (httpProxy !== null) {
    setGlobalAgent(new Agent({ keepAlive: true, scheduling: 'lifo', timeout: 5000, proxyEnv: env }))
  }
  const restoreHttps = httpsProxy === null ? undefined : setHttpsProxy?.(env)
  return () => {
    if (httpProxy !== null) setGlobalAgent(before)
    restoreHttps?.()
  }
}
