// dns.lookupService(): the names of an address and a port, from the current host. Source: Node's documentation.

import { invalidArgValue, missingArgs } from '../../core/errors.ts'
import { ipVersion } from '../../core/ip.ts'
import { validateFunction, validatePort, validateString } from '../../core/validate.ts'
import { currentHost } from '../../host/current.ts'

export type LookupServiceCallback = (error: NodeJS.ErrnoException | null, hostname: string, service: string) => void

export function lookupService(address: string, port: number, callback: LookupServiceCallback): void
export function lookupService(...args: [address: string, port: number, callback: LookupServiceCallback]): object {
  if (args.length !== 3) throw missingArgs('address', 'port', 'callback')
  const [address, port, callback] = args
  const number = checkTarget(address, port)
  validateFunction(callback, 'callback')
  currentHost().lookupService(address, number, (error, hostname, service) => {
    // Node calls back with the error alone.
    if (error) (callback as (error: Error) => void)(error)
    else callback(null, hostname, service)
  })
  return {}
}

// The number of arguments is looked at, so they are taken together; programs see three.
Object.defineProperty(lookupService, 'length', { value: 3 })

/** @throws ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE, ERR_SOCKET_BAD_PORT. @returns the port */
export function checkTarget(address: unknown, port: unknown): number {
  validateString(address, 'address')
  if (ipVersion(address) === 0) throw invalidArgValue('address', address)
  return validatePort(port)
}
