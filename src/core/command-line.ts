// The runtime's flags that the process was started with: from its arguments or from NODE_OPTIONS, as Node reads them.

export function hasFlag(flag: string): boolean {
  return words().includes(flag)
}

/** The last `--flag value` or `--flag=value`. */
export function flagValue(flag: string): string | undefined {
  const all = words()
  const index = all.findLastIndex(word => word === flag || word.startsWith(`${flag}=`))
  const word = all[index]
  return word === flag ? all[index + 1] : word?.slice(flag.length + 1)
}

function words(): string[] {
  const fromEnvironment = (process.env['NODE_OPTIONS'] ?? '').split(/\s+/)
  return [...fromEnvironment, ...process.execArgv].map(word => {
    if (!word.startsWith('--')) return word
    // Node treats underscores in the names of its flags as hyphens.
    const [name = '', ...value] = word.split('=')
    return [name.replaceAll('_', '-'), ...value].join('=')
  })
}
