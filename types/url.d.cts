// `plainwire/url`: the types of `node:url`.

/// <reference path="./node.d.ts" />

export * from 'node:url'
