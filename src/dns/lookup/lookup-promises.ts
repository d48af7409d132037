// The promise forms of lookup and lookupService. Arguments are checked at the call, as in Node: it throws.

import type { promises } from 'node:dns'
import { promisify } from 'node:util'
import { invalidArgType, invalidArgValue, missingArgs } from '../../core/errors.ts'
import { validateOneOf, validateString } from '../../core/validate.ts'
import { currentHost } from '../../host/current.ts'
import { addressOfNothing, families, type LookupOptions, lookup as lookupWithCallback, readOptions } from './lookup.ts'
import { checkTarget, lookupService as lookupServiceWithCallback } from './lookup-service.ts'

export const lookup = function lookup(hostname: string, options?: LookupOptions | number): Promise<unknown> {
  if (hostname) {
    validateString(hostname, 'hostname')
    if (hostname.includes('\0')) throw invalidArgValue('hostname', hostname, 'must be a string without null bytes')
  }
  if (typeof options === 'function') throw invalidArgType('options', ['integer', 'object'], options)
  const question = readOptions(options)
  // Unlike the callback form, Node's takes no 'IPv4' here.
  if (typeof options === 'object' && options?.family != null) validateOneOf(options.family, 'options.family', families)
  const { all } = question
  return new Promise((resolve, reject) => {
    if (!hostname) {
      const [address, family] = addressOfNothing(hostname, question)
      resolve(all ? address : { address, family })
      return
    }
    if (all) {
      lookupWithCallback(hostname, options, (error: Error | null, addresses: unknown) =>
        error ? reject(error) : resolve(addresses),
      )
    } else {
      lookupWithCallback(hostname, options, (error: Error | null, address: unknown, family?: number) =>
        error ? reject(error) : resolve({ address, family }),
      )
    }
  })
} as typeof promises.lookup

export function lookupService(address: string, port: number): Promise<{ hostname: string; service: string }>
export function lookupService(
  ...args: [address: string, port: number]
): Promise<{ hostname: string; service: string }> {
  if (args.length !== 2) throw missingArgs('address', 'port')
  const [address] = args
  const port = checkTarget(address, args[1])
  return new Promise((resolve, reject) => {
    currentHost().lookupService(address, port, (error, hostname, service) => {
      if (error) reject(error)
      else resolve({ hostname, service })
    })
  })
}

Object.defineProperty(lookupService, 'length', { value: 2 })

// `util.promisify(dns.lookup)` gives one object with both values, as Node's does.
Object.defineProperty(lookupWithCallback, promisify.custom, { value: lookup })
Object.defineProperty(lookupServiceWithCallback, promisify.custom, { value: lookupService })
