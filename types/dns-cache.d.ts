// `plainwire/dns-cache`: as it is compiled.

/// <reference path="./node.d.ts" />

export * from '../dist/src/dns/dns-cache.js'
