// `plainwire/tls-engine`: as it is compiled.

/// <reference path="./node.d.ts" />

export * from '../dist/src/tls/api/engine-choice.js'
