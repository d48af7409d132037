// For the modules that stand on dns.

export { ADDRCONFIG, ALL, lookup, V4MAPPED } from './lookup/lookup.ts'
