// The packets that cards have sent and received: as a list, as a ladder diagram, as a pcapng file for Wireshark.

import { writeFileSync } from 'node:fs'
import type { Nic, NicTap } from '../topology/nic.ts'
import type { Frame, Nanoseconds } from '../types.ts'
import { encodeFrame } from '../wire/ethernet.ts'
import { PcapngWriter } from '../wire/pcapng.ts'
import type { CapturedPacket } from './captured-packet.ts'
import { drawLadder, type LadderOptions } from './ladder.ts'

export interface CaptureSettings {
  /** For the file's first comment. */
  readonly name: string
  readonly now: () => Nanoseconds
  /** The date at the network's beginning, in milliseconds since 1970. */
  readonly epoch: number
  /** Default: both. */
  readonly direction?: 'out' | 'in' | undefined
}

export class Capture {
  readonly packets: CapturedPacket[] = []
  readonly #settings: CaptureSettings
  readonly #nics = new Set<Nic>()
  readonly #byFrame = new WeakMap<Frame, CapturedPacket>()
  readonly #secrets: string[] = []

  constructor(settings: CaptureSettings) {
    this.#settings = settings
  }

  get nics(): readonly Nic[] {
    return [...this.#nics]
  }

  watch(nic: Nic): void {
    this.#nics.add(nic)
    nic.taps.add(this.#tap)
  }

  /** Stops capturing; the captured packets stay. */
  stop(): void {
    for (const nic of this.#nics) nic.taps.delete(this.#tap)
  }

  /** Adds a line of a TLS key log, as from a 'keylog' event, with which Wireshark decrypts TLS. */
  addSecret(line: string | Uint8Array): void {
    this.#secrets.push(typeof line === 'string' ? line.trimEnd() : Buffer.from(line).toString('latin1').trimEnd())
  }

  /** The packets as a ladder diagram: sender, receiver, content and time. */
  ladder(options: LadderOptions = {}): string {
    return drawLadder(this.packets, options)
  }

  /** A pcapng file's bytes. */
  toPcapng(): Uint8Array {
    const { name, epoch } = this.#settings
    const writer = new PcapngWriter({ comment: `plainwire: ${name}` })
    const numbers = new Map<Nic, number>()
    for (const nic of this.#nics) {
      numbers.set(nic, writer.addInterface({ name: `${nic.owner.name}/${nic.name}`, macAddress: nic.mac }))
    }
    if (this.#secrets.length > 0) writer.addTlsSecrets(`${this.#secrets.join('\n')}\n`)
    for (const { at, nic, direction, frame, isLost } of this.packets) {
      writer.addPacket({
        interface: numbers.get(nic) ?? 0,
        // A number cannot represent nanoseconds since 1970 exactly.
        timestamp: BigInt(epoch) * 1_000_000n + BigInt(at),
        bytes: encodeFrame(frame),
        direction: direction === 'out' ? 'outbound' : 'inbound',
        comment: isLost ? 'lost on the way' : undefined,
      })
    }
    return writer.finish()
  }

  /** Writes the pcapng file. */
  save(path: string): void {
    writeFileSync(path, this.toPcapng())
  }

  readonly #tap: NicTap = (nic, what, frame) => {
    if (what === 'lost') {
      const sent = this.#byFrame.get(frame)
      if (sent !== undefined) sent.isLost = true
      return
    }
    const { direction, now } = this.#settings
    if (direction !== undefined && what !== direction) return
    const packet = { at: now(), nic, direction: what, frame, isLost: false }
    this.packets.push(packet)
    if (what === 'out') this.#byFrame.set(frame, packet)
  }
}
