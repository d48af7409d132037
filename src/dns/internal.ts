// For the modules that stand on dns.

export { ADDRCONFIG } from '../core/address-family.ts'

export { lookup } from './lookup/lookup.ts'
