// The select of one entity by its key: for `get` and `refresh`. The keys are texts, as a snapshot holds them.
import {
  type ClauseElement,
  type Column,
  type Compiled,
  compile,
  type Dialect,
  type Executable,
  type NodeOf,
  type StatementNode,
  tableSource,
  type WarningCode,
} from '@oriel/sql'
import type { InstanceState } from '../state/instance-state.ts'
import type { Place, RowFormat } from '../state/row-format.ts'
import { own } from '../unit-of-work/members.ts'
import { columnIn, equal, textOf } from '../unit-of-work/row-statement.ts'

/** The select of an entity by its key, and which part of the key each of its placeholders stands for. */
interface CompiledByKey {
  readonly compiled: Compiled
  readonly parts: readonly number[]
  /** One that is kept: see kept-shapes.ts of the engine. */
  readonly example: KeyQuery
}

const compiledByKey = new WeakMap<ClauseElement, WeakMap<Dialect, CompiledByKey>>()

function compileByKey(element: ClauseElement, keys: readonly Column[], dialect: Dialect): CompiledByKey {
  let known = compiledByKey.get(element)
  if (!known) {
    known = new WeakMap()
    compiledByKey.set(element, known)
  }
  let found = known.get(dialect)
  if (!found) {
    // Each placeholder is given the number of its part, to be told which it is.
    const numbered = keys.map((column, i) => ({ column, text: String(i) }))
    const compiled = compile(selectByKey(element, numbered), dialect)
    const example = new KeyQuery(element, keys, [])
    found = { compiled, parts: compiled.binds.map(({ value }) => Number(value)), example }
    known.set(dialect, found)
  }
  return found
}

/** `SELECT … FROM table WHERE key = $1`, for one key. Compiled once per entity and dialect: only the values change. */
export class KeyQuery implements Executable<[object]> {
  declare readonly '~row': [object]
  readonly allowed: readonly WarningCode[] = []
  readonly #element: ClauseElement
  readonly #keys: readonly Column[]
  readonly #texts: readonly string[]

  /** The texts are those of the key's columns, in their order, as a snapshot holds them. */
  constructor(element: ClauseElement, keys: readonly Column[], texts: readonly string[]) {
    this.#element = element
    this.#keys = keys
    this.#texts = texts
  }

  compile(dialect: Dialect): Compiled {
    // An entity's own criterion is asked anew each time: it may speak of the moment, or of who is asking.
    if (this.#element.criterion) {
      const keys = this.#keys.map((column, i) => ({ column, text: this.#texts[i] ?? '' }))
      return compile(selectByKey(this.#element, keys), dialect)
    }
    const { compiled, parts } = compileByKey(this.#element, this.#keys, dialect)
    const binds = compiled.binds.map(({ type, subject }, i) => ({ value: this.#texts[parts[i] ?? 0], type, subject }))
    return { ...compiled, binds }
  }
}

/** A statement of ours in place of the user's. */
export class StatementOf implements Executable<unknown> {
  declare readonly '~row': unknown
  readonly allowed: readonly WarningCode[]
  readonly node: StatementNode

  constructor(node: StatementNode, allowed: readonly WarningCode[]) {
    this.node = node
    this.allowed = allowed
  }

  compile(dialect: Dialect): Compiled {
    return compile(this.node, dialect, this.allowed)
  }
}

function selectByKey(
  element: ClauseElement,
  keys: readonly { readonly column: Column; readonly text: string }[],
): StatementNode {
  const source = tableSource(element)
  const node: NodeOf<'select'> = {
    kind: 'select',
    selection: { form: 'tuple', items: [{ kind: 'entity', source, element, label: null, names: null }] },
    from: [],
    joins: [],
    where: keys.map(({ column, text }) => equal(columnIn(source, column), textOf(text, column))),
    groupBy: [],
    having: [],
    qualify: [],
    windows: [],
    orderBy: [],
    distinct: 'none',
    limit: null,
    offset: null,
    lock: null,
    ignoresCriteria: false,
    allowed: [],
    options: [],
  }
  return Object.freeze(node)
}

/** Is all there that a read by key would bring? Deferred columns are not. */
export function isWhole(state: InstanceState, format: RowFormat): boolean {
  return state.mapper.element.loadedColumns.every((column) => {
    const place = format.byColumn.get(column)
    return !place || state.row[place.index] !== undefined
  })
}

/**
 * The columns that a refresh reads: those that are asked for, and what is not known of the keys of references that are; else all that are
 * loaded with the entity or were before. With the key.
 */
export function columnsToRead(
  state: InstanceState,
  { places }: RowFormat,
  properties: readonly string[] | undefined,
): Column[] {
  const { loadedColumns } = state.mapper.element
  const isUnknown = ({ name, index }: Place) => state.row[index] === undefined && own(state.object, name) === undefined
  const asked = places.filter((place) => {
    if (!properties) return loadedColumns.includes(place.column) || state.row[place.index] !== undefined
    return (
      properties.includes(place.name) ||
      (isUnknown(place) && place.references.some(({ name }) => properties.includes(name)))
    )
  })
  if (asked.length === 0) return []
  return places.filter((place) => place.property.isKey || asked.includes(place)).map(({ column }) => column)
}
