// TLS 1.2 as a server: refused for now, whatever the configuration allows.
import { PROTOCOL_VERSION } from '../wire/alerts.ts'
import { refusal } from './errors.ts'
export function answer12(..._: unknown[]): never {
  throw refusal(PROTOCOL_VERSION, 'unsupported protocol')
}
