// What a refused row is in the model: the entity and property behind the table, constraint and column that the server names.
import type { ModelContext, ServerErrorFields } from '../error/database-error.ts'
import type { Column, ForeignKey } from '../schema/column.ts'
import { columnOfKey } from '../schema/table.ts'
import type { ClauseElement } from './clause-element.ts'

/** The entity, property and other side of a violated constraint, found among these entities; null where its table is none of theirs. */
export function modelOfError(fields: ServerErrorFields, entities: Iterable<ClauseElement>): ModelContext | null {
  const { table, constraint, schema } = fields
  if (!table || !/^23/.test(fields.sqlState)) return null
  const known = [...entities]
  const entity = known.find(
    (each) => each.table.name === table && (!each.table.schema || !schema || each.table.schema === schema),
  )
  if (!entity) return null
  const key = entity.table.foreignKeys.find(({ name }) => name === constraint)
  if (key) return modelOfReference(entity, key, { known, isReferenced: isReferenced(fields) })
  const column = fields.column ? entity.table.columns.find(({ name }) => name === fields.column) : undefined
  return { entity: entity.name, ...propertyOf(entity, keyNamed(constraint, entity) ?? (column ? [column] : [])) }
}

/** The entities that statements over these may violate constraints of: what their relationships lead to, too. */
export function withRelated(entities: Iterable<ClauseElement>): ReadonlySet<ClauseElement> {
  const found = new Set(entities)
  for (const entity of [...found]) for (const { target } of entity.relationships.values()) found.add(target())
  return found
}

/** The columns of a primary key, a unique constraint or a unique index of columns. */
function keyNamed(name: string | undefined, { table }: ClauseElement): readonly Column[] | undefined {
  const constraint = [table.primaryKey, ...table.uniques].find((each) => each?.name === name)
  const index = table.indexes.find((each) => each.name === name)
  const columns = index?.keys.map(columnOfKey)
  return constraint?.columns ?? (columns?.every((column) => column !== null) ? columns : undefined)
}

/** Is the refused row the one that others refer to? */
function isReferenced({ detail = '', message }: ServerErrorFields): boolean {
  return detail.includes('still referenced') || message.startsWith('update or delete on table')
}

function modelOfReference(
  entity: ClauseElement,
  key: ForeignKey,
  { known, isReferenced: isOther }: { known: readonly ClauseElement[]; isReferenced: boolean },
): ModelContext {
  const relationship = [...entity.relationships.values()].find(
    (each) =>
      !each.isMany &&
      !each.through &&
      each.target().table === key.target() &&
      each.pairs().every(([mine]) => key.columns.includes(mine)),
  )
  const property = relationship?.name ?? propertyOf(entity, key.columns).property
  const referring = property ? `${entity.name}.${property}` : entity.name
  const target = known.find(({ table }) => table === key.target()) ?? relationship?.target()
  if (!isOther)
    return { entity: entity.name, ...(property ? { property } : {}), ...(target ? { other: target.name } : {}) }
  return target
    ? { entity: target.name, ...propertyOf(target, key.targetColumns()), other: referring }
    : { other: referring }
}

function propertyOf(entity: ClauseElement, columns: readonly Column[]): { property?: string } {
  const names = columns.map(({ property }) => property).filter((name) => entity.columns.has(name))
  const [only = ''] = names
  if (names.length === 0 || names.length < columns.length) return {}
  return { property: names.length === 1 ? only : `(${names.join(', ')})` }
}
