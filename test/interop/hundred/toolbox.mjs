// What jobs use: the packages that are installed, the addresses of the local services, and the shapes of answers.
import { once } from 'node:events'
import { pathToFileURL } from 'node:url'

/** Where the services of services.mjs are: URLs and ports, as run.mjs hands them on. */
export const at = JSON.parse(process.env.HUNDRED_SERVICES ?? '{}')

/** The namespace of a package that is installed. The loader stands in the folder, so that names are found from there. */
export async function load(name) {
  const { load } = await import(pathToFileURL(`${process.env.HUNDRED_FOLDER}/load.mjs`).href)
  return load(name)
}

/** The default export of a package: of a CommonJS one, all that it exports. */
export const use = async name => (await load(name)).default

/** What a function hands to the callback that it takes last. */
export const called = start =>
  new Promise((resolve, reject) => start((error, ...values) => (error ? reject(error) : resolve(values[0]))))

/** The first argument of an emitter's event; its 'error' rejects. */
export const first = async (emitter, event) => (await once(emitter, event))[0]

export async function text(stream) {
  let text = ''
  for await (const chunk of stream) text += chunk
  return text
}

/** Has a server listen: a function of http's, a server, or anything with `listen`. Resolves to its port. */
export async function listen(server, ...rest) {
  const listening = server.listen(0, '127.0.0.1', ...rest)
  const emitter = typeof listening?.address === 'function' ? listening : server
  if (!emitter.address()) await once(emitter, 'listening')
  return emitter.address().port
}

/** What a server answers to the runtime's own `fetch`, which the redirection leaves alone: status, text, a header. */
export async function ask(server, { path = '/', header, ...init } = {}) {
  return askPort(typeof server === 'number' ? server : await listen(server), { path, header, ...init })
}

export async function askPort(port, { path = '/', header, ...init } = {}) {
  const response = await fetch(`http://127.0.0.1:${port}${path}`, init)
  const answer = `${response.status} ${await response.text()}`
  return header ? `${answer} ${response.headers.get(header)}` : answer
}
