// Extensible priorities: the value of a `priority` field or a PRIORITY_UPDATE frame. RFC 9218 section 4.
//
// Only the members `u` and `i` of the structured dictionary are read; values that are out of range or of another type are
// ignored, as section 4 requires, and so are members that cannot be parsed.

export interface Priority {
  /** 0 to 7. */
  readonly urgency: number
  readonly incremental: boolean
}

export const defaultUrgency = 3

export function parsePriority(value: string): Priority {
  let urgency = defaultUrgency
  let incremental = false
  for (const member of value.split(',', maxMembers)) {
    const [item = ''] = member.trim().split(';', 1)
    if (item === 'i' || item === 'i=?1') incremental = true
    else if (item === 'i=?0') incremental = false
    else if (item.length === 3 && item.startsWith('u=')) {
      const digit = item.charCodeAt(2) - 0x30
      if (digit >= 0 && digit <= 7) urgency = digit
    }
  }
  return { urgency, incremental }
}

/** Bounds the work on a value that the peer chooses. */
const maxMembers = 32
