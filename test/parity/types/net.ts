// The compiler's verdict on net: an export that does not fit Node's type is an error here.

import type * as Theirs from 'node:net'
import * as ours from '../../../src/net/index.ts'

export const fits: typeof Theirs = ours
