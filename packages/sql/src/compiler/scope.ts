// What a query can see: its own sources, and those of the queries around it. Decides how a column is written.
import type { NodeOfWindow } from '../ast/expression-node.ts'
import type { NodeOf, SourceNode } from '../ast/node.ts'
import { CompileError } from '../error/oriel-error.ts'
import { shortName } from '../schema/name.ts'
import { SqlType } from '../type/sql-type.ts'

/** The name by which columns of a source are qualified. */
export function correlationName(source: SourceNode): string {
  switch (source.kind) {
    case 'table':
      return source.table.name
    case 'excluded':
      return 'excluded'
    default:
      return source.name
  }
}

/** What messages call a source. */
export function describeSource(source: SourceNode): string {
  return source.kind === 'table' && source.element
    ? `${source.element.name} (${source.table.qualifiedName})`
    : correlationName(source)
}

/** Do two nodes stand for the same source? Statements are built apart, so this goes by meaning, not by identity. */
export function isSameSource(a: SourceNode, b: SourceNode): boolean {
  if (a === b) return true
  if (a.kind === 'table' && b.kind === 'table') return a.table === b.table
  if (a.kind === 'excluded' && b.kind === 'excluded') return a.table === b.table
  if (a.kind === 'aliased' && b.kind === 'aliased') return a.name === b.name && isSameSource(a.source, b.source)
  if (a.kind === 'selfReference' && b.kind === 'selfReference') return a.name === b.name
  // A CTE is also used under the forms that its builder went through: without its recursion, with MATERIALIZED.
  if (a.kind === 'cte' && b.kind === 'cte')
    return a.name === b.name && (a.query === b.query || isSameTree(a.query, b.query))
  if (a.kind === 'functionSource' && b.kind === 'functionSource') return a.name === b.name && isSameTree(a.call, b.call)
  if (a.kind === 'derived' && b.kind === 'derived') return a.name === b.name && isSameTree(a.query, b.query)
  return false
}

/** Are two nodes alike, part by part? */
export function isSameTree(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (a instanceof SqlType && b instanceof SqlType) return isSameTree(a.spec, b.spec)
  if (a instanceof Date && b instanceof Date) return a.getTime() === b.getTime()
  if (Object.getPrototypeOf(a) !== Object.getPrototypeOf(b)) return false
  const prototype: unknown = Object.getPrototypeOf(a)
  // Only plain data is compared part by part; tables and the user's own values go by identity.
  if (prototype !== Object.prototype && prototype !== Array.prototype) return false
  const keys = Object.keys(a)
  return (
    keys.length === Object.keys(b).length && keys.every((key) => isSameTree(Reflect.get(a, key), Reflect.get(b, key)))
  )
}

/** The sources of one query, inside those of the queries around it. */
export class Scope {
  readonly parent: Scope | null
  readonly #sources = new Map<string, SourceNode>()
  /** The names given to sources that have none of their own. */
  readonly #names = new Map<SourceNode, string>()
  /** Set when the query reads a source of a query around it. */
  isCorrelated = false
  /** In a statement written as text, sources may be named by the text: nothing can be checked. */
  isOpen = false
  /** The select whose sources these are. */
  query: NodeOf<'select'> | null = null
  /** The windows that the query names in its WINDOW clause. */
  readonly windows = new Map<string, NodeOfWindow>()
  /** Output names that ORDER BY and DISTINCT ON would take for the column of the same name; null: there may be any other. */
  readonly shadowed = new Set<string | null>()
  /** The output names that the server gives; null: it may have given any. */
  readonly unlabelled = new Set<string | null>()

  constructor(parent: Scope | null) {
    this.parent = parent
  }

  add(source: SourceNode): void {
    if (source.kind === 'anonymous') {
      const name = this.#freeName(source)
      this.#names.set(source, name)
      this.#sources.set(name, source)
      return
    }
    const name = correlationName(source)
    const known = this.#sources.get(name)
    if (known)
      throw new CompileError(`Two sources of this query are called '${name}'.`, {
        hint: 'Give one of them another name: by .as(…) on the relationship that is joined, by aliased(…), or as the name of its subquery or CTE.',
      })
    this.#sources.set(name, source)
  }

  /** The name by which columns of a source are qualified here. */
  nameOf(source: SourceNode): string {
    for (let scope: Scope | null = this; scope; scope = scope.parent) {
      const name = scope.#names.get(source)
      if (name !== undefined) return name
    }
    return correlationName(source)
  }

  /** A name that hides no source of this query or of those around it. */
  #freeName({ name: own, alternative }: NodeOf<'anonymous'>): string {
    const isTaken = (name: string): boolean => {
      for (let scope: Scope | null = this; scope; scope = scope.parent) if (scope.#sources.has(name)) return true
      return false
    }
    if (!isTaken(own)) return own
    let name = alternative
    for (let n = 2; isTaken(name); n++) name = shortName(`${alternative}_${n}`)
    return name
  }

  has(source: SourceNode): boolean {
    if (source.kind === 'anonymous') return this.#names.has(source)
    const known = this.#sources.get(correlationName(source))
    return known !== undefined && isSameSource(known, source)
  }

  /** True when a bare column name could mean more than one thing. */
  get isQualified(): boolean {
    return this.#sources.size !== 1 || this.isOpen || this.#seesOutside()
  }

  #seesOutside(): boolean {
    for (let scope = this.parent; scope; scope = scope.parent) if (scope.#sources.size > 0 || scope.isOpen) return true
    return false
  }

  /** Finds a source here or further out, and marks every query on the way as correlated. False when it is nowhere. */
  reach(source: SourceNode): boolean {
    const crossed: Scope[] = []
    for (let scope: Scope | null = this; scope; scope = scope.parent) {
      if (scope.isOpen || scope.has(source)) {
        const name = scope.nameOf(source)
        for (const inner of crossed) {
          inner.#refuseHiding(source, name)
          inner.isCorrelated = true
        }
        return true
      }
      crossed.push(scope)
    }
    return false
  }

  /** A column of an outer source, written with a name that an inner one has, would be read from the inner one. */
  #refuseHiding(outer: SourceNode, name: string): void {
    const hiding = this.#sources.get(name)
    if (!hiding) return
    const inner = describeSource(hiding.kind === 'anonymous' ? hiding.source : hiding)
    throw new CompileError(
      `A subquery reads ${describeSource(outer)} of the query around it, whose name '${name}' is hidden by its own ${inner}.`,
      { hint: 'Give one of the two another name with aliased(…).' },
    )
  }

  sources(): IterableIterator<SourceNode> {
    return this.#sources.values()
  }
}
