// The compiler's verdict on https: an export that does not fit Node's type is an error here.

import type * as Theirs from 'node:https'
import * as ours from '../../../src/https/index.ts'

export const fits: typeof Theirs = ours
