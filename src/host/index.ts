export { currentHost } from './current.ts'
export { osHost } from './os-host.ts'
export type * from './types.ts'
