// The compiler's verdict on dns: an export that does not fit Node's type is an error here.

import * as ours from '../../../src/dns/index.ts'
import type { CorrectedDns } from '../corrections.ts'

export const fits: CorrectedDns = ours
