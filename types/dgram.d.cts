// `plainwire/dgram`: the types of `node:dgram`.

/// <reference path="./node.d.ts" />

export * from 'node:dgram'
