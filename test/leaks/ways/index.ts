// All ways to fail.

import type { Ways } from '../way.ts'
import { dgramWays } from './dgram.ts'
import { dnsWays } from './dns.ts'
import { httpWays } from './http.ts'
import { http2Ways } from './http2.ts'
import { netWays } from './net.ts'
import { tlsWays } from './tls.ts'

export const ways: Ways = {
  ...netWays,
  ...dgramWays,
  ...dnsWays,
  ...tlsWays,
  ...httpWays('http'),
  ...httpWays('https'),
  ...http2Ways,
}
