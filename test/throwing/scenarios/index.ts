// All scenarios, by family.

import type { Scenario } from '../scene.ts'
import { dgramScenarios } from './dgram.ts'
import { dnsScenarios } from './dns.ts'
import { httpServerScenarios } from './http-server.ts'
import { netScenarios } from './net.ts'

export const families: Readonly<Record<string, Readonly<Record<string, Scenario>>>> = {
  net: netScenarios,
  dns: dnsScenarios,
  dgram: dgramScenarios,
  'http server': httpServerScenarios('http'),
}

export function scenarioNamed(name: string): Scenario {
  for (const scenarios of Object.values(families)) {
    const scenario = scenarios[name]
    if (scenario !== undefined) return scenario
  }
  throw new Error(`no scenario: ${name}`)
}
