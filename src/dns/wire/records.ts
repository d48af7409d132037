// Resource records: RFC 1035 section 3.2 and the types that came later. Fields have the standards' names. Strings of bytes
// (TXT, CAA, NAPTR) are text with one character per byte; other data is bytes.

import { MessageError } from './error.ts'
import type { MessageReader } from './reader.ts'
import { readServiceBinding, type ServiceBindingData, writeServiceBinding } from './service-binding.ts'
import { type NumberedType, recordTypes, typeNumber } from './types.ts'
import type { MessageWriter } from './writer.ts'

export interface RecordHead {
  /** The owner's name: see name.ts. */
  readonly name: string
  readonly class: number
  /** Seconds. */
  readonly ttl: number
}

/** What a record holds, told apart by its type. */
export type RecordData =
  | { readonly type: 'A'; readonly address: string }
  | { readonly type: 'AAAA'; readonly address: string }
  | { readonly type: 'NS'; readonly target: string }
  | { readonly type: 'CNAME'; readonly target: string }
  | { readonly type: 'PTR'; readonly target: string }
  | ({ readonly type: 'SOA' } & SoaData)
  | { readonly type: 'MX'; readonly preference: number; readonly exchange: string }
  | { readonly type: 'TXT'; readonly strings: readonly string[] }
  | ({ readonly type: 'SRV' } & SrvData)
  | ({ readonly type: 'NAPTR' } & NaptrData)
  | ({ readonly type: 'TLSA' } & TlsaData)
  | { readonly type: 'CAA'; readonly flags: number; readonly tag: string; readonly value: string }
  | ({ readonly type: 'SVCB' } & ServiceBindingData)
  | ({ readonly type: 'HTTPS' } & ServiceBindingData)
  | { readonly type: NumberedType; readonly data: Uint8Array }

export type ResourceRecord = RecordHead & RecordData
export type RecordOf<T extends ResourceRecord['type']> = Extract<ResourceRecord, { type: T }>

export interface SoaData {
  readonly mname: string
  readonly rname: string
  readonly serial: number
  readonly refresh: number
  readonly retry: number
  readonly expire: number
  readonly minimum: number
}

/** RFC 2782. */
export interface SrvData {
  readonly priority: number
  readonly weight: number
  readonly port: number
  readonly target: string
}

/** RFC 3403 section 4.1. */
export interface NaptrData {
  readonly order: number
  readonly preference: number
  readonly flags: string
  readonly services: string
  readonly regexp: string
  readonly replacement: string
}

/** RFC 6698 section 2.1. */
export interface TlsaData {
  readonly usage: number
  readonly selector: number
  readonly matchingType: number
  readonly data: Uint8Array
}

/** Reads a record's data, which ends where `reader.end` is. The reader's caller checks that all of it was taken. */
export function readRecord(
  reader: MessageReader,
  name: string,
  type: number,
  recordClass: number,
  ttl: number,
): ResourceRecord {
  switch (type) {
    case recordTypes.A:
      return { name, type: 'A', class: recordClass, ttl, address: reader.address(4) }
    case recordTypes.AAAA:
      return { name, type: 'AAAA', class: recordClass, ttl, address: reader.address(16) }
    case recordTypes.NS:
      return { name, type: 'NS', class: recordClass, ttl, target: reader.name() }
    case recordTypes.CNAME:
      return { name, type: 'CNAME', class: recordClass, ttl, target: reader.name() }
    case recordTypes.PTR:
      return { name, type: 'PTR', class: recordClass, ttl, target: reader.name() }
    case recordTypes.SOA:
      return { name, type: 'SOA', class: recordClass, ttl, ...readSoa(reader) }
    case recordTypes.MX:
      return { name, type: 'MX', class: recordClass, ttl, preference: reader.uint16(), exchange: reader.name() }
    case recordTypes.TXT:
      return { name, type: 'TXT', class: recordClass, ttl, strings: readStrings(reader) }
    case recordTypes.SRV:
      return { name, type: 'SRV', class: recordClass, ttl, ...readSrv(reader) }
    case recordTypes.NAPTR:
      return { name, type: 'NAPTR', class: recordClass, ttl, ...readNaptr(reader) }
    case recordTypes.TLSA:
      return { name, type: 'TLSA', class: recordClass, ttl, ...readTlsa(reader) }
    case recordTypes.CAA:
      return { name, type: 'CAA', class: recordClass, ttl, ...readCaa(reader) }
    case recordTypes.SVCB:
      return { name, type: 'SVCB', class: recordClass, ttl, ...readServiceBinding(reader) }
    case recordTypes.HTTPS:
      return { name, type: 'HTTPS', class: recordClass, ttl, ...readServiceBinding(reader) }
    default:
      return { name, type: `TYPE${type}`, class: recordClass, ttl, data: reader.rest() }
  }
}

