// `session.find`: the select of one class by a filter, the same that a loader takes.
import { checkOptions, type EntityClass, entity, type LoaderOption, type Select, select } from '@oriel/sql'
import type { Filter } from '../loading/filter.ts'

function listOf<T>(given: T | readonly T[]): readonly T[] {
  return isList(given) ? given : [given]
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
  // The caller's signature ties the callback to the class.
  const given: Filter = Reflect.apply(filter, undefined, [entity(entityClass)])
  checkOptions(given, ['where', 'orderBy', 'limit', 'offset'], `The filter of find(${entityClass.name})`)
  const { where = [], orderBy = [], limit, offset } = given
  const filtered = statement.where(...listOf(where)).orderBy(...listOf(orderBy))
  const limited = limit === undefined ? filtered : filtered.limit(limit)
  return offset === undefined ? limited : limited.offset(offset)
}
