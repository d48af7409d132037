// `plainwire/http2`: the types of `node:http2`.

/// <reference path="./node.d.ts" />

export * from 'node:http2'
