// A stable sort of a flat list of pairs by name, in order of code units, which is how strings compare.

export function sortPairs(list: string[]): void {
  if (isSorted(list)) return
  const pairs: [name: string, value: string][] = []
  for (let i = 0; i < list.length; i += 2) pairs.push([list[i] as string, list[i + 1] as string])
  pairs.sort((a, b) => (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0))
  for (let i = 0; i < pairs.length; i++) {
    const [name, value] = pairs[i] as [string, string]
    list[2 * i] = name
    list[2 * i + 1] = value
  }
}

function isSorted(list: readonly string[]): boolean {
  for (let i = 2; i < list.length; i += 2) {
    if ((list[i - 2] as string) > (list[i] as string)) return false
  }
  return true
}
