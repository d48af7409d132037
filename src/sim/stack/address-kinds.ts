// Addresses that are not one machine's on the network.

export function isLoopback(address: string): boolean {
  return address === '::1' || address.startsWith('127.')
}

/** Multicast: 224.0.0.0/4, ff00::/8. */
export function isGroup(address: string): boolean {
  if (address.includes(':')) return address.startsWith('ff')
  const first = Number.parseInt(address, 10)
  return first >= 224 && first < 240
}
