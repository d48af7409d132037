// Protocol versions as encoded on the wire.

export type ProtocolVersion = 0x0303 | 0x0304
