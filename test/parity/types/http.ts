// The compiler's verdict on http: an export that does not fit Node's type is an error here.

import type * as Theirs from 'node:http'
import * as ours from '../../../src/http/index.ts'

export const fits: typeof Theirs = ours
