// `plainwire/sim`: as it is compiled.

/// <reference path="./node.d.ts" />

export * from '../dist/src/sim/index.js'
