// `plainwire/dns-cache`: a cache for lookup(), and with it for every connection by name. Node has no such module.

export { type LookupCacheOptions, setLookupCache } from './lookup/lookup-cache.ts'
