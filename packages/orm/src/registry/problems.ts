// The list of what is wrong with a mapping, gathered over all phases of configuring.
import { MappingError, type MappingProblem } from '../error.ts'

/** Gathers problems, so that all of them are reported at once. */
export class Problems {
  readonly #list: MappingProblem[] = []

  add(place: { readonly entity: string; readonly property?: string | null }, message: string, remedy: string): void {
    this.#list.push(Object.freeze({ entity: place.entity, property: place.property ?? null, message, remedy }))
  }

  get isEmpty(): boolean {
    return this.#list.length === 0
  }

  /** Throws everything that was found as one MappingError; does nothing where nothing was. */
  raise(): void {
    if (!this.isEmpty) throw new MappingError(this.#list)
  }
}
