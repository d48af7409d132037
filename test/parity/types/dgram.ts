// The compiler's verdict on dgram: an export that does not fit Node's type is an error here.

import type * as Theirs from 'node:dgram'
import * as ours from '../../../src/dgram/index.ts'

export const fits: typeof Theirs = ours
