// dns.lookup(): what the current host's own name service says. Source: Node's documentation, `dns.lookup()`.

import { ADDRCONFIG, ALL, V4MAPPED } from '../../core/address-family.ts'
import { invalidArgType, invalidArgValue } from '../../core/errors.ts'
import { ipVersion } from '../../core/ip.ts'
import {
  validateBoolean,
  validateFunction,
  validateNumber,
  validateOneOf,
  validateString,
} from '../../core/validate.ts'
import { currentHost } from '../../host/current.ts'
import { takesEmptyNames } from '../../host/os/os-features.ts'
import type { HostAddress, IpFamily } from '../../host/types.ts'
import { lookUp } from './lookup-cache.ts'
import { getDefaultResultOrder, type ResultOrder, resultOrders } from './result-order.ts'

/** Hints, as getaddrinfo numbers them on Linux. */

export interface LookupOptions {
  /** 4, 6, or 0: both. Default 0. */
  family?: number | 'IPv4' | 'IPv6' | undefined
  /** `ADDRCONFIG | V4MAPPED | ALL`. Default 0. */
  hints?: number | undefined
  /** All addresses, as an array. Default false. */
  all?: boolean | undefined
  /** Default: `getDefaultResultOrder()`. */
  order?: ResultOrder | undefined
  /** What `order` was before: true is `verbatim`, false `ipv4first`. */
  verbatim?: boolean | undefined
}

export type LookupOneCallback = (error: Error | null, address: string, family: number) => void
export type LookupAllCallback = (error: Error | null, addresses: HostAddress[]) => void

interface Question {
  readonly family: 0 | IpFamily
  readonly hints: number
  readonly all: boolean
  readonly order: ResultOrder
}

/** @throws ERR_INVALID_ARG_TYPE, ERR_INVALID_ARG_VALUE; failures of the look-up itself go to the callback */
export function lookup(
  hostname: string,
  options: LookupOptions | number | LookupOneCallback | null | undefined,
  callback?: LookupOneCallback | LookupAllCallback,
): object {
  if (hostname) {
    validateString(hostname, 'hostname')
    if (hostname.includes('\0')) {
      throw invalidArgValue('hostname', hostname, 'must be a string without null bytes')
    }
  }
  const done = (typeof options === 'function' ? options : callback) as (...args: unknown[]) => void
  if (typeof options !== 'function') {
    // What stands last is taken for the callback: with two arguments, what can be no options.
    const mayBeOptions = options == null || typeof options === 'object' || typeof options === 'number'
    validateFunction(done === undefined && !mayBeOptions ? options : done, 'callback')
  }
  const question = readOptions(typeof options === 'function' ? undefined : options)
  if (!hostname) {
    process.nextTick(done, null, ...addressOfNothing(hostname, question))
    return {}
  }
  const literal = ipVersion(hostname)
  if (literal !== 0) {
    if (question.all) process.nextTick(done, null, [{ address: hostname, family: literal }])
    else process.nextTick(done, null, hostname, literal)
    return {}
  }
  lookUp(currentHost(), hostname, question, (error, addresses) => {
    if (error) {
      done(error)
      return
    }
    const sorted = inOrder(addresses, question.order)
    if (question.all) done(null, sorted)
    else done(null, sorted[0]?.address, sorted[0]?.family)
  })
  return {}
}

/** What an older Node finds for a name that is none. @throws ERR_INVALID_ARG_VALUE, as newer ones do */
export function addressOfNothing(hostname: unknown, { all, family }: Question): [HostAddress[]] | [null, IpFamily] {
  if (!takesEmptyNames(hostname)) throw invalidArgValue('hostname', hostname, 'must be a non-empty string')
  return all ? [[]] : [null, family === 6 ? 6 : 4]
}

/** Checks the options and fills in Node's defaults. */
export function readOptions(options: LookupOptions | number | null | undefined): Question {
  const question = { family: 0 as 0 | IpFamily, hints: 0, all: false, order: getDefaultResultOrder() }
  if (typeof options === 'number') {
    validateOneOf(options, 'family', families)
    return { ...question, family: options }
  }
  if (options === undefined || options === null) return question
  if (typeof options !== 'object') throw invalidArgType('options', ['integer', 'object'], options)
  const { hints, family, all, verbatim, order } = options
  if (hints != null) {
    validateNumber(hints, 'options.hints')
    question.hints = hints >>> 0
    if ((question.hints & ~(ADDRCONFIG | V4MAPPED | ALL)) !== 0) throw invalidArgValue('hints', hints)
  }
  if (family === 'IPv4' || family === 'IPv6') question.family = family === 'IPv4' ? 4 : 6
  else if (family != null) {
    validateOneOf(family, 'options.family', families)
    question.family = family
  }
  if (all != null) {
    validateBoolean(all, 'options.all')
    question.all = all
  }
  if (verbatim != null) {
    validateBoolean(verbatim, 'options.verbatim')
    question.order = verbatim ? 'verbatim' : 'ipv4first'
  }
  if (order != null) {
    validateOneOf(order, 'options.order', resultOrders)
    question.order = order
  }
  return question
}

function inOrder(addresses: readonly HostAddress[], order: ResultOrder): HostAddress[] {
  if (order === 'verbatim') return [...addresses]
  const first = order === 'ipv4first' ? 4 : 6
  return [...addresses.filter(({ family }) => family === first), ...addresses.filter(({ family }) => family !== first)]
}

/** As numbers; the callback form alone takes names too. */
export const families: readonly (0 | IpFamily)[] = [0, 4, 6]
