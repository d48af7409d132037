// SETTINGS as the objects of Node's API, and packed for the HTTP2-Settings field. RFC 9113 section 6.5; Node's
// documentation, "Settings object".

import { invalidArgType } from '../../core/errors.ts'
import { constants } from '../constants.ts'
import { invalidPackedLength, invalidSetting, tooManyCustomSettings } from '../errors.ts'
import { validateOptionalObject } from '../validate.ts'

export interface Settings {
  headerTableSize?: number | undefined
  enablePush?: boolean | undefined
  initialWindowSize?: number | undefined
  maxFrameSize?: number | undefined
  maxConcurrentStreams?: number | undefined
  maxHeaderListSize?: number | undefined
  /** Node's other name for maxHeaderListSize. */
  maxHeaderSize?: number | undefined
  enableConnectProtocol?: boolean | undefined
  customSettings?: Record<number, number> | undefined
}

/** One setting as it is encoded in a frame. */
export interface SettingEntry {
  readonly id: number
  readonly value: number
}

export const MAX_CUSTOM_SETTINGS = 10

const {
  NGHTTP2_SETTINGS_HEADER_TABLE_SIZE: HEADER_TABLE_SIZE,
  NGHTTP2_SETTINGS_ENABLE_PUSH: ENABLE_PUSH,
  NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS: MAX_CONCURRENT_STREAMS,
  NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE: INITIAL_WINDOW_SIZE,
  NGHTTP2_SETTINGS_MAX_FRAME_SIZE: MAX_FRAME_SIZE,
  NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE: MAX_HEADER_LIST_SIZE,
  NGHTTP2_SETTINGS_ENABLE_CONNECT_PROTOCOL: ENABLE_CONNECT_PROTOCOL,
} = constants

const MAX_UINT32 = 2 ** 32 - 1

const ranges = [
  ['headerTableSize', 0, MAX_UINT32],
  ['initialWindowSize', 0, constants.MAX_INITIAL_WINDOW_SIZE],
  ['maxFrameSize', constants.MIN_MAX_FRAME_SIZE, constants.MAX_MAX_FRAME_SIZE],
  ['maxConcurrentStreams', 0, MAX_UINT32],
  ['maxHeaderListSize', 0, MAX_UINT32],
  ['maxHeaderSize', 0, MAX_UINT32],
] as const

export function getDefaultSettings(): Settings {
  return Object.assign(Object.create(null) as Settings, {
    headerTableSize: constants.DEFAULT_SETTINGS_HEADER_TABLE_SIZE,
    enablePush: true,
    initialWindowSize: constants.DEFAULT_SETTINGS_INITIAL_WINDOW_SIZE,
    maxFrameSize: constants.DEFAULT_SETTINGS_MAX_FRAME_SIZE,
    maxConcurrentStreams: constants.DEFAULT_SETTINGS_MAX_CONCURRENT_STREAMS,
    maxHeaderSize: constants.DEFAULT_SETTINGS_MAX_HEADER_LIST_SIZE,
    maxHeaderListSize: constants.DEFAULT_SETTINGS_MAX_HEADER_LIST_SIZE,
    enableConnectProtocol: false,
  })
}

export function validateSettings(settings: Settings | undefined): void {
  if (settings === undefined) return
  const { customSettings } = settings
  validateOptionalObject(customSettings, 'customSettings', 'Number')
  if (customSettings !== undefined) validateCustomSettings(customSettings)
  for (const [name, min, max] of ranges) validateWithin(name, settings[name], min, max)
  for (const name of ['enablePush', 'enableConnectProtocol'] as const) {
    const value: unknown = settings[name]
    if (value !== undefined && typeof value !== 'boolean') throw invalidSetting(name, value)
  }
}

function validateCustomSettings(settings: Record<number, number>): void {
  const entries = Object.entries(settings)
  if (entries.length > MAX_CUSTOM_SETTINGS) throw tooManyCustomSettings()
  for (const [id, value] of entries) {
    validateWithin('customSettings:id', Number(id), 0, 0xffff)
    validateWithin('customSettings:value', Number(value), 0, MAX_UINT32)
  }
}

function validateWithin(name: string, value: unknown, min: number, max: number): void {
  if (value === undefined) return
  if (typeof value !== 'number' || value < min || value > max) throw invalidSetting(name, value, min, max)
}

