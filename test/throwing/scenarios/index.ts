// All scenarios, by family: a family runs in one process.

import type { Scenario } from '../scene.ts'
import { dnsScenarios } from './dns.ts'
import { netScenarios } from './net.ts'

export const families: Readonly<Record<string, Readonly<Record<string, Scenario>>>> = {
  net: netScenarios,
  dns: dnsScenarios,
}

export function scenarioNamed(name: string): Scenario {
  for (const scenarios of Object.values(families)) {
    const scenario = scenarios[name]
    if (scenario !== undefined) return scenario
  }
  throw new Error(`no scenario: ${name}`)
}
