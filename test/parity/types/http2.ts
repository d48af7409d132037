// The compiler's verdict on http2: an export that does not fit Node's type is an error here.

import * as ours from '../../../src/http2/index.ts'
import type { CorrectedHttp2 } from '../corrections.ts'

export const fits: CorrectedHttp2 = ours
