// Options of a session engine with every default filled in.

import { defaultLimits, type SessionLimits } from '../../src/http2/engine/engine-limits.ts'
import type { SessionOptions } from '../../src/http2/engine/types.ts'

export function sessionOptions({
  limits,
  ...options
}: Partial<Omit<SessionOptions, 'limits'>> & { limits?: Partial<SessionLimits> } = {}): SessionOptions {
  return {
    settings: [],
    paddingStrategy: 'none',
    strictFieldWhitespace: true,
    growsWindows: false,
    customSettings: [],
    ...options,
    limits: { ...defaultLimits, ...limits },
  }
}
