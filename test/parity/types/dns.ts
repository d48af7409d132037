// The compiler's verdict on dns: an export that does not fit Node's type is an error here.

import type * as Theirs from 'node:dns'
import * as ours from '../../../src/dns/index.ts'
import type { Fitting } from '../exceptions.ts'

export const fits: Fitting<typeof Theirs, 'dns'> = ours
