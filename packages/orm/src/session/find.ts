// `session.find`: the select of one class by a filter, the same that a loader takes.
import {
  ArgumentError,
  checkOptions,
  type EntityClass,
  entity,
  type LoaderOption,
  type Select,
  select,
} from '@oriel/sql'
import type { Filter } from '../loading/filter.ts'
import { expressionNode } from '../registry/expression-of.ts'

function listOf<T>(given: T | readonly T[]): readonly T[] {
  return isList(given) ? given : [given]
}

function kindOf(given: unknown): string {
  if (Array.isArray(given)) return 'an array'
  if (typeof given === 'object' && given !== null) return 'an object'
  return given === null ? 'null' : `a value of type ${typeof given}`
}

function isList<T>(given: T | readonly T[]): given is readonly T[] {
  return Array.isArray(given)
}

/** What `session.find` sends. Throws ArgumentError for what a filter does not have. */
export function findStatement(
  entityClass: EntityClass<object>,
  filter: ((target: never) => Filter) | undefined,
  options: readonly LoaderOption<object>[],
): Select<readonly [EntityClass<object>]> {
  const statement = select(entityClass).options(...options)
  if (filter === undefined) return statement
  const call = `find(${entityClass.name}, (target) => ({ where: target.name.eq('ann'), limit: 10 }), selectinload(…))`
  if (typeof filter !== 'function')
    throw new ArgumentError(
      `find(${entityClass.name}): the filter is a function of the entity's attributes, not ${kindOf(filter)}.`,
      {
        hint: `Write it so: ${call}. Where loaders stand alone, the filter before them is undefined.`,
      },
    )
  // The caller's signature ties the callback to the class.
  const given: Filter = Reflect.apply(filter, undefined, [entity(entityClass)])
  if (expressionNode(given))
    throw new ArgumentError(
      `find(${entityClass.name}): the filter gives an expression, not an object such as { where, orderBy, limit }.`,
      {
        hint: `Write it so: ${call}.`,
      },
    )
  checkOptions(given, ['where', 'orderBy', 'limit', 'offset'], `The filter of find(${entityClass.name})`)
  const { where = [], orderBy = [], limit, offset } = given
  const filtered = statement.where(...listOf(where)).orderBy(...listOf(orderBy))
  const limited = limit === undefined ? filtered : filtered.limit(limit)
  return offset === undefined ? limited : limited.offset(offset)
}
