// The default of `maxHeadersCount`, and how fields beyond it are treated: as in the runtime's http.

import { maxHeadersCount } from './engine/limits.ts'

const major = Number.parseInt(process.versions.node, 10)

/** From Node 24 on, a name and its value count as two. */
export const usualHeadersCount = major >= 24 ? maxHeadersCount / 2 : maxHeadersCount

/** From Node 24 on, a server responds 431 to more fields; before, and in responses, they are dropped. */
export const refusesFurtherFields = major >= 24
