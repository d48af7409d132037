// For the modules that stand on dns.

export { ADDRCONFIG, lookup } from './lookup/lookup.ts'