/** @throws {MessageError} a value that its field cannot hold */
export function writeRecordData(writer: MessageWriter, record: RecordData): void {
  switch (record.type) {
    case 'A':
      writer.address(record.address, 4)
      return
    case 'AAAA':
      writer.address(record.address, 16)
      return
    case 'NS':
    case 'CNAME':
    case 'PTR':
      writer.name(record.target)
      return
    case 'SOA':
      writeSoa(writer, record)
      return
    case 'MX':
      writer.uint16(record.preference)
      writer.name(record.exchange)
      return
    case 'TXT':
      writeStrings(writer, record.strings)
      return
    case 'SRV':
      writeSrv(writer, record)
      return
    case 'NAPTR':
      writeNaptr(writer, record)
      return
    case 'TLSA':
      writeTlsa(writer, record)
      return
    case 'CAA':
      writeCaa(writer, record)
      return
    case 'SVCB':
    case 'HTTPS':
      writeServiceBinding(writer, record)
      return
    default:
      writer.raw(record.data)
  }
}

/** The number of a record's type. */
export function numberOfType(type: string): number {
  const number = typeNumber(type)
  if (number === undefined) throw new MessageError(`unknown record type '${type}'`, 0)
  return number
}

function readSoa(reader: MessageReader): SoaData {
  return {
    mname: reader.name(),
    rname: reader.name(),
    serial: reader.uint32(),
    refresh: reader.uint32(),
    retry: reader.uint32(),
    expire: reader.uint32(),
    minimum: reader.uint32(),
  }
}

function writeSoa(writer: MessageWriter, soa: SoaData): void {
  writer.name(soa.mname)
  writer.name(soa.rname)
  writer.uint32(soa.serial)
  writer.uint32(soa.refresh)
  writer.uint32(soa.retry)
  writer.uint32(soa.expire)
  writer.uint32(soa.minimum)
}

function readStrings(reader: MessageReader): string[] {
  const strings = [reader.string()]
  while (reader.at < reader.end) strings.push(reader.string())
  return strings
}

function writeStrings(writer: MessageWriter, strings: readonly string[]): void {
  // One at least: RFC 1035 section 3.3.14.
  if (strings.length === 0) writer.string('')
  for (const text of strings) writer.string(text)
}

function readSrv(reader: MessageReader): SrvData {
  return { priority: reader.uint16(), weight: reader.uint16(), port: reader.uint16(), target: reader.name() }
}

function writeSrv(writer: MessageWriter, srv: SrvData): void {
  writer.uint16(srv.priority)
  writer.uint16(srv.weight)
  writer.uint16(srv.port)
  writer.plainName(srv.target)
}

function readNaptr(reader: MessageReader): NaptrData {
  return {
    order: reader.uint16(),
    preference: reader.uint16(),
    flags: reader.string(),
    services: reader.string(),
    regexp: reader.string(),
    replacement: reader.name(),
  }
}

function writeNaptr(writer: MessageWriter, naptr: NaptrData): void {
  writer.uint16(naptr.order)
  writer.uint16(naptr.preference)
  writer.string(naptr.flags)
  writer.string(naptr.services)
  writer.string(naptr.regexp)
  writer.plainName(naptr.replacement)
}

function readTlsa(reader: MessageReader): TlsaData {
  return { usage: reader.uint8(), selector: reader.uint8(), matchingType: reader.uint8(), data: reader.rest() }
}

function writeTlsa(writer: MessageWriter, tlsa: TlsaData): void {
  writer.uint8(tlsa.usage)
  writer.uint8(tlsa.selector)
  writer.uint8(tlsa.matchingType)
  writer.raw(tlsa.data)
}

/** RFC 8659 section 4.1. */
function readCaa(reader: MessageReader): { flags: number; tag: string; value: string } {
  const flags = reader.uint8()
  const size = reader.uint8()
  if (size === 0) throw new MessageError('a CAA tag without a character', reader.at - 1)
  return { flags, tag: reader.text(size), value: reader.text(reader.end - reader.at) }
}

function writeCaa(writer: MessageWriter, caa: { flags: number; tag: string; value: string }): void {
  if (caa.tag === '') throw new MessageError('a CAA tag without a character', 0)
  writer.uint8(caa.flags)
  writer.string(caa.tag)
  writer.text(caa.value)
}
