// What takes an engine says so where it is given something else: a driver is the likely one, since types may have been cast away.
import { ArgumentError } from '@oriel/sql'

/** Throws ArgumentError for anything without transactions of its own. `where` is what was called: `createAll`. */
export function refuseNoEngine(given: unknown, where: string): void {
  const has = (name: string): boolean =>
    typeof given === 'object' && given !== null && typeof Reflect.get(given, name) === 'function'
  if (has('begin')) return
  if (has('connect'))
    throw new ArgumentError(`${where} takes an engine, not a driver.`, {
      hint: `Make an engine of the driver: ${where}(createEngine(driver)).`,
    })
  throw new ArgumentError(`${where} takes an engine, got ${given === null ? 'null' : typeof given}.`, {
    hint: 'An engine is what createEngine(…) gives.',
  })
}
