import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'
import { osHost } from '../../../src/host/os/os-host.ts'
import { hostContract } from '../contract.ts'

const folder = mkdtempSync(join(tmpdir(), 'plainwire-'))
after(() => rmSync(folder, { recursive: true }))
let paths = 0

hostContract({ name: 'os', host: osHost, freePath: () => join(folder, String(paths++)) })
