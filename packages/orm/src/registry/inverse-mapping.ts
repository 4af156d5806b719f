// The sides that hold no key: @OneToMany, and @OneToOne with `inverse`. Each must be pointed back at by the property that it names.
import { suggest } from '@oriel/sql'
import type { Blueprint, Configuration, RelationshipEntry } from './blueprint.ts'
import { connect, type ResolvedRelationship } from './relationship-property.ts'
import { resolveTarget } from './target.ts'

/** Finds the other side; reports and gives null where it does not point back. */
function resolveInverse(
  owner: Blueprint,
  { property, mapping }: RelationshipEntry,
  configuration: Configuration,
): ResolvedRelationship | null {
  const { entity } = owner
  const isMany = mapping.form === 'one-to-many'
  const by = isMany ? '@OneToMany' : '@OneToOne'
  const wanted = isMany ? '@ManyToOne' : '@OneToOne'
  const target = resolveTarget(mapping.target, { entity, property, by }, configuration)
  if (!target) return null
  const where = `${by} on ${entity}.${property}`
  const report = (message: string, remedy: string): null => {
    configuration.problems.add({ entity, property }, `${where} ${message}`, remedy)
    return null
  }
  const name = mapping.inverse ?? ''
  const draft = target.relationshipDrafts.get(name)
  if (!draft)
    return report(
      name === ''
        ? `names no property of ${target.entity}`
        : `names '${name}', which is no relationship of ${target.entity}`,
      target.relationshipDrafts.size > 0
        ? suggest(name, target.relationshipDrafts.keys(), `Relationships of ${target.entity}`)
        : `Write ${wanted}(() => ${entity}, '…') in ${target.entity}`,
    )
  if (draft.decorator !== wanted || draft.mapping.inverse !== null)
    return report(
      `names ${target.entity}.${name}, which is ${draft.decorator}${draft.mapping.inverse === null ? '' : ' without the key'}`,
      `The other side of ${by} is ${wanted}(() => ${entity}, '…')`,
    )
  const other = target.relationships.get(name)
  if (!other) return null // It is wrong itself, and was reported for that.
  if (target.targets.get(name) !== owner)
    return report(
      `names ${target.entity}.${name}, which leads to ${target.targets.get(name)?.entity} and not back to ${entity}`,
      `Name the property of ${target.entity} that refers to ${entity}`,
    )
  const pairs = Object.freeze(other.pairs.map(([theirs, ours]) => [ours, theirs] as const))
  return { property, mapping, target, pairs, keyProperties: [], association: null, inverse: () => name }
}

/** Maps everything in a class whose key another class holds. References are mapped before. */
export function mapInversesOf(owner: Blueprint, configuration: Configuration): void {
  for (const entry of owner.relationshipDrafts.values()) {
    const { mapping } = entry
    const isInverse = mapping.form === 'one-to-many' || (mapping.form === 'one-to-one' && mapping.inverse !== null)
    const resolved = isInverse ? resolveInverse(owner, entry, configuration) : null
    if (resolved) connect(owner, resolved, configuration)
  }
}
