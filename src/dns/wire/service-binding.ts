// SVCB and HTTPS: where a service is, and how to speak to it. RFC 9460.

import { MessageError } from './error.ts'
import type { MessageReader } from './reader.ts'
import type { MessageWriter } from './writer.ts'

export interface ServiceBindingData {
  /** 0: an alias. */
  readonly priority: number
  readonly target: string
  /** In rising order of their keys' numbers; the writer sorts. */
  readonly params: readonly ServiceParam[]
}

export type NumberedKey = `key${number}`

export type ServiceParam =
  | { readonly key: 'mandatory'; readonly keys: readonly string[] }
  /** One character per byte. */
  | { readonly key: 'alpn'; readonly ids: readonly string[] }
  | { readonly key: 'no-default-alpn' }
  | { readonly key: 'port'; readonly port: number }
  | { readonly key: 'ipv4hint' | 'ipv6hint'; readonly addresses: readonly string[] }
  | { readonly key: 'ech'; readonly config: Uint8Array }
  | { readonly key: NumberedKey; readonly data: Uint8Array }

export function readServiceBinding(reader: MessageReader): ServiceBindingData {
  const priority = reader.uint16()
  const target = reader.name()
  const params: ServiceParam[] = []
  const { end } = reader
  let last = -1
  while (reader.at < end) {
    const { at } = reader
    const key = reader.uint16()
    if (key <= last) throw new MessageError('service parameters out of order', at)
    last = key
    const size = reader.uint16()
    if (reader.at + size > end) throw new MessageError('a service parameter past the end', at)
    reader.end = reader.at + size
    params.push(readParam(reader, key))
    if (reader.at !== reader.end) throw new MessageError('bytes behind a service parameter', reader.at)
    reader.end = end
  }
  return { priority, target, params }
}

export function writeServiceBinding(writer: MessageWriter, { priority, target, params }: ServiceBindingData): void {
  writer.uint16(priority)
  writer.plainName(target)
  const numbered = params.map(param => ({ number: numberOfKey(param.key), param })).sort((a, b) => a.number - b.number)
  let last = -1
  for (const { number, param } of numbered) {
    if (number === last) throw new MessageError(`service parameter ${param.key} twice`, 0)
    last = number
    writer.uint16(number)
    writer.uint16(0)
    const start = writer.length
    writeParam(writer, param)
    writer.setUint16(start - 2, writer.length - start)
  }
}

/** RFC 9460 section 7 and 8. */
function readParam(reader: MessageReader, key: number): ServiceParam {
  const { at } = reader
  switch (key) {
    case MANDATORY:
      return { key: 'mandatory', keys: readMandatory(reader) }
    case ALPN:
      return { key: 'alpn', ids: many(reader, () => readAlpn(reader)) }
    case NO_DEFAULT_ALPN:
      return { key: 'no-default-alpn' }
    case PORT:
      return { key: 'port', port: reader.uint16() }
    case IPV4_HINT:
      return { key: 'ipv4hint', addresses: many(reader, () => reader.address(4)) }
    case ECH:
      return { key: 'ech', config: reader.rest() }
    case IPV6_HINT:
      return { key: 'ipv6hint', addresses: many(reader, () => reader.address(16)) }
    case INVALID:
      throw new MessageError('service parameter 65535', at)
    default:
      return { key: `key${key}`, data: reader.rest() }
  }
}

/** One or more, up to the end. */
function many<T>(reader: MessageReader, read: () => T): T[] {
  const values = [read()]
  while (reader.at < reader.end) values.push(read())
  return values
}

/** Each key once, in rising order, and not itself: RFC 9460 section 8. */
function readMandatory(reader: MessageReader): string[] {
  let last = MANDATORY
  return many(reader, () => {
    const key = reader.uint16()
    if (key <= last) throw new MessageError('mandatory keys out of order', reader.at - 2)
    last = key
    return nameOfKey(key)
  })
}

function readAlpn(reader: MessageReader): string {
  const id = reader.string()
  if (id === '') throw new MessageError('an ALPN id without a character', reader.at - 1)
  return id
}

function writeParam(writer: MessageWriter, param: ServiceParam): void {
  switch (param.key) {
    case 'mandatory':
      writeMandatory(writer, param.keys)
      return
    case 'alpn':
      for (const id of some(param.ids, 'alpn')) {
        if (id === '') throw new MessageError('an ALPN id without a character', 0)
        writer.string(id)
      }
      return
    case 'no-default-alpn':
      return
    case 'port':
      writer.uint16(param.port)
      return
    case 'ipv4hint':
    case 'ipv6hint': {
      const size = param.key === 'ipv4hint' ? 4 : 16
      for (const address of some(param.addresses, param.key)) writer.address(address, size)
      return
    }
    case 'ech':
      writer.raw(param.config)
      return
    default:
      writer.raw(param.data)
  }
}

function writeMandatory(writer: MessageWriter, keys: readonly string[]): void {
  let last = MANDATORY
  for (const key of some(keys, 'mandatory')
    .map(numberOfKey)
    .sort((a, b) => a - b)) {
    if (key === last) throw new MessageError(`'${nameOfKey(key)}' may not be mandatory, or is so twice`, 0)
    last = key
    writer.uint16(key)
  }
}

function some<T>(values: readonly T[], key: string): readonly T[] {
  if (values.length === 0) throw new MessageError(`service parameter ${key} without a value`, 0)
  return values
}

export function nameOfKey(key: number): string {
  return keyNames[key] ?? `key${key}`
}

/** @throws {MessageError} */
export function numberOfKey(name: string): number {
  const known = keyNames.indexOf(name)
  if (known !== -1) return known
  const number = /^key(\d{1,5})$/.exec(name)
  if (number === null || Number(number[1]) >= INVALID) throw new MessageError(`'${name}' is no service parameter`, 0)
  return Number(number[1])
}

const keyNames = ['mandatory', 'alpn', 'no-default-alpn', 'port', 'ipv4hint', 'ech', 'ipv6hint']

const MANDATORY = 0
const ALPN = 1
const NO_DEFAULT_ALPN = 2
const PORT = 3
const IPV4_HINT = 4
const ECH = 5
const IPV6_HINT = 6
const INVALID = 65535
