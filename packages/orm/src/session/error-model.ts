// What a refused row is in the model: the entity and property behind the table and columns that the server names.
import type { Column, ForeignKey, ModelContext, ServerErrorFields } from '@oriel/sql'
import type { Mapper } from '../registry/mapper.ts'
import type { Registry } from '../registry/registry.ts'

/** The entity, property and other side of a constraint; null where the table is not mapped. */
export function modelOfError(fields: ServerErrorFields, registry: Registry): ModelContext | null {
  const { table, constraint, schema } = fields
  if (!table || !/^23/.test(fields.sqlState)) return null
  const mapper = registry.mappers.find(
    (each) => each.table.name === table && (!each.table.schema || !schema || each.table.schema === schema),
  )
  if (!mapper) return null
  const key = mapper.table.foreignKeys.find(({ name }) => name === constraint)
  if (key) return modelOfReference(mapper, key, { registry, isReferenced: isReferenced(fields) })
  const unique = [mapper.table.primaryKey, ...mapper.table.uniques].find((each) => each?.name === constraint)
  const column = fields.column ? mapper.table.columns.find(({ name }) => name === fields.column) : undefined
  return { entity: mapper.name, ...propertyOf(mapper, unique?.columns ?? (column ? [column] : [])) }
}

/** Is the refused row the one that others refer to? */
function isReferenced({ detail = '', message }: ServerErrorFields): boolean {
  return detail.includes('still referenced') || message.startsWith('update or delete on table')
}

function modelOfReference(
  mapper: Mapper,
  key: ForeignKey,
  { registry, isReferenced: isOther }: { registry: Registry; isReferenced: boolean },
): ModelContext {
  const relationship = [...mapper.relationships.values()].find(
    ({ holdsKey, pairs }) => holdsKey && pairs.every(([mine]) => key.columns.includes(mine)),
  )
  const property = relationship?.name ?? propertyOf(mapper, key.columns).property
  const referring = property ? `${mapper.name}.${property}` : mapper.name
  const target = registry.mappers.find(({ table }) => table === key.target())
  if (!isOther)
    return { entity: mapper.name, ...(property ? { property } : {}), ...(target ? { other: target.name } : {}) }
  return target
    ? { entity: target.name, ...propertyOf(target, key.targetColumns()), other: referring }
    : { other: referring }
}

function propertyOf(mapper: Mapper, columns: readonly Column[]): { property?: string } {
  const names = columns.map(({ property }) => property).filter((name) => mapper.properties.has(name))
  if (names.length === 0 || names.length < columns.length) return {}
  return { property: names.length === 1 ? (names[0] ?? '') : `(${names.join(', ')})` }
}
