// Options of servers and sessions: checked as Node checks them, and made one complete record for the engine. Node's
// documentation, "http2.createServer", "http2.connect".

import type { Duplex } from 'node:stream'
import { validateBoolean, validateNumber, validateUint32 } from '../core/validate.ts'
import type { HttpServerOptions } from '../http/internal.ts'
import { constants } from './constants.ts'
import { defaultLimits, type SessionLimits } from './engine/engine-limits.ts'
import type { SessionOptions as EngineOptions, PaddingStrategy } from './engine/types.ts'
import { type Settings, settingEntries, validateRemoteCustomSettings, validateSettings } from './session/settings.ts'
import { validateOptionalArray, validateOptionalObject } from './validate.ts'

export interface SessionOptions {
  maxDeflateDynamicTableSize?: number | undefined
  maxSettings?: number | undefined
  /** Megabytes. */
  maxSessionMemory?: number | undefined
  maxHeaderListPairs?: number | undefined
  maxOutstandingPings?: number | undefined
  maxOutstandingSettings?: number | undefined
  maxSendHeaderBlockLength?: number | undefined
  maxReservedRemoteStreams?: number | undefined
  maxSessionInvalidFrames?: number | undefined
  maxSessionRejectedStreams?: number | undefined
  streamResetBurst?: number | undefined
  streamResetRate?: number | undefined
  paddingStrategy?: number | undefined
  peerMaxConcurrentStreams?: number | undefined
  settings?: Settings | undefined
  remoteCustomSettings?: number[] | undefined
  unknownProtocolTimeout?: number | undefined
  strictFieldWhitespaceValidation?: boolean | undefined
  strictSingleValueFields?: boolean | undefined
}

/** A program's own class of requests or responses: extended from ours, and so made with the same arguments. */
type MessageClass = new (...args: never[]) => object

export interface Http1Options extends Omit<HttpServerOptions, 'IncomingMessage' | 'ServerResponse'> {
  IncomingMessage?: MessageClass | undefined
  ServerResponse?: MessageClass | undefined
}

export interface ServerOptions extends SessionOptions {
  Http1IncomingMessage?: MessageClass | undefined
  Http1ServerResponse?: MessageClass | undefined
  Http2ServerRequest?: MessageClass | undefined
  Http2ServerResponse?: MessageClass | undefined
  http1Options?: Http1Options | undefined
  origins?: string[] | undefined
  allowHTTP1?: boolean | undefined
}

export interface ClientOptions extends SessionOptions {
  maxOriginSetSize?: number | undefined
  protocol?: 'http:' | 'https:' | undefined
  createConnection?: ((authority: URL, options: ClientOptions) => Duplex) | undefined
}

const DEFAULT_MAX_ORIGINS = 128
const DEFAULT_UNKNOWN_PROTOCOL_TIMEOUT_MS = 10_000

/** What a session is made with: every choice made. */
export interface CompleteOptions {
  readonly engine: EngineOptions
  readonly isStrict: boolean
  readonly origins: readonly string[] | undefined
  readonly maxOriginSetSize: number
}

/** A server's options: a copy, checked, with the defaults that Node fills in. */
export function serverOptions<O extends ServerOptions>(given: O | undefined): O {
  validateOptionalObject(given, 'options')
  const options = { ...given } as O
  validateOptionalObject(options.settings, 'options.settings')
  options.settings = { ...options.settings }
  checkShared(options)
  const { maxSessionInvalidFrames, maxSessionRejectedStreams, unknownProtocolTimeout } = options
  if (maxSessionInvalidFrames !== undefined) validateUint32(maxSessionInvalidFrames, 'options.maxSessionInvalidFrames')
  if (maxSessionRejectedStreams !== undefined) {
    validateUint32(maxSessionRejectedStreams, 'options.maxSessionRejectedStreams')
  }
  if (unknownProtocolTimeout !== undefined) validateUint32(unknownProtocolTimeout, 'options.unknownProtocolTimeout')
  else options.unknownProtocolTimeout = DEFAULT_UNKNOWN_PROTOCOL_TIMEOUT_MS
  options.http1Options = { ...options.http1Options }
  options.http1Options.IncomingMessage ??= options.Http1IncomingMessage
  options.http1Options.ServerResponse ??= options.Http1ServerResponse
  return options
}

export function clientOptions<O extends ClientOptions>(given: O | undefined): O {
  validateOptionalObject(given, 'options')
  const options = { ...given } as O
  if (options.maxOriginSetSize != null) validateNumber(options.maxOriginSetSize, 'options.maxOriginSetSize', 0)
  checkShared(options)
  return options
}

function checkShared(options: SessionOptions): void {
  validateOptionalArray(options.remoteCustomSettings, 'options.remoteCustomSettings')
  if (options.remoteCustomSettings) validateRemoteCustomSettings(options.remoteCustomSettings)
  if (options.strictSingleValueFields !== undefined) {
    validateBoolean(options.strictSingleValueFields, 'options.strictSingleValueFields')
  }
}

export function completeOptions(options: ServerOptions & ClientOptions): CompleteOptions {
  const settings = typeof options.settings === 'object' && options.settings !== null ? options.settings : {}
  validateSettings(settings)
  return {
    engine: {
      settings: settingEntries(settings).map(({ id, value }) => [id, value] as const),
      paddingStrategy: paddingStrategies[options.paddingStrategy ?? 0] ?? 'none',
      strictFieldWhitespace: options.strictFieldWhitespaceValidation !== false,
      // A window that the program has set does not grow.
      growsWindows: settings.initialWindowSize === undefined,
      customSettings: options.remoteCustomSettings ?? [],
      limits: limitsOf(options),
    },
    isStrict: options.strictSingleValueFields ?? true,
    origins: Array.isArray(options.origins) ? options.origins : undefined,
    maxOriginSetSize: options.maxOriginSetSize ?? DEFAULT_MAX_ORIGINS,
  }
}

const paddingStrategies: Readonly<Record<number, PaddingStrategy>> = {
  [constants.PADDING_STRATEGY_NONE]: 'none',
  [constants.PADDING_STRATEGY_ALIGNED]: 'aligned',
  [constants.PADDING_STRATEGY_MAX]: 'max',
}

const MEGABYTE = 1_000_000

function limitsOf(options: SessionOptions): SessionLimits {
  const { maxSessionMemory, maxReservedRemoteStreams, maxHeaderListPairs } = options
  const limits: { -readonly [K in keyof SessionLimits]: number } = { ...defaultLimits }
  for (const name of plainLimits) if (typeof options[name] === 'number') limits[name] = options[name]
  for (const name of positiveLimits) if (typeof options[name] === 'number') limits[name] = Math.max(1, options[name])
  if (typeof maxSessionMemory === 'number') limits.maxSessionMemory = Math.max(1, maxSessionMemory) * MEGABYTE
  // Below zero means as many as there can be.
  if (typeof maxReservedRemoteStreams === 'number') {
    limits.maxReservedRemoteStreams = maxReservedRemoteStreams < 0 ? 2 ** 32 - 1 : maxReservedRemoteStreams
  }
  if (typeof maxHeaderListPairs === 'number') limits.maxHeaderListPairs = Math.max(4, maxHeaderListPairs)
  return limits
}

const plainLimits = [
  'maxDeflateDynamicTableSize',
  'maxSendHeaderBlockLength',
  'peerMaxConcurrentStreams',
  'maxOutstandingPings',
  'maxSessionInvalidFrames',
  'maxSessionRejectedStreams',
] as const

const positiveLimits = ['maxOutstandingSettings', 'maxSettings', 'streamResetRate', 'streamResetBurst'] as const
