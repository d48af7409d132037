// RFC 7540's priorities of dependency and weight, which RFC 9113 deprecates: accepted, without effect. Node warns of them
// since 22.17 and 24.2, once per process, for either of its two APIs; from 24 on it does not report received ones.

import { deprecate } from 'node:util'

export function deprecatePriority<Call extends (...args: never[]) => unknown>(call: Call, message: string): Call {
  return warns ? (deprecate(call as () => unknown, message, 'DEP0194') as unknown as Call) : call
}

const major = Number.parseInt(process.versions.node, 10)
const warns = major >= 22

/** Whether 'priority' is emitted. */
export const tellsPriority = major < 24
