// What the runtime answers, without what it says beyond its documentation: Node 26 names the type in some of its answers to a
// question for one type.

export async function untyped(asked: Promise<unknown>): Promise<unknown> {
  const answer = await asked
  return Array.isArray(answer) ? answer.map(withoutType) : withoutType(answer)
}

function withoutType(answer: unknown): unknown {
  if (typeof answer !== 'object' || answer === null || Array.isArray(answer)) return answer
  const { type: _, ...rest } = answer as { type?: unknown }
  return rest
}
