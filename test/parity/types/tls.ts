// The compiler's verdict on tls: an export that does not fit Node's type is an error here.

import type * as Theirs from 'node:tls'
import * as ours from '../../../src/tls/index.ts'
import type { Fitting } from '../exceptions.ts'

export const fits: Fitting<typeof Theirs, 'tls'> = ours
