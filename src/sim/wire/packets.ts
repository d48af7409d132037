// Frames and packets as plain objects, layer within layer. They are never changed once sent; the codecs beside this file encode
// and decode them. Addresses are canonical text: two equal ones are equal strings.

/** `02:00:00:00:00:01`, lower case. */
export type MacAddress = string

export const BROADCAST_MAC: MacAddress = 'ff:ff:ff:ff:ff:ff'

/** Ethernet II (RFC 894). */
export interface Frame {
  readonly source: MacAddress
  readonly destination: MacAddress
  readonly payload: FramePayload
}

export type FramePayload = ArpPacket | Ipv4Packet | Ipv6Packet | OpaquePayload

/** Bytes that are not decoded, or cannot be: of a corrupted packet, or an unknown protocol. */
export interface OpaquePayload {
  readonly kind: 'opaque'
  readonly etherType: number
  readonly bytes: Uint8Array
}

/** RFC 826, for Ethernet and IPv4. */
export interface ArpPacket {
  readonly kind: 'arp'
  readonly operation: 'request' | 'reply'
  readonly senderMac: MacAddress
  readonly senderIp: string
  readonly targetMac: MacAddress
  readonly targetIp: string
}

export type IpPacket = Ipv4Packet | Ipv6Packet

/** RFC 791. Options are skipped where they are read, and never sent. */
export interface Ipv4Packet {
  readonly kind: 'ipv4'
  readonly source: string
  readonly destination: string
  readonly ttl: number
  readonly typeOfService: number
  readonly identification: number
  readonly dontFragment: boolean
  /** The fragment's place in the whole packet, its payload being `data`; undefined: the packet is whole. */
  readonly fragment: FragmentPlace | undefined
  readonly payload: IpPayload
}

/** RFC 8200. Of the extension headers only the fragment header is kept. */
export interface Ipv6Packet {
  readonly kind: 'ipv6'
  readonly source: string
  readonly destination: string
  readonly hopLimit: number
  readonly trafficClass: number
  readonly flowLabel: number
  /** The fragment header's identification; unused in whole packets. */
  readonly identification: number
  readonly fragment: FragmentPlace | undefined
  readonly payload: IpPayload
}

export interface FragmentPlace {
  /** In bytes; a multiple of eight. */
  readonly offset: number
  readonly hasMore: boolean
}

export type IpPayload = TcpSegment | UdpDatagram | IcmpMessage | Icmpv6Message | DataPayload

/** A fragment's part of the whole payload, or the payload of an unknown protocol. */
export interface DataPayload {
  readonly kind: 'data'
  readonly protocol: number
  readonly bytes: Uint8Array
}

/** RFC 768. */
export interface UdpDatagram {
  readonly kind: 'udp'
  readonly sourcePort: number
  readonly destinationPort: number
  readonly data: Uint8Array
}

/** RFC 9293 section 3.1. */
export interface TcpSegment {
  readonly kind: 'tcp'
  readonly sourcePort: number
  readonly destinationPort: number
  /** Unsigned, as `acknowledgment`. */
  readonly sequence: number
  readonly acknowledgment: number
  /** Bits of `tcpFlags`. */
  readonly flags: number
  /** The header's value, not scaled. */
  readonly window: number
  readonly urgentPointer: number
  readonly options: TcpOptions | undefined
  readonly data: Uint8Array
}

export const tcpFlags = { FIN: 1, SYN: 2, RST: 4, PSH: 8, ACK: 16, URG: 32, ECE: 64, CWR: 128 } as const

export interface TcpOptions {
  readonly maximumSegmentSize?: number | undefined
  /** RFC 7323 section 2. */
  readonly windowScale?: number | undefined
  /** RFC 2018 section 2. */
  readonly isSackPermitted?: boolean | undefined
  /** RFC 7323 section 3. */
  readonly timestamps?: { readonly value: number; readonly echo: number } | undefined
  /** RFC 2018 section 3: left and right edges. */
  readonly sackBlocks?: readonly (readonly [left: number, right: number])[] | undefined
}

/** RFC 792. */
export interface IcmpMessage {
  readonly kind: 'icmp'
  readonly type: number
  readonly code: number
  /** The second word of the header, unsigned: identifier and sequence number of an echo, the MTU of a next hop. */
  readonly rest: number
  readonly data: Uint8Array
}

/** RFC 4443; neighbour discovery (RFC 4861) has its own codec for `data`. */
export interface Icmpv6Message {
  readonly kind: 'icmpv6'
  readonly type: number
  readonly code: number
  readonly rest: number
  readonly data: Uint8Array
}

export const etherTypes = { IPV4: 0x0800, ARP: 0x0806, IPV6: 0x86dd } as const

/** Without options and extension headers. */
export const IPV4_HEADER_LENGTH = 20
export const IPV6_HEADER_LENGTH = 40

export const ipProtocols = { ICMP: 1, TCP: 6, UDP: 17, ICMPV6: 58 } as const
