// From what a user gives to select() and returning() to a select list.

import { frozen } from '../ast/freeze.ts'
import type { Selected, Selection } from '../ast/statement-node.ts'
import { ArgumentError } from '../error/oriel-error.ts'
import { Element, shown } from '../expression/operand.ts'
import { hasClauseElement } from '../source/clause-element.ts'
import { Cte } from '../source/derived.ts'
import { columnNameIn, elementOf, sourceOf } from '../source/entity.ts'
import { RelationshipAttribute } from '../source/relationship.ts'

const notExpressions = ['ordering', 'windowCall']

function selected(value: unknown, label: string | null): Selected {
  const name = label === null ? 'select()' : `select(): '${label}'`
  if (value instanceof Element) {
    if (notExpressions.includes(value.node.kind))
      throw new ArgumentError(
        value.node.kind === 'windowCall'
          ? `${name}: ${value.node.kind === 'windowCall' ? value.node.name : ''}() is a window function and needs .over(…).`
          : `${name} takes columns, not orderings: leave out .asc() and .desc().`,
      )
    return { kind: 'value', expression: value.node, label }
  }
  if (value instanceof RelationshipAttribute)
    throw new ArgumentError(`${name}: ${value.label} is a relationship, not a column.`, {
      hint: 'Join it and select the entity, or load it with a loader option.',
    })
  if (hasClauseElement(value)) {
    const element = elementOf(value, name)
    const source = sourceOf(value, name)
    const isTable =
      source.kind === 'table' ||
      ((source.kind === 'aliased' || source.kind === 'anonymous') && source.source.kind === 'table')
    const names = isTable ? null : element.loadedColumns.map((column) => columnNameIn(source, column.property, element))
    return { kind: 'entity', source, element, label, names }
  }
  refuseObject(value, name)
  throw new ArgumentError(`${name} cannot select ${shown(value)}.`, {
    hint:
      typeof value === 'function' && value.name
        ? `Is ${value.name} decorated with @Entity()?`
        : 'It selects columns and expressions, entity classes, or one object of them. For a plain value use literal(…).',
  })
}

/** Refuses an object of an entity where its class is meant. */
function refuseObject(value: unknown, name: string): void {
  if (typeof value !== 'object' || value === null) return
  const entityClass: unknown = Object.getPrototypeOf(value)?.constructor
  if (!hasClauseElement(entityClass)) return
  const entity = elementOf(entityClass, name).name
  throw new ArgumentError(`${name} got an object of ${entity}.`, {
    hint: `Select the class itself: select(${entity}).`,
  })
}

function isFields(value: unknown): value is Record<string, unknown> {
  return (
    typeof value === 'object' &&
    value !== null &&
    !(value instanceof Element) &&
    !(value instanceof RelationshipAttribute) &&
    !hasClauseElement(value)
  )
}

/** The select list of `select(…)`: one object gives objects, a CTE all its columns, anything else tuples. */
export function selectionFrom(items: readonly unknown[]): Selection {
  const [only] = items
  if (items.length === 0)
    throw new ArgumentError('select() selects nothing: name columns, an entity class, or an object of them.')
  if (items.length === 1 && only instanceof Cte) {
    const { c } = only
    return freeze(
      'object',
      Object.keys(c).map((key) => selected(Reflect.get(c, key), key)),
    )
  }
  if (items.length === 1 && isFields(only)) {
    refuseObject(only, 'select()')
    const names = Object.keys(only)
    if (names.length === 0) throw new ArgumentError('select({}) selects nothing: name at least one column.')
    return freeze(
      'object',
      names.map((name) => selected(only[name], name)),
    )
  }
  return freeze(
    'tuple',
    items.map((item) => selected(item, null)),
  )
}

function freeze(form: Selection['form'], items: Selected[]): Selection {
  return frozen({ form, items })
}
