// Packets as a ladder diagram: a column for each machine, time going down, an arrow for each packet.

import type { Frame } from '../wire/packets.ts'
import type { CapturedPacket } from './captured-packet.ts'
import { summarize } from './packet-summary.ts'

export interface LadderOptions {
  /** Characters between two machines. Default: wide enough for the arrows' labels, up to 48. */
  readonly spacing?: number | undefined
  /** Which packets are drawn. Default: all that were sent. */
  readonly filter?: ((packet: CapturedPacket, summary: string) => boolean) | undefined
}

interface Arrow {
  readonly at: number
  readonly from: number
  readonly to: number
  readonly text: string
  readonly isLost: boolean
}

export function drawLadder(packets: readonly CapturedPacket[], options: LadderOptions = {}): string {
  const { filter = () => true } = options
  const sent = packets
    .filter(({ direction }) => direction === 'out')
    .map(packet => ({ packet, text: summarize(packet.frame) }))
    .filter(({ packet, text }) => filter(packet, text))
  const { names, place } = rails(sent.map(({ packet }) => packet))
  if (names.length === 0) return 'no packets\n'
  const arrows = sent.map(({ packet, text }): Arrow => {
    const from = place(packet.nic.owner.name)
    const receiver = receiverOf(packet, packets)
    // The receiver is not in the capture: an arrow to the side.
    const to = receiver === undefined ? (from === names.length - 1 && from > 0 ? from - 1 : from + 1) : place(receiver)
    return { at: packet.at, from, to, text, isLost: packet.isLost }
  })
  const longest = Math.max(...arrows.map(({ text }) => text.length)) + 8
  const spacing = options.spacing ?? Math.min(Math.max(longest, 20), 48)
  const width = Math.max(names.length, 2)
  const lines = [header(names, spacing), ...arrows.map(arrow => drawArrow(arrow, width, spacing))]
  return `${lines.join('\n')}\n`
}

/** The machines in the order in which they sent first. */
function rails(packets: readonly CapturedPacket[]): { names: string[]; place: (name: string) => number } {
  const names = [...new Set(packets.map(({ nic }) => nic.owner.name))]
  const place = (name: string) => {
    if (!names.includes(name)) names.push(name)
    return names.indexOf(name)
  }
  return { names, place }
}

/** The captured card that the frame is addressed to; for an ARP or neighbour request, the card that it asks for. */
function receiverOf({ frame }: CapturedPacket, packets: readonly CapturedPacket[]): string | undefined {
  const asked = askedFor(frame)
  for (const { nic } of packets) {
    if (asked === undefined ? nic.mac === frame.destination : nic.addresses.some(one => one.address === asked)) {
      return nic.owner.name
    }
  }
  return undefined
}

function askedFor({ payload }: Frame): string | undefined {
  return payload.kind === 'arp' && payload.operation === 'request' ? payload.targetIp : undefined
}

function header(names: readonly string[], spacing: number): string {
  const titles = names.map((name, index) => (index === 0 ? name.padEnd(spacing) : name.padEnd(spacing)))
  return `${' '.repeat(TIME_WIDTH - 1)} ${titles.join('')}`.trimEnd()
}

function drawArrow({ at, from, to, text, isLost }: Arrow, rails: number, spacing: number): string {
  const cells = Array.from(' '.repeat((rails - 1) * spacing + 1))
  for (let rail = 0; rail < rails; rail++) cells[rail * spacing] = '|'
  const [left, right] = [Math.min(from, to) * spacing + 1, Math.max(from, to) * spacing - 1]
  for (let column = left; column <= right; column++) cells[column] = '-'
  const room = right - left - 3
  const label = ` ${text.length > room ? `${text.slice(0, Math.max(0, room - 3))}...` : text} `
  const start = left + Math.max(1, (right - left + 1 - label.length) >> 1)
  for (const [index, character] of Array.from(label).entries()) cells[start + index] = character
  if (to > from) cells[right] = isLost ? 'x' : '>'
  else cells[left] = isLost ? 'x' : '<'
  return `${`${(at / 1e9).toFixed(6)} s`.padStart(TIME_WIDTH - 2)}  ${cells.join('')}`
}

const TIME_WIDTH = 14
