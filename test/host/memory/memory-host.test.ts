import { MemoryHost } from '../../../src/host/memory/memory-host.ts'
import { hostContract } from '../contract.ts'

let paths = 0

hostContract({ name: 'memory', host: new MemoryHost(), freePath: () => `/run/${paths++}` })
