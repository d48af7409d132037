// Two texts as one list of lines, where they agree and where not.

/** Lines of Node's outcome with `-` where ours lacks them, ours with `+` where Node has none. */
export function sideBySide(nodes: string, ours: string): string[] {
  const [left, right] = [nodes.split('\n'), ours.split('\n')]
  const common = Array.from({ length: left.length + 1 }, () => new Array<number>(right.length + 1).fill(0))
  for (let i = left.length - 1; i >= 0; i--) {
    for (let j = right.length - 1; j >= 0; j--) {
      const row = common[i] as number[]
      row[j] =
        left[i] === right[j] ? (common[i + 1]?.[j + 1] ?? 0) + 1 : Math.max(common[i + 1]?.[j] ?? 0, row[j + 1] ?? 0)
    }
  }
  const lines: string[] = []
  let [i, j] = [0, 0]
  while (i < left.length || j < right.length) {
    if (i < left.length && j < right.length && left[i] === right[j]) {
      lines.push(`  ${left[i++]}`)
      j++
    } else if (j >= right.length || (i < left.length && (common[i + 1]?.[j] ?? 0) >= (common[i]?.[j + 1] ?? 0))) {
      lines.push(`- ${left[i++]}`)
    } else lines.push(`+ ${right[j++]}`)
  }
  return lines
}
