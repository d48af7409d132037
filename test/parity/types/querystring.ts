// The compiler's verdict on querystring: an export that does not fit Node's type is an error here.

import type * as Theirs from 'node:querystring'
import * as ours from '../../../src/querystring/index.ts'

export const fits: typeof Theirs = ours
