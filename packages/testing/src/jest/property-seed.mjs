// Pins the seed of every property test when ORIEL_SEED is set, as CI does; without it each run looks at new cases.
const seed = process.env.ORIEL_SEED
if (seed !== undefined) {
  const { default: fc } = await import('fast-check')
  fc.configureGlobal({ seed: Number(seed) })
}
