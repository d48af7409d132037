// The compiler's verdict on tls: an export that does not fit Node's type is an error here.

import type * as Theirs from 'node:tls'
import * as ours from '../../../src/tls/index.ts'

export const fits: typeof Theirs = ours
