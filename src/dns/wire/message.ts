// A whole DNS message: RFC 1035 section 4, with EDNS (RFC 6891). The OPT record is no record here but `edns`, and its share
// of the response code is in `rcode`.

import { MessageError } from './error.ts'
import { MAX_MESSAGE_SIZE } from './message-limits.ts'
import { MessageReader } from './reader.ts'
import { numberOfType, type ResourceRecord, readRecord, writeRecordData } from './records.ts'
import { BADVERS, type QuestionType, recordTypes, typeName } from './types.ts'
import { MessageWriter } from './writer.ts'

export interface Message {
  readonly id: number
  readonly flags: MessageFlags
  /** With the upper bits that EDNS has. */
  readonly rcode: number
  readonly questions: readonly Question[]
  readonly answers: readonly ResourceRecord[]
  readonly authorities: readonly ResourceRecord[]
  readonly additionals: readonly ResourceRecord[]
  readonly edns?: Edns | undefined
}

/** The header's second line, but for the response code: RFC 1035 section 4.1.1, RFC 4035 section 3. */
export interface MessageFlags {
  /** A response. */
  readonly qr: boolean
  readonly opcode: number
  readonly aa: boolean
  readonly tc: boolean
  readonly rd: boolean
  readonly ra: boolean
  readonly ad: boolean
  readonly cd: boolean
}

export interface Question {
  /** Letters keep their case. */
  readonly name: string
  readonly type: QuestionType
  readonly class: number
}

export interface Edns {
  /** The largest datagram that its sender takes. */
  readonly udpSize: number
  readonly version: number
  /** DNSSEC records are wanted. */
  readonly do: boolean
  readonly options: readonly EdnsOption[]
}

export interface EdnsOption {
  readonly code: number
  readonly data: Uint8Array
}

export interface WriteOptions {
  /** Bytes. What does not fit is left out, and TC says so. Default: MAX_MESSAGE_SIZE. */
  readonly maxSize?: number | undefined
  /** Default: true. */
  readonly compress?: boolean | undefined
  /** Additional records belong to the answer (glue, RFC 9471), and TC is set when they do not fit. Default: false. */
  readonly additionalsRequired?: boolean | undefined
}

/** @throws {MessageError} */
export function readMessage(bytes: Uint8Array): Message {
  if (bytes.length > MAX_MESSAGE_SIZE) throw new MessageError(`a message over ${MAX_MESSAGE_SIZE} bytes`, 0)
  const reader = new MessageReader(bytes)
  const id = reader.uint16()
  const bits = reader.uint16()
  const counts = [reader.uint16(), reader.uint16(), reader.uint16(), reader.uint16()] as const
  const questions: Question[] = []
  for (let i = 0; i < counts[0]; i++) questions.push(readQuestion(reader))
  const answers = readSection(reader, counts[1], undefined)
  const authorities = readSection(reader, counts[2], undefined)
  const opt: OptRecord[] = []
  const additionals = readSection(reader, counts[3], opt)
  if (reader.at !== bytes.length) throw new MessageError('bytes behind the message', reader.at)
  const rcode = (bits & 0x0f) | ((opt[0]?.rcode ?? 0) << 4)
  return { id, flags: readFlags(bits), rcode, questions, answers, authorities, additionals, edns: opt[0]?.edns }
}

/** @throws {MessageError} a value that no message can hold */
export function writeMessage(message: Message, options: WriteOptions = {}): Uint8Array {
  // Whatever a message's own getters call finds no writer, and makes one.
  const writer = idleWriter ?? new MessageWriter()
  idleWriter = undefined
  writer.start(options.compress ?? true)
  writeParts(writer, message, options)
  const bytes = writer.finish()
  idleWriter = writer
  return bytes
}

let idleWriter: MessageWriter | undefined

function writeParts(writer: MessageWriter, message: Message, options: WriteOptions): void {
  const { maxSize = MAX_MESSAGE_SIZE, additionalsRequired = false } = options
  const { edns, rcode } = message
  if (rcode >= BADVERS && edns === undefined) throw new MessageError(`response code ${rcode} without EDNS`, 0)
  writer.uint16(message.id)
  writer.uint16(flagBits(message.flags) | (rcode & 0x0f))
  writer.uint16(message.questions.length)
  for (let i = 0; i < 3; i++) writer.uint16(0)
  for (const { name, type, class: questionClass } of message.questions) {
    writer.name(name)
    writer.uint16(numberOfType(type))
    writer.uint16(questionClass)
  }
  // Room for OPT is kept from the start: it says what the sender can do, and goes out whatever else is left behind.
  const limit = Math.min(maxSize, MAX_MESSAGE_SIZE) - (edns === undefined ? 0 : optSize(edns))
  const answered = writeSection(writer, 6, message.answers, limit)
  const complete = answered && writeSection(writer, 8, message.authorities, limit)
  const whole = complete && writeSection(writer, 10, message.additionals, limit)
  if (!complete || (additionalsRequired && !whole)) writer.setUint16(2, writer.getUint16(2) | TC)
  if (edns !== undefined) writeOpt(writer, edns, rcode)
  if (writer.length > maxSize) throw new MessageError(`a question over ${maxSize} bytes`, 0)
}

