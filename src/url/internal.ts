// What the modules above this one need of it besides its exports.

export { isUrl } from './is-url.ts'
