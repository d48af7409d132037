// `plainwire/tls`: the types of `node:tls`.

/// <reference path="./node.d.ts" />

export * from 'node:tls'
