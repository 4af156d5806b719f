// What a refused row is in the model: among all entities of the registry, not only those of the statement.
import { type ModelContext, modelOfError as modelAmong, type ServerErrorFields } from '@oriel/sql'
import type { Registry } from '../registry/registry.ts'

/** The entity, property and other side of a constraint; null where the table is not mapped. */
export function modelOfError(fields: ServerErrorFields, registry: Registry): ModelContext | null {
  return modelAmong(
    fields,
    registry.mappers.map(({ element }) => element),
  )
}
