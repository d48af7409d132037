// `plainwire/host`: as it is compiled.

/// <reference path="./node.d.ts" />

export * from '../dist/src/host/index.js'
