// Which TLS implementation the connections of this process use: ours, or the runtime's. One setting for tls, https and http2, since
// all three use the same TlsConnection: PLAINWIRE_TLS=runtime in the environment, or `setTlsEngine('runtime')`.

import { validateOneOf } from '../../core/validate.ts'

export type TlsEngineName = 'plainwire' | 'runtime'

let chosen: TlsEngineName | undefined

/** Takes effect for new connections; undefined: the environment decides. */
export function setTlsEngine(engine: TlsEngineName | undefined): void {
  if (engine !== undefined) validateOneOf(engine, 'engine', ['plainwire', 'runtime'])
  chosen = engine
}

export function tlsEngine(): TlsEngineName {
  return chosen ?? (process.env['PLAINWIRE_TLS'] === 'runtime' ? 'runtime' : 'plainwire')
}
