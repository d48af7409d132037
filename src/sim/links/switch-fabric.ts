// A learning bridge: the ports of a switch, and which MAC address was seen on which. IEEE 802.1D section 7.8 (learning), without
// ageing and spanning tree: simulated cables form no loops, and a card is not moved from one port to another.

import type { Frame, MacAddress } from '../types.ts'

/** A port of the switch: frames for the card plugged in there go to it. */
export interface SwitchPort {
  send(frame: Frame): void
}

export class SwitchFabric {
  readonly #ports: SwitchPort[] = []
  readonly #learned = new Map<MacAddress, SwitchPort>()

  get size(): number {
    return this.#ports.length
  }

  plug(port: SwitchPort): void {
    this.#ports.push(port)
  }

  unplug(port: SwitchPort): void {
    const index = this.#ports.indexOf(port)
    if (index >= 0) this.#ports.splice(index, 1)
    for (const [mac, learned] of this.#learned) if (learned === port) this.#learned.delete(mac)
  }

  receive(from: SwitchPort, frame: Frame): void {
    const { source, destination } = frame
    if (!isGroup(source) && this.#learned.get(source) !== from) this.#learn(source, from)
    const to = isGroup(destination) ? undefined : this.#learned.get(destination)
    if (to === undefined) this.#flood(from, frame)
    else if (to !== from) to.send(frame)
  }

  #flood(from: SwitchPort, frame: Frame): void {
    for (const port of this.#ports) if (port !== from) port.send(frame)
  }

  /** Evicts the oldest entry if the table is full: a machine may send frames from any address. */
  #learn(mac: MacAddress, port: SwitchPort): void {
    this.#learned.delete(mac)
    if (this.#learned.size >= MAX_LEARNED) {
      for (const oldest of this.#learned.keys()) {
        this.#learned.delete(oldest)
        break
      }
    }
    this.#learned.set(mac, port)
  }
}

/** Broadcast and multicast: the lowest bit of the first byte. */
function isGroup(mac: MacAddress): boolean {
  const low = mac.charCodeAt(1)
  // '1', '3', '5', '7', '9', 'b', 'd', 'f': odd as characters for digits, even for letters.
  return low < 0x3a ? (low & 1) === 1 : (low & 1) === 0
}

/** Addresses that a switch remembers. */
const MAX_LEARNED = 16384
