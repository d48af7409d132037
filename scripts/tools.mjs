// Installs what some tests run and the project does not depend on: `npm run tools -- [set ...]` (default: all). They go to a
// folder outside of the repository, PLAINWIRE_TOOLS or ~/.cache/plainwire; tests that need a set are skipped by its name
// where it is not there.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { argv } from 'node:process'
import { fileURLToPath } from 'node:url'

/** By set, packages as package.json would name them, each at one version. */
const sets = {
  /** Test runners and loaders, for test/interop/runners.test.ts. */
  runners: {
    jest: '30.5.2',
    vitest: '3.2.7',
    mocha: '11.8.0',
    tsx: '4.23.15',
    'ts-node': '10.9.2',
    typescript: '5.9.3',
    'esbuild-register': '3.6.0',
    esbuild: '0.25.12',
  },
  /** Agents of proxies, for test/interop/proxy-agents.test.ts. */
  agents: {
    'agent-base-6': 'npm:agent-base@6.0.2',
    'agent-base-7': 'npm:agent-base@7.1.4',
    'agent-base-8': 'npm:agent-base@8.0.0',
    'agent-base-9': 'npm:agent-base@9.0.0',
    'https-proxy-agent-5': 'npm:https-proxy-agent@5.0.1',
    'https-proxy-agent-7': 'npm:https-proxy-agent@7.0.6',
    'https-proxy-agent-9': 'npm:https-proxy-agent@9.1.0',
    'pac-proxy-agent': '9.1.1',
    'proxy-agent': '8.0.3',
    'socks-proxy-agent': '10.1.0',
    axios: '1.21.1',
  },
  /** Other runtimes, for test/cli/other-runtimes.test.ts. */
  runtimes: { '@oven/bun-linux-x64': '1.4.5', '@deno/linux-x64-glibc': '2.9.6' },
}

/** @returns {string | undefined} the folder of a set, if it is installed */
export function toolsFolder(set) {
  if (!Object.hasOwn(sets, set)) throw new Error(`no such set of tools: ${set}`)
  const folder = join(process.env.PLAINWIRE_TOOLS ?? join(homedir(), '.cache', 'plainwire'), set)
  return existsSync(join(folder, 'node_modules', Object.keys(sets[set]).at(-1))) ? folder : undefined
}

function install(set) {
  const folder = join(process.env.PLAINWIRE_TOOLS ?? join(homedir(), '.cache', 'plainwire'), set)
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true, dependencies: sets[set] }, null, 2))
  const args = ['install', '--no-audit', '--no-fund', '--loglevel=error']
  const { status } = spawnSync('npm', args, { cwd: folder, stdio: 'inherit' })
  if (status !== 0) process.exit(status ?? 1)
  console.log(`${set}: ${folder}`)
}

if (argv[1] === fileURLToPath(import.meta.url)) {
  const wanted = argv.length > 2 ? argv.slice(2) : Object.keys(sets)
  for (const set of wanted) if (!Object.hasOwn(sets, set)) throw new Error(`no such set of tools: ${set}`)
  for (const set of wanted) install(set)
}
