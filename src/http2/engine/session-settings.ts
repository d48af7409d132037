// The settings of one endpoint, and our SETTINGS that the peer has not acknowledged. RFC 9113 section 6.5.

import {
  DEFAULT_WINDOW,
  MIN_MAX_FRAME_SIZE,
  SETTINGS_ENABLE_CONNECT_PROTOCOL,
  SETTINGS_ENABLE_PUSH,
  SETTINGS_HEADER_TABLE_SIZE,
  SETTINGS_INITIAL_WINDOW_SIZE,
  SETTINGS_MAX_CONCURRENT_STREAMS,
  SETTINGS_MAX_FRAME_SIZE,
  SETTINGS_MAX_HEADER_LIST_SIZE,
  SETTINGS_NO_RFC7540_PRIORITIES,
} from '../wire/frame-types.ts'
import type { SettingEntries, Settings } from './types.ts'

/** Unlimited, as Node reports it. */
export const UNLIMITED = 0xffffffff

export class SessionSettings implements Settings {
  headerTableSize = 4096
  enablePush = true
  maxConcurrentStreams = UNLIMITED
  initialWindowSize = DEFAULT_WINDOW
  maxFrameSize = MIN_MAX_FRAME_SIZE
  maxHeaderListSize = UNLIMITED
  enableConnectProtocol = false
  noRfc7540Priorities = false
  custom: Map<number, number> | undefined = undefined
  readonly #customIds: readonly number[]

  /** @param customIds - identifiers beyond the standard's whose values are kept */
  constructor(customIds: readonly number[]) {
    this.#customIds = customIds
  }

  set(id: number, value: number): void {
    switch (id) {
      case SETTINGS_HEADER_TABLE_SIZE:
        this.headerTableSize = value
        break
      case SETTINGS_ENABLE_PUSH:
        this.enablePush = value === 1
        break
      case SETTINGS_MAX_CONCURRENT_STREAMS:
        this.maxConcurrentStreams = value
        break
      case SETTINGS_INITIAL_WINDOW_SIZE:
        this.initialWindowSize = value
        break
      case SETTINGS_MAX_FRAME_SIZE:
        this.maxFrameSize = value
        break
      case SETTINGS_MAX_HEADER_LIST_SIZE:
        this.maxHeaderListSize = value
        break
      case SETTINGS_ENABLE_CONNECT_PROTOCOL:
        this.enableConnectProtocol = value === 1
        break
      case SETTINGS_NO_RFC7540_PRIORITIES:
        this.noRfc7540Priorities = value === 1
        break
      default:
        if (!this.#customIds.includes(id)) return
        this.custom ??= new Map()
        this.custom.set(id, value)
    }
  }
}

/** Our SETTINGS frames that have not been acknowledged, oldest first. */
export class PendingSettings {
  #frames: { readonly entries: SettingEntries; readonly sentAt: number }[] = []

  get count(): number {
    return this.#frames.length
  }

  /** When the oldest was sent; Infinity if none is pending. */
  get oldestSentAt(): number {
    return this.#frames[0]?.sentAt ?? Number.POSITIVE_INFINITY
  }

  push(entries: SettingEntries, now: number): void {
    this.#frames.push({ entries, sentAt: now })
  }

  /** Removes the oldest, which the peer's ACK is for. */
  shift(): { readonly entries: SettingEntries; readonly sentAt: number } | undefined {
    return this.#frames.shift()
  }

  /** The least of the current and the pending values. */
  least(id: number, current: number): number {
    return this.#fold(id, current, Math.min)
  }

  /** The greatest of the current and the pending values. */
  greatest(id: number, current: number): number {
    return this.#fold(id, current, Math.max)
  }

  #fold(id: number, current: number, choose: (a: number, b: number) => number): number {
    let chosen = current
    for (const { entries } of this.#frames)
      for (const [entryId, value] of entries) if (entryId === id) chosen = choose(chosen, value)
    return chosen
  }
}
