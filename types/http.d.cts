// `plainwire/http`: the types of `node:http`.

/// <reference path="./node.d.ts" />

export * from 'node:http'
