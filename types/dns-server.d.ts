// `plainwire/dns-server`: as it is compiled.

/// <reference path="./node.d.ts" />

export * from '../dist/src/dns-server/index.js'
