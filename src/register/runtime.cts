// Which runtimes the redirection works on. CommonJS: this is the first file that a runtime of any kind and age loads.

/**
 * The reason why the redirection does not work on a runtime; undefined where it does. Decided by version, since
 * `process.features.require_module` is false in jest's sandboxes.
 * @param versions - `process.versions`
 */
function whyUnsupported(versions: Readonly<Record<string, string | undefined>>): string | undefined {
  const needs = 'the redirection needs Node.js 20.19, 22.12 or newer'
  if (versions['bun'] !== undefined) return `${needs}; this is Bun ${versions['bun']}`
  if (versions['deno'] !== undefined) return `${needs}; this is Deno ${versions['deno']}`
  const [major = 0, minor = 0] = (versions['node'] ?? '').split('.').map(Number)
  // The versions of Node that can `require` ES modules.
  const isEnough = major > 22 || (major === 22 && minor >= 12) || (major === 20 && minor >= 19)
  return isEnough ? undefined : `${needs}; this is ${versions['node']}`
}

module.exports = { whyUnsupported }