function readQuestion(reader: MessageReader): Question {
  return { name: reader.name(), type: typeName(reader.uint16()), class: reader.uint16() }
}

interface OptRecord {
  readonly edns: Edns
  /** The upper eight bits. */
  readonly rcode: number
}

/** @param opt - takes the OPT record; undefined: there may be none here */
function readSection(reader: MessageReader, count: number, opt: OptRecord[] | undefined): ResourceRecord[] {
  const records: ResourceRecord[] = []
  for (let i = 0; i < count; i++) {
    const { at } = reader
    const name = reader.name()
    const type = reader.uint16()
    const recordClass = reader.uint16()
    const ttl = reader.uint32()
    const size = reader.uint16()
    const end = reader.at + size
    if (end > reader.end) throw new MessageError('a record past the end', at)
    const outer = reader.end
    reader.end = end
    if (type === recordTypes.OPT) {
      if (opt === undefined || opt.length > 0 || name !== '') throw new MessageError('an OPT record out of place', at)
      opt.push(readOpt(reader, recordClass, ttl))
    } else {
      // The highest bit set counts as zero: RFC 2181 section 8.
      records.push(readRecord(reader, name, type, recordClass, ttl > 0x7fffffff ? 0 : ttl))
    }
    if (reader.at !== end) throw new MessageError("bytes behind a record's data", reader.at)
    reader.end = outer
  }
  return records
}

/** @returns whether all of them fitted below `limit` */
function writeSection(
  writer: MessageWriter,
  countAt: number,
  records: readonly ResourceRecord[],
  limit: number,
): boolean {
  let count = 0
  for (const record of records) {
    const start = writer.length
    writeRecord(writer, record)
    if (writer.length > limit) {
      writer.truncate(start)
      break
    }
    count++
  }
  writer.setUint16(countAt, count)
  return count === records.length
}

function writeRecord(writer: MessageWriter, record: ResourceRecord): void {
  writer.name(record.name)
  writer.uint16(numberOfType(record.type))
  writer.uint16(record.class)
  writer.uint32(record.ttl)
  writer.uint16(0)
  const start = writer.length
  writeRecordData(writer, record)
  if (writer.length - start > 0xffff) throw new MessageError(`a record over ${0xffff} bytes`, start)
  writer.setUint16(start - 2, writer.length - start)
}

/** RFC 6891 section 6.1. */
function readOpt(reader: MessageReader, udpSize: number, ttl: number): OptRecord {
  const options: EdnsOption[] = []
  while (reader.at < reader.end) {
    const code = reader.uint16()
    options.push({ code, data: reader.take(reader.uint16()) })
  }
  const version = (ttl >>> 16) & 0xff
  return { edns: { udpSize, version, do: (ttl & DO) !== 0, options }, rcode: ttl >>> 24 }
}

function writeOpt(writer: MessageWriter, edns: Edns, rcode: number): void {
  writer.setUint16(10, writer.getUint16(10) + 1)
  writer.uint8(0)
  writer.uint16(recordTypes.OPT)
  writer.uint16(edns.udpSize)
  writer.uint8(rcode >> 4)
  writer.uint8(edns.version)
  writer.uint16(edns.do ? DO : 0)
  writer.uint16(optSize(edns) - OPT_HEAD)
  for (const { code, data } of edns.options) {
    writer.uint16(code)
    writer.uint16(data.length)
    writer.raw(data)
  }
}

function optSize(edns: Edns): number {
  return edns.options.reduce((size, { data }) => size + 4 + data.length, OPT_HEAD)
}

function readFlags(bits: number): MessageFlags {
  return {
    qr: (bits & QR) !== 0,
    opcode: (bits >> 11) & 0x0f,
    aa: (bits & AA) !== 0,
    tc: (bits & TC) !== 0,
    rd: (bits & RD) !== 0,
    ra: (bits & RA) !== 0,
    ad: (bits & AD) !== 0,
    cd: (bits & CD) !== 0,
  }
}

function flagBits(flags: MessageFlags): number {
  return (
    (flags.qr ? QR : 0) |
    ((flags.opcode & 0x0f) << 11) |
    (flags.aa ? AA : 0) |
    (flags.tc ? TC : 0) |
    (flags.rd ? RD : 0) |
    (flags.ra ? RA : 0) |
    (flags.ad ? AD : 0) |
    (flags.cd ? CD : 0)
  )
}

const QR = 0x8000
const AA = 0x0400
const TC = 0x0200
const RD = 0x0100
const RA = 0x0080
const AD = 0x0020
const CD = 0x0010
/** In the OPT record's own flags. */
const DO = 0x8000

/** Bytes of an OPT record without options. */
const OPT_HEAD = 11
