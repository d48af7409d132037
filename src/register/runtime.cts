// Which runtimes the redirection works on. CommonJS: it is the first thing that a runtime loads of us, of any kind and age.

/** Why it cannot work on this one; undefined where it can. */
function whyUnsupported(): string | undefined {
  const { versions, features } = process as unknown as {
    versions: Record<string, string | undefined>
    features: Record<string, unknown>
  }
  const needs = 'the redirection needs Node.js 20.19 or newer'
  if (versions['bun'] !== undefined) return `${needs}; this is Bun ${versions['bun']}`
  if (versions['deno'] !== undefined) return `${needs}; this is Deno ${versions['deno']}`
  if (typeof process.getBuiltinModule !== 'function') return `${needs}; this is ${versions['node']}`
  if (!features['require_module']) return `${needs}, with require() of ES modules`
  return undefined
}

module.exports = { whyUnsupported }
