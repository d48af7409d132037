// All scenarios, by family.

import type { Scenario } from '../scene.ts'
import { dgramScenarios } from './dgram.ts'
import { dnsScenarios } from './dns.ts'
import { httpClientScenarios } from './http-client.ts'
import { httpServerScenarios } from './http-server.ts'
import { http2CompatScenarios, http2OverTlsScenarios, http2SessionScenarios, http2StreamScenarios } from './http2.ts'
import { netScenarios } from './net.ts'
import { tlsScenarios } from './tls.ts'

export const families: Readonly<Record<string, Readonly<Record<string, Scenario>>>> = {
  net: netScenarios,
  dns: dnsScenarios,
  dgram: dgramScenarios,
  tls: tlsScenarios,
  'http server': httpServerScenarios('http'),
  'https server': httpServerScenarios('https'),
  'http client': httpClientScenarios('http'),
  'https client': httpClientScenarios('https'),
  'http2 sessions': http2SessionScenarios,
  'http2 streams': http2StreamScenarios,
  'http2 compatibility': http2CompatScenarios,
  'http2 over TLS': http2OverTlsScenarios,
}

export function scenarioNamed(name: string): Scenario {
  for (const scenarios of Object.values(families)) {
    const scenario = scenarios[name]
    if (scenario !== undefined) return scenario
  }
  throw new Error(`no scenario: ${name}`)
}
