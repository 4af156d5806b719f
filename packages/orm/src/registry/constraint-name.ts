// Names of constraints and indexes: one name once per schema, made unique as PostgreSQL does it, by a number behind it.
import { shortName } from '@oriel/sql'
import { byteLength, maxNameBytes, type Place } from './name-check.ts'
import type { Problems } from './problems.ts'

/** Gives out names, and knows which are taken. */
export class ConstraintNames {
  readonly #taken: Map<string, string>
  readonly #problems: Problems

  constructor(problems: Problems, taken: ReadonlyMap<string, string> = new Map()) {
    this.#problems = problems
    this.#taken = new Map(taken)
  }

  /** The same names taken, for a configuration that may fail. */
  copy(problems: Problems): ConstraintNames {
    return new ConstraintNames(problems, this.#taken)
  }

  /** A name of the strategy's, with a number behind it where it is taken. */
  made(name: string, place: Place): string {
    for (let i = 0; ; i++) {
      const candidate = shortName(i === 0 ? name : `${name}${i}`)
      const key = `${place.schema ?? ''}.${candidate}`
      if (this.#taken.has(key)) continue
      this.#taken.set(key, place.entity)
      return candidate
    }
  }

  /** A name that the user gave: it must be free and short enough. */
  given(name: string, place: Place): string {
    const { entity, schema } = place
    const key = `${schema ?? ''}.${name}`
    const other = this.#taken.get(key)
    if (other !== undefined)
      this.#problems.add(
        { entity },
        other === entity
          ? `${entity} has two constraints or indexes called '${name}'`
          : `${entity} and ${other} both have a constraint or index '${name}'`,
        'Rename one of them',
      )
    if (byteLength(name) > maxNameBytes)
      this.#problems.add(
        { entity },
        `The name '${name}' on ${entity} is longer than ${maxNameBytes} bytes`,
        'Give it a shorter name',
      )
    this.#taken.set(key, entity)
    return name
  }
}
