// Where @types/node and Node disagree, and the modules go with Node. Each one is asked of the runtime in parity.test.ts: what Node
// has come to have must leave this file.

import type * as Dns from 'node:dns'
import type * as Http2 from 'node:http2'

/** `dns.promises.getDefaultResultOrder()` may give 'ipv6first', as `dns.getDefaultResultOrder()` is declared to. */
type Promises = Omit<typeof Dns.promises, 'getDefaultResultOrder'> & Pick<typeof Dns, 'getDefaultResultOrder'>

export type CorrectedDns = Omit<typeof Dns, 'promises'> & { promises: Promises }

/** Status 425 has the name of RFC 8470, not that of old. */
type Constants = Omit<typeof Http2.constants, 'HTTP_STATUS_UNORDERED_COLLECTION'>

export type CorrectedHttp2 = Omit<typeof Http2, 'constants'> & { constants: Constants }
