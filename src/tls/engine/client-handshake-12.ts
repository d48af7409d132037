// TLS 1.2 as a client: refused for now, whatever the configuration allows.
import { PROTOCOL_VERSION } from '../wire/alerts.ts'
import { refusal } from './errors.ts'
export function begin12(..._: unknown[]): never {
  throw refusal(PROTOCOL_VERSION, 'unsupported protocol')
}
