// SETTINGS in both directions: the peer's take effect when received, ours when the peer has acknowledged them. RFC 9113
// section 6.5.3.

import {
  FLOW_CONTROL_ERROR,
  NO_ERROR,
  PROTOCOL_ERROR,
  SETTINGS_ENABLE_CONNECT_PROTOCOL,
  SETTINGS_ENABLE_PUSH,
  SETTINGS_HEADER_TABLE_SIZE,
  SETTINGS_INITIAL_WINDOW_SIZE,
  SETTINGS_MAX_HEADER_LIST_SIZE,
} from '../wire/frame-types.ts'
import { readSettings, writeSettings, writeSettingsAck } from '../wire/frames.ts'
import { openedWindow } from './flow-control.ts'
import type { HeaderReceiver } from './receive/header-receiver.ts'
import type { SessionCore } from './session-core.ts'
import type { SettingEntries } from './types.ts'

export class SettingsExchange {
  readonly #core: SessionCore
  readonly #headers: HeaderReceiver

  constructor(core: SessionCore, headers: HeaderReceiver) {
    this.#core = core
    this.#headers = headers
  }

  // --- ours

  /** @returns false if maxOutstandingSettings frames are not acknowledged */
  send(entries: SettingEntries): boolean {
    const core = this.#core
    if (core.pendingSettings.count >= core.limits.maxOutstandingSettings) return false
    core.pendingSettings.push(entries, core.now)
    writeSettings(core.outbox.control, entries)
    // The peer may use it as soon as it has read this frame, before its ACK.
    for (const [id, value] of entries)
      if (id === SETTINGS_ENABLE_CONNECT_PROTOCOL && value === 1) this.#headers.rules.allowsProtocol = true
    core.outbox.wake()
    return true
  }

  receiveAck(): void {
    const core = this.#core
    const pending = core.pendingSettings.shift()
    if (pending === undefined) {
      core.failConnection({ code: PROTOCOL_ERROR, reason: 'an ACK of SETTINGS that were not sent' })
      return
    }
    core.localSettingsAcked = true
    core.roundTripMs = Math.min(core.roundTripMs, Math.max(0, core.now - pending.sentAt))
    for (const [id, value] of pending.entries) {
      if (id === SETTINGS_HEADER_TABLE_SIZE) this.#headers.setTableLimit(value)
      else if (id === SETTINGS_MAX_HEADER_LIST_SIZE) core.maxHeaderListSize = value
      else if (id === SETTINGS_INITIAL_WINDOW_SIZE) this.#shiftReceiveWindows(value)
      core.localSettings.set(id, value)
    }
    core.handler.onSettingsAck()
  }

  #shiftReceiveWindows(size: number): void {
    const change = size - this.#core.localSettings.initialWindowSize
    for (const stream of this.#core.streams.values()) {
      stream.initialReceiveWindow += change
      stream.window?.shift(change)
    }
  }

  // --- the peer's

  receive(bytes: Uint8Array, start: number, end: number): void {
    const core = this.#core
    if (!core.withstands('settingsBurst', 'SETTINGS')) return
    const code = readSettings(bytes, start, end, (id, value) => this.#apply(id, value))
    if (code !== NO_ERROR) core.failConnection({ code, reason: 'a setting with a value that it may not have' })
    if (core.isDestroyed) return
    core.hasRemoteSettings = true
    writeSettingsAck(core.outbox.control)
    core.replied(ackBytes)
    if (core.isDestroyed) return
    core.startWaiting()
    core.handler.onSettings(core.remoteSettings)
  }

  #apply(id: number, value: number): void {
    const core = this.#core
    const { remoteSettings, outbox } = core
    if (core.isDestroyed) return
    if (id === SETTINGS_INITIAL_WINDOW_SIZE) this.#shiftSendWindows(value - remoteSettings.initialWindowSize)
    else if (id === SETTINGS_HEADER_TABLE_SIZE) this.#changeTable(value)
    else if (id === SETTINGS_ENABLE_PUSH && value === 1 && core.role === 'client')
      core.failConnection({ code: PROTOCOL_ERROR, reason: 'a server that wants to be pushed to' })
    else if (id === SETTINGS_ENABLE_CONNECT_PROTOCOL && value === 0 && remoteSettings.enableConnectProtocol)
      core.failConnection({ code: PROTOCOL_ERROR, reason: 'extended CONNECT was taken back' })
    if (core.isDestroyed) return
    remoteSettings.set(id, value)
    outbox.maxFrameSize = remoteSettings.maxFrameSize
  }

  /** Counts each change, because the table is emptied and rebuilt. */
  #changeTable(size: number): void {
    const core = this.#core
    if (size === core.remoteSettings.headerTableSize) return
    if (core.hasRemoteSettings && !core.withstands('tableSizeChangeBurst', 'changes of the header table')) return
    core.outbox.setTableLimit(size)
  }

  /** Changes the window of every stream: RFC 9113 section 6.9.2. It is negative where more was sent than is now allowed. */
  #shiftSendWindows(change: number): void {
    const core = this.#core
    for (const stream of core.streams.values()) {
      const window = openedWindow(stream.sendWindow, change)
      if (window === undefined) {
        core.failConnection({ code: FLOW_CONTROL_ERROR, reason: 'a window past 2^31-1' })
        return
      }
      stream.sendWindow = window
      if (window > 0) core.outbox.enqueue(stream)
      else core.outbox.queue.remove(stream)
    }
  }
}

const ackBytes = 9
