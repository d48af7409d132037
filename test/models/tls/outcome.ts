// Where a handshake leads that nobody disturbs: the model.

import type { Plan, TlsSetting } from './acts.ts'

/** `any`: of a program's own making, or a question of which byte. */
export type Fate = 'waiting' | 'secured' | 'failed' | 'any'

export interface Outcome {
  readonly client: Fate
  readonly server: Fate
}

/** What became of the plan on its way. */
export interface Circumstances {
  /** The question that the program kept waiting has been answered. */
  readonly isAnswered: boolean
  /** The session that was offered is taken. */
  readonly isResumed: boolean
}

const both = (fate: Fate): Outcome => ({ client: fate, server: fate })

export function outcome(plan: Plan, setting: TlsSetting, circumstances: Circumstances): Outcome {
  const { version, cut, destroyIn, trusts, hasCertificate } = plan
  if (destroyIn === 'connect') return { client: 'any', server: cut ? 'any' : 'failed' }
  const flight = cut && `${cut.side} ${cut.flight}`
  const broken: Fate = cut?.how === 'silence' ? 'waiting' : 'failed'
  // In time of our own a cut may be so far behind that it is in none of the handshake's records.
  if (cut !== undefined && cut.bytes > 7) return both('any')
  if (flight === 'client 0') return both(broken)
  const refusal = refusesHello(plan, setting, circumstances)
  if (refusal === 'later') return both('waiting')
  // Whether there is a flight to cut: what a program's function fails with is told to the client by no alert.
  if (refusal === 'yes') return { client: flight === 'server 0' ? 'any' : 'failed', server: 'failed' }
  if (flight === 'server 0') return both(broken)
  const { isResumed } = circumstances
  const isNameless = setting.wantsCertificate && !hasCertificate && !isResumed
  if (version === 'TLSv1.3' || isResumed) {
    if (!trusts) return { client: 'failed', server: flight === 'client 1' ? 'any' : 'failed' }
    const client = destroyIn === 'secure' || destroyIn === 'secureConnect' ? 'any' : 'secured'
    if (client === 'any') return both('any')
    if (flight === 'client 1') return { client, server: broken }
    return { client, server: isNameless ? 'failed' : 'secured' }
  }
  if (flight === 'client 1') return both(broken)
  if (isNameless) return { client: flight === 'server 1' ? broken : 'failed', server: 'failed' }
  if (destroyIn !== 'nowhere') return { client: 'any', server: 'secured' }
  if (flight === 'server 1') return { client: broken, server: 'secured' }
  return { client: trusts ? 'secured' : 'failed', server: 'secured' }
}

/** What the program says to the hello. */
function refusesHello({ version, name, protocols }: Plan, setting: TlsSetting, { isAnswered }: Circumstances) {
  const refusesProtocols = setting.alpn !== 'none' && protocols !== 'none' && protocols !== 'fits'
  if (refusesProtocols && version === 'TLSv1.3') return 'yes'
  if (setting.asksForContext && name !== 'plain') {
    if (name.startsWith('later') && !isAnswered) return 'later'
    if (name !== 'later') return 'yes'
  }
  return refusesProtocols ? 'yes' : 'no'
}
