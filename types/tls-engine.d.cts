// `plainwire/tls-engine` for CommonJS: as it is compiled.

/// <reference path="./node.d.ts" />

// @ts-ignore The compiler has it that an ES module cannot be required (`module: node16`); the door for `require` does it.
export * from '../dist/src/tls/api/engine-choice.js'
