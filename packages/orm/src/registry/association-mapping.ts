// @ManyToMany: over a table that only the relationship knows (association-table.ts), or over an entity mapped to one.
import { suggest } from '@oriel/sql'
import type { RelationshipDraft } from '../draft/draft.ts'
import type { AssociationTables } from './association-table.ts'
import type { Blueprint, Configuration } from './blueprint.ts'
import type { Association, RelationshipProperty } from './mapper.ts'
import { connect, mapperOf } from './relationship-property.ts'
import { type Mention, resolveTarget } from './target.ts'

interface ManyToMany {
  readonly owner: Blueprint
  readonly property: string
  readonly mapping: RelationshipDraft
  readonly target: Blueprint
}

function referencesTo(entity: Blueprint, target: Blueprint): RelationshipProperty[] {
  return [...entity.relationships.values()].filter(
    (relationship) => relationship.holdsKey && entity.targets.get(relationship.name) === target,
  )
}

/** The reference of an association entity to one side: the one that is named, or the only one there is. */
function referenceTo(middle: Blueprint, side: Blueprint, named: string | undefined): RelationshipProperty | string {
  const all = referencesTo(middle, side)
  if (named !== undefined) {
    const found = all.find(({ name }) => name === named)
    return (
      found ??
      `has no reference '${named}' to ${side.entity}. ${suggest(
        named,
        all.map(({ name }) => name),
        'References',
      )}`
    )
  }
  const [only] = all
  if (only && all.length === 1) return only
  return all.length === 0
    ? `has no @ManyToOne to ${side.entity}`
    : `has ${all.length} references to ${side.entity} (${all.map(({ name }) => name).join(', ')})`
}

function overEntity(
  { owner, property, mapping, target }: ManyToMany,
  middle: Blueprint,
  configuration: Configuration,
): Association | null {
  const { via = [] } = mapping.options
  const toOwner = referenceTo(middle, owner, via[0])
  const toTarget = referenceTo(middle, target, via[1])
  const { entity } = owner
  const where = `@ManyToMany on ${entity}.${property} goes through ${middle.entity}, which`
  for (const found of new Set([toOwner, toTarget])) {
    if (typeof found !== 'string') continue
    const remedy = `Give ${middle.entity} one @ManyToOne to each side, or name the two: { via: ['…', '…'] }`
    configuration.problems.add({ entity, property }, `${where} ${found}`, remedy)
  }
  if (typeof toOwner === 'string' || typeof toTarget === 'string') return null
  return Object.freeze({
    table: middle.table,
    mapper: () => mapperOf(middle),
    toOwner: toOwner.pairs,
    toTarget: toTarget.pairs,
  })
}

/** The property of the target that is the same relationship from the other side. */
function inverseOf({ owner, property, target }: ManyToMany, association: Association): string | null {
  for (const other of target.relationships.values()) {
    const isBack = other.association?.table === association.table && target.targets.get(other.name) === owner
    const isItself = target === owner && other.name === property
    if (isBack && !isItself && other.association?.toTarget[0]?.[0] === association.toOwner[0]?.[0]) return other.name
  }
  return null
}

function mapManyToMany(found: ManyToMany, tables: AssociationTables, configuration: Configuration): void {
  const { owner, property, mapping, target } = found
  const { through } = mapping.options
  const mention: Mention = { entity: owner.entity, property, by: 'through' }
  if (typeof through === 'function') {
    const middle = resolveTarget(through, mention, configuration)
    const association = middle && overEntity(found, middle, configuration)
    if (association) connectOver(found, association, configuration)
    return
  }
  const name = through ?? tables.nameFromOtherSide(owner, target)
  if (typeof name !== 'string' || name === '') {
    configuration.problems.add(
      { entity: owner.entity, property },
      `@ManyToMany on ${owner.entity}.${property} names no association table, and ${target.entity} names none for it`,
      "Name the table: { through: 'post_tags' }, or the entity: { through: () => PostTag }",
    )
    return
  }
  const association = tables.between(found, name)
  if (association) connectOver(found, association, configuration)
}

function connectOver(found: ManyToMany, association: Association, configuration: Configuration): void {
  const { owner, property, mapping, target } = found
  const inverse = (): string | null => inverseOf(found, association)
  connect(owner, { property, mapping, target, pairs: [], keyProperties: [], association, inverse }, configuration)
}

/** Maps the many-to-many relationships of these classes. References are mapped before. */
export function mapAssociations(
  blueprints: readonly Blueprint[],
  tables: AssociationTables,
  configuration: Configuration,
): void {
  for (const owner of blueprints)
    for (const [property, { mapping }] of owner.relationshipDrafts) {
      if (mapping.form !== 'many-to-many') continue
      const target = resolveTarget(mapping.target, { entity: owner.entity, property, by: '@ManyToMany' }, configuration)
      if (target) mapManyToMany({ owner, property, mapping, target }, tables, configuration)
    }
}
