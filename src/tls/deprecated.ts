// Members of `tls` that Node 20 still has and newer ones do not: exported only if the runtime has them, so that feature tests give
// the same result. Source: Node 20's documentation, DEP0064 and DEP0122.

import { EventEmitter } from 'node:events'
import { Duplex } from 'node:stream'
import { deprecate } from 'node:util'
import { runtimeHas } from './api/defaults.ts'
import { createSecureContext, type SecureContext } from './api/secure-context.ts'
import { Server, type TlsServerOptions } from './api/server.ts'
import { TLSSocket, type TLSSocketOptions } from './api/tls-socket.ts'

/** TLS between two streams: ciphertext on one, plaintext on the other. */
class SecurePair extends EventEmitter {
  readonly server: TLSSocketOptions['server']
  readonly credentials: SecureContext
  readonly encrypted: Duplex
  readonly cleartext: TLSSocket

  constructor(
    secureContext: SecureContext = createSecureContext(),
    isServer = false,
    requestCert = !isServer,
    rejectUnauthorized = false,
    options: TLSSocketOptions = {},
  ) {
    super()
    const [near, far] = streamPair()
    this.server = options.server
    this.credentials = secureContext
    this.encrypted = near
    this.cleartext = new TLSSocket(far, { secureContext, isServer, requestCert, rejectUnauthorized, ...options })
    this.cleartext.once('secure', () => this.emit('secure'))
  }

  destroy(): void {
    this.cleartext.destroy()
    this.encrypted.destroy()
  }
}

/** Two connected streams: bytes written to one can be read from the other. */
function streamPair(): [Duplex, Duplex] {
  const resumes: ((() => void) | undefined)[] = []
  const half = (own: number): Duplex =>
    new Duplex({
      read: () => {
        const resume = resumes[own]
        resumes[own] = undefined
        resume?.()
      },
      write: (chunk, _encoding, done) => {
        if (both[1 - own]?.push(chunk)) done()
        else resumes[1 - own] = done
      },
      final: done => {
        both[1 - own]?.push(null)
        done()
      },
    })
  const both: [Duplex, Duplex] = [half(0), half(1)]
  return both
}

const createSecurePair = deprecate(
  (...args: ConstructorParameters<typeof SecurePair>) => new SecurePair(...args),
  'tls.createSecurePair() is deprecated. Please use tls.TLSSocket instead.',
  'DEP0064',
)

/** Options that are kept on the server and are not part of its context. */
const keptOptions = [
  ...['pfx', 'key', 'passphrase', 'cert', 'clientCertEngine', 'ca', 'minVersion', 'maxVersion', 'crl', 'ciphers'],
  ...['ecdhCurve', 'dhparam', 'sessionTimeout', 'ticketKeys', 'secureOptions', 'sessionIdContext'],
] as const

function setOptions(this: Server, options: TlsServerOptions): void {
  this.requestCert = options.requestCert === true
  this.rejectUnauthorized = options.rejectUnauthorized !== false
  const given = options as Readonly<Record<string, unknown>>
  for (const name of keptOptions) if (given[name]) (this as unknown as Record<string, unknown>)[name] = given[name]
}

/** Members of the module's object. */
export const deprecatedExports: { createSecurePair?: typeof createSecurePair } = runtimeHas.createSecurePair
  ? { createSecurePair }
  : {}

if (runtimeHas.setOptions) {
  Object.defineProperty(Server.prototype, 'setOptions', {
    value: deprecate(setOptions, 'Server.prototype.setOptions() is deprecated', 'DEP0122'),
    writable: true,
    enumerable: true,
    configurable: true,
  })
}
