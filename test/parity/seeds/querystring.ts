// Which test exercises which entry of the seed inventory of querystring.

import type { Seeds } from './seeds.ts'

export const seeds: Seeds = {
  'querystring/querystring.test.ts': {
    'parse() takes pairs apart, as the runtime does': ['querystring.parse'],
  },
}
