// `plainwire/querystring`: the types of `node:querystring`.

/// <reference path="./node.d.ts" />

export * from 'node:querystring'
