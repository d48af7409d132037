// The compiler's verdict on url: an export that does not fit Node's type is an error here.

import type * as Theirs from 'node:url'
import * as ours from '../../../src/url/index.ts'

export const fits: typeof Theirs = ours
