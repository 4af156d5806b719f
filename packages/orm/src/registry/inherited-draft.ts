// The draft of a class with what it inherits: mapped properties of abstract bases and mixins come first, a redeclared one replaces theirs.
import { type AnyClass, ClassDraft, isClass, type PropertyDraft } from '../draft/draft.ts'
import { draftOf } from '../draft/draft-store.ts'
import type { Problems } from './problems.ts'

function lineage(entityClass: AnyClass): AnyClass[] {
  const classes: AnyClass[] = []
  for (let next: unknown = entityClass; isClass(next); next = Object.getPrototypeOf(next)) classes.unshift(next)
  return classes
}

function refuseTwice(draft: ClassDraft, entity: string, problems: Problems): void {
  const seen = new Map<string, PropertyDraft>()
  for (const property of draft.properties) {
    const other = seen.get(property.property)
    seen.set(property.property, property)
    if (!other) continue
    const both =
      other.decorator === property.decorator
        ? `${other.decorator} twice`
        : `${other.decorator} and ${property.decorator}`
    problems.add(
      { entity, property: property.property },
      `${entity}.${property.property} has ${both}`,
      'Keep one: @PrimaryKey is a column too',
    )
  }
}

/** The merged draft of a class. Reports misuses of decorators, and bases that are entities themselves. */
export function inheritedDraft(entityClass: AnyClass, problems: Problems): ClassDraft {
  const entity = entityClass.name
  const merged = new ClassDraft()
  const properties = new Map<string, PropertyDraft>()
  for (const base of lineage(entityClass)) {
    const draft = draftOf(base)
    if (!draft) continue
    if (base !== entityClass && draft.entity)
      problems.add(
        { entity },
        `${entity} extends the entity ${base.name}; inheritance between entities is not mapped yet`,
        `Move the shared properties to a base class without @Entity`,
      )
    refuseTwice(draft, entity, problems)
    for (const { property, message, remedy } of draft.misuses)
      problems.add({ entity, property }, message(property ? `${entity}.${property}` : entity), remedy)
    for (const property of draft.properties) properties.set(property.property, property)
    merged.indexes.push(...draft.indexes)
    merged.uniques.push(...draft.uniques)
    merged.checks.push(...draft.checks)
    merged.exclusions.push(...draft.exclusions)
  }
  merged.entity = draftOf(entityClass)?.entity ?? null
  merged.properties.push(...properties.values())
  return merged
}
