// The process-wide order of look-up results. Source: Node's documentation, `dns.setDefaultResultOrder()`.

import { validateOneOf } from '../core/validate.ts'

export type ResultOrder = 'verbatim' | 'ipv4first' | 'ipv6first'
export const resultOrders: readonly ResultOrder[] = ['verbatim', 'ipv4first', 'ipv6first']

let defaultOrder: ResultOrder = 'verbatim'

export function getDefaultResultOrder(): ResultOrder {
  return defaultOrder
}

/** @throws ERR_INVALID_ARG_VALUE */
export function setDefaultResultOrder(order: ResultOrder): void {
  validateOneOf(order, 'dnsOrder', resultOrders)
  defaultOrder = order
}
