// What `npm run tools` installs outside of the repository, for tests that run it.

const { toolsFolder } = (await import(new URL('../../../scripts/tools.mjs', import.meta.url).href)) as {
  toolsFolder: (set: string) => string | undefined
}

/** A set of scripts/tools.mjs: its folder, and why tests that need it are skipped, if they are. */
export function tools(set: string): { folder: string; missing: string | false } {
  const folder = toolsFolder(set)
  return { folder: folder ?? '', missing: folder === undefined && `needs npm run tools -- ${set}` }
}
