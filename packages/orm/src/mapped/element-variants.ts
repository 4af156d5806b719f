// One class read with other columns than usual: an element, and a shell that makes its objects, per set of columns.
import type { ClauseElement, Column } from '@oriel/sql'
import { type Shell, type ShellPlan, shellFor } from './instantiate.ts'

export interface VariantPlan {
  readonly entityClass: ShellPlan['entityClass']
  readonly construct: ShellPlan['construct']
  readonly element: ClauseElement
  /** The shell of the element itself. */
  readonly shell: Shell
}

export class ElementVariants {
  readonly #plan: VariantPlan
  readonly #elements = new Map<string, ClauseElement>()
  readonly #shells: Shell[]

  constructor(plan: VariantPlan) {
    this.#plan = plan
    this.#shells = [plan.shell]
  }

  /** The element that loads these columns, in this order. The same object each time. */
  of(columns: readonly Column[]): ClauseElement {
    const { element, entityClass, construct } = this.#plan
    const usual = element.loadedColumns
    if (columns.length === usual.length && columns.every((column, i) => column === usual[i])) return element
    const fields = columns.map(({ property }) => property)
    const key = fields.join('\u0000')
    const known = this.#elements.get(key)
    if (known) return known
    const shell = shellFor({ entityClass, fields, construct })
    const variant: ClauseElement = Object.freeze({
      ...element,
      loadedColumns: Object.freeze([...columns]),
      instantiate: shell.instantiate,
    })
    this.#shells.push(shell)
    this.#elements.set(key, variant)
    return variant
  }

  /** Was this object made from a row, with whatever columns? */
  isLoaded(object: object): boolean {
    return this.#shells.some((shell) => shell.isLoaded(object))
  }
}
