// The hosts file, hosts(5): an address, a name, and further names on each line.

import { formatIp, parseIp } from '../../core/ip.ts'

/** @returns the names of an address, in the file's order and each once; none: not in the file */
export function namesInHostsFile(text: string, address: string): string[] {
  const wanted = canonical(address)
  const names = new Set<string>()
  for (const line of text.split('\n')) {
    const [first, ...rest] = line.replace(/#.*/, '').trim().split(/\s+/)
    if (first !== undefined && canonical(first) === wanted) for (const name of rest) names.add(name)
  }
  return [...names]
}

function canonical(text: string): string | undefined {
  const bytes = parseIp(text)
  return bytes && formatIp(bytes)
}
