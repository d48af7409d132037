// The process-wide order of look-up results. Source: Node's documentation, `dns.setDefaultResultOrder()`.

import { flagValue } from '../../core/command-line.ts'
import { validateOneOf } from '../../core/validate.ts'

export type ResultOrder = 'verbatim' | 'ipv4first' | 'ipv6first'
export const resultOrders: readonly ResultOrder[] = ['verbatim', 'ipv4first', 'ipv6first']

let defaultOrder: ResultOrder | undefined

export function getDefaultResultOrder(): ResultOrder {
  defaultOrder ??= orderOfCommandLine()
  return defaultOrder
}

/** @throws ERR_INVALID_ARG_VALUE */
export function setDefaultResultOrder(order: ResultOrder): void {
  validateOneOf(order, 'dnsOrder', resultOrders)
  defaultOrder = order
}

/** `--dns-result-order`; the runtime has refused what it is not. */
function orderOfCommandLine(): ResultOrder {
  const given = flagValue('--dns-result-order')
  return resultOrders.find(order => order === given) ?? 'verbatim'
}
