// The network modules to run something on: ours, or the runtime's.

export interface Modules {
  readonly net: typeof import('node:net')
  readonly dgram: typeof import('node:dgram')
  readonly dns: typeof import('node:dns')
  readonly tls: typeof import('node:tls')
  readonly http: typeof import('node:http')
  readonly https: typeof import('node:https')
  readonly http2: typeof import('node:http2')
}

export type Implementation = 'ours' | "Node's"

export async function loadModules(implementation: Implementation): Promise<Modules> {
  if (implementation === "Node's") {
    return {
      net: await import('node:net'),
      dgram: await import('node:dgram'),
      dns: await import('node:dns'),
      tls: await import('node:tls'),
      http: await import('node:http'),
      https: await import('node:https'),
      http2: await import('node:http2'),
    }
  }
  const modules = {
    net: await import('../../src/net/index.ts'),
    dgram: await import('../../src/dgram/index.ts'),
    dns: await import('../../src/dns/index.ts'),
    tls: await import('../../src/tls/index.ts'),
    http: await import('../../src/http/index.ts'),
    https: await import('../../src/https/index.ts'),
    http2: await import('../../src/http2/index.ts'),
  }
  // Scenarios are written against Node's types, since they run on either.
  return modules as unknown as Modules
}
