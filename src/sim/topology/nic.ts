// A network card: what the stack transmits goes into the cable, what comes out of the cable goes to the stack. On the way
// it passes those who watch (captures) and those who cut (partitions).

import type { Frame, InterfaceAddress, MacAddress, NetworkCard } from '../types.ts'
import { BROADCAST_MAC } from '../wire/packets.ts'

/** Sees every frame that a card sends or takes, and which of them its cable has lost. */
export type NicTap = (nic: Nic, what: 'out' | 'in' | 'lost', frame: Frame) => void

/** What a card asks of the machine it sits in. */
export interface NicOwner {
  readonly name: string
  /** Whether a partition is in the way. */
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

  /** What is sent goes nowhere, if that is where it went. */
  unplug(upload: Upload): void {
    if (this.#upload === upload) this.#upload = undefined
  }

  transmit(frame: Frame): void {
    if (!this.up) return
    for (const tap of this.taps) tap(this, 'out', frame)
    // A switch hands on by events: what passes at once here calls nobody back.
    if (!this.owner.isCut('out', frame)) this.#upload?.send(frame, true)
    else this.lose(frame)
  }

  /** From the cable. */
  receive(frame: Frame): void {
    if (!this.up || this.owner.isCut('in', frame)) {
      this.lose(frame)
      return
    }
    for (const tap of this.taps) tap(this, 'in', frame)
    this.owner.receive(this, frame)
  }

  /** Of its cable: that frame goes no further. */
  lose(frame: Frame): void {
    // One of many that a broadcast is for says nothing of the others.
    if (this.taps.size === 0 || frame.destination === BROADCAST_MAC) return
    for (const tap of this.taps) tap(this, 'lost', frame)
  }
}
