// How many fields of a message count where a program does not say so, and what becomes of more: as the runtime's http has it.

import { maxHeadersCount } from './engine/limits.ts'

const major = Number.parseInt(process.versions.node, 10)

/** From Node 24 on names and values count each. */
export const usualHeadersCount = major >= 24 ? maxHeadersCount / 2 : maxHeadersCount

/** A server of Node 24 answers 431 to more; before, and in responses, they are dropped. */
export const refusesFurtherFields = major >= 24
