// The shared host contract, on a simulated machine.

import { hostContract } from '../../host/contract.ts'
import { machines, RunningTimeline, TestLink } from '../small-network.ts'

const timeline = new RunningTimeline()
const [machine] = machines(2, timeline, new TestLink(timeline))
let paths = 0

if (machine !== undefined) {
  hostContract({ name: 'sim', host: machine.host, freePath: () => `/run/${paths++}` })
}
