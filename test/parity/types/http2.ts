// The compiler's verdict on http2: an export that does not fit Node's type is an error here.

import type * as Theirs from 'node:http2'
import * as ours from '../../../src/http2/index.ts'
import type { Fitting } from '../exceptions.ts'

export const fits: Fitting<typeof Theirs, 'http2'> = ours
