// The compiler's verdict on url: an export that does not fit Node's type is an error here.

import type * as Theirs from 'node:url'
import * as ours from '../../../src/url/index.ts'
import type { Fitting } from '../exceptions.ts'

export const fits: Fitting<typeof Theirs, 'url'> = ours