/** The entries of the frame, sorted by identifier as Node sends them. */
export function settingEntries(settings: Settings): SettingEntry[] {
  const values = new Map<number, number>()
  const set = (id: number, value: unknown): void => {
    if (typeof value === 'number') values.set(id, value)
    else if (typeof value === 'boolean') values.set(id, Number(value))
  }
  const custom = customEntries(settings.customSettings)
  for (const { id, value } of custom) if (isKnown(id)) set(id, value)
  set(HEADER_TABLE_SIZE, settings.headerTableSize)
  set(ENABLE_PUSH, settings.enablePush)
  set(MAX_CONCURRENT_STREAMS, settings.maxConcurrentStreams)
  set(INITIAL_WINDOW_SIZE, settings.initialWindowSize)
  set(MAX_FRAME_SIZE, settings.maxFrameSize)
  set(MAX_HEADER_LIST_SIZE, headerListSize(settings))
  set(ENABLE_CONNECT_PROTOCOL, settings.enableConnectProtocol)
  const entries = [...values].map(([id, value]) => ({ id, value })).sort((one, other) => one.id - other.id)
  for (const entry of custom) if (!isKnown(entry.id)) entries.push(entry)
  return entries
}

function isKnown(id: number): boolean {
  return id <= MAX_HEADER_LIST_SIZE || id === ENABLE_CONNECT_PROTOCOL
}

function headerListSize({ maxHeaderSize, maxHeaderListSize }: Settings): number | undefined {
  if (maxHeaderSize === undefined || maxHeaderSize === maxHeaderListSize) return maxHeaderListSize
  process.emitWarning('settings.maxHeaderSize overwrite settings.maxHeaderListSize')
  return maxHeaderSize
}

function customEntries(settings: Record<number, number> | undefined): SettingEntry[] {
  if (typeof settings !== 'object') return []
  const entries: SettingEntry[] = []
  for (const key in settings) {
    const value = settings[key]
    if (typeof value !== 'number') continue
    const id = Number(key)
    if (!(id > 0 && id <= 0xffff)) throw invalidSetting('Range Error', id, 0, 0xffff)
    if (!(value > 0 && value <= MAX_UINT32)) throw invalidSetting('Range Error', value, 0, MAX_UINT32)
    entries.push({ id, value })
  }
  return entries
}

/** The entries that no standard defines, in the form of `customSettings`. */
export function customSettingsOf(entries: readonly SettingEntry[]): Record<number, number> | undefined {
  const custom = entries.filter(({ id }) => !isKnown(id))
  return custom.length === 0 ? undefined : Object.fromEntries(custom.map(({ id, value }) => [id, value]))
}

/** Validates `remoteCustomSettings`: the identifiers of the peer's custom settings that the program wants reported. */
export function validateRemoteCustomSettings(ids: readonly unknown[]): asserts ids is readonly number[] {
  if (ids.length > MAX_CUSTOM_SETTINGS) throw tooManyCustomSettings()
  for (const id of ids) {
    if (typeof id !== 'number' || id < 0 || id > 0xffff) throw invalidSetting('Range Error', id, 0, 0xffff)
  }
}

/** The payload of a SETTINGS frame, which the HTTP2-Settings field carries in base64. */
export function getPackedSettings(settings?: Settings): Buffer<ArrayBuffer> {
  validateOptionalObject(settings, 'settings')
  validateSettings(settings)
  const entries = settingEntries({ ...settings })
  const packed = Buffer.allocUnsafe(entries.length * 6)
  entries.forEach(({ id, value }, index) => {
    packed.writeUInt16BE(id, index * 6)
    packed.writeUInt32BE(value, index * 6 + 2)
  })
  return packed
}

export function getUnpackedSettings(packed: Uint8Array, options: { validate?: boolean | undefined } = {}): Settings {
  if (!ArrayBuffer.isView(packed) || packed.length === undefined) {
    throw invalidArgType('buf', ['Buffer', 'TypedArray'], packed)
  }
  if (packed.length % 6 !== 0) throw invalidPackedLength()
  const settings: Settings = {}
  for (let at = 0; at < packed.length; at += 6) {
    const byte = (offset: number): number => packed[at + offset] as number
    const id = byte(0) * 0x100 + byte(1)
    const value = byte(2) * 0x1000000 + byte(3) * 0x10000 + byte(4) * 0x100 + byte(5)
    unpack(settings, id, value)
  }
  if (options?.validate) validateSettings(settings)
  return settings
}

function unpack(settings: Settings, id: number, value: number): void {
  switch (id) {
    case HEADER_TABLE_SIZE:
      settings.headerTableSize = value
      break
    case ENABLE_PUSH:
      settings.enablePush = value !== 0
      break
    case MAX_CONCURRENT_STREAMS:
      settings.maxConcurrentStreams = value
      break
    case INITIAL_WINDOW_SIZE:
      settings.initialWindowSize = value
      break
    case MAX_FRAME_SIZE:
      settings.maxFrameSize = value
      break
    case MAX_HEADER_LIST_SIZE:
      settings.maxHeaderListSize = settings.maxHeaderSize = value
      break
    case ENABLE_CONNECT_PROTOCOL:
      settings.enableConnectProtocol = value !== 0
      break
    default:
      settings.customSettings ??= {}
      settings.customSettings[id] = value
  }
}
