// A network card: it sends the stack's frames into the cable, and passes frames from the cable to the stack. Captures and
// partitions are applied here.

import type { Frame, InterfaceAddress, MacAddress, NetworkCard } from '../types.ts'
import { BROADCAST_MAC } from '../wire/packets.ts'

/** Called for every frame that a card sends or receives, and for those that its cable has lost. */
export type NicTap = (nic: Nic, what: 'out' | 'in' | 'lost', frame: Frame) => void

/** What a card needs of its machine. */
export interface NicOwner {
  readonly name: string
  /** Whether a partition drops the frame. */
  isCut(direction: 'out' | 'in', frame: Frame): boolean
  receive(nic: Nic, frame: Frame): void
}

/** Where a card's frames go. */
export interface Upload {
  /** @param mayBeNow - whether delivery from within this call is harmless */
  send(frame: Frame, mayBeNow?: boolean): void
}

export interface NicSettings {
  readonly name: string
  readonly mac: MacAddress
  readonly addresses: readonly InterfaceAddress[]
  readonly mtu: number
}

export class Nic implements NetworkCard {
  readonly name: string
  readonly mac: MacAddress
  readonly addresses: readonly InterfaceAddress[]
  readonly mtu: number
  readonly owner: NicOwner
  /** False: the cable is pulled. */
  up = true
  readonly taps = new Set<NicTap>()
  #upload: Upload | undefined

  constructor(owner: NicOwner, { name, mac, addresses, mtu }: NicSettings) {
    this.owner = owner
    this.name = name
    this.mac = mac
    this.addresses = addresses
    this.mtu = mtu
  }

  /** @param upload - where its frames go */
  plug(upload: Upload): void {
    this.#upload = upload
  }

  /** Unplugs the card, if it is plugged in there: its frames are dropped from then on. */
  unplug(upload: Upload): void {
    if (this.#upload === upload) this.#upload = undefined
  }

  transmit(frame: Frame): void {
    if (!this.up) return
    for (const tap of this.taps) tap(this, 'out', frame)
    // A switch delivers by events: an immediate delivery here does not call back into the stack.
    if (!this.owner.isCut('out', frame)) this.#upload?.send(frame, true)
    else this.lose(frame)
  }

  /** Receives a frame from the cable. */
  receive(frame: Frame): void {
    if (!this.up || this.owner.isCut('in', frame)) {
      this.lose(frame)
      return
    }
    for (const tap of this.taps) tap(this, 'in', frame)
    this.owner.receive(this, frame)
  }

  /** Called by its cable: the frame was lost. */
  lose(frame: Frame): void {
    // A broadcast that one receiver has lost may have reached others.
    if (this.taps.size === 0 || frame.destination === BROADCAST_MAC) return
    for (const tap of this.taps) tap(this, 'lost', frame)
  }
}
