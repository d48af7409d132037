// `plainwire/https`: the types of `node:https`.

/// <reference path="./node.d.ts" />

export * from 'node:https'
