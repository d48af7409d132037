// `plainwire/net`: the types of `node:net`.

/// <reference path="./node.d.ts" />

export * from 'node:net'
