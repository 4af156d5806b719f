// One relationship as a session sees it (RelationshipProperty) and as SQL sees it (RelationshipElement), from the same facts.

import { InvalidRequestError, suggest } from '@oriel/sql'
import type { RelationshipDraft } from '../draft/draft.ts'
import type { Cascade } from '../draft/options.ts'
import type { Blueprint, Configuration } from './blueprint.ts'
import type { Association, ColumnPairs, Mapper, RelationshipProperty } from './mapper.ts'

/** SQLAlchemy's default: what is saved or merged along a relationship is what hangs on it. */
const defaultCascades: readonly Cascade[] = ['save-update', 'merge']
const allCascades: readonly Cascade[] = ['save-update', 'delete', 'delete-orphan', 'merge', 'expunge']

/** What a phase found out about a relationship. */
export interface ResolvedRelationship {
  readonly property: string
  readonly mapping: RelationshipDraft
  readonly target: Blueprint
  readonly pairs: ColumnPairs
  readonly keyProperties: readonly string[]
  readonly association: Association | null
  /** The property of the target that is the other side, asked late. */
  readonly inverse: () => string | null
}

/** The mapper of a blueprint, once its registry is configured. */
export function mapperOf(blueprint: Blueprint): Mapper {
  if (blueprint.mapper) return blueprint.mapper
  throw new InvalidRequestError(`${blueprint.entity} is still being configured.`)
}

function checkOptions(owner: Blueprint, found: ResolvedRelationship, { problems }: Configuration): void {
  const { property, mapping, target } = found
  const { entity } = owner
  const where = `${entity}.${property}`
  const { cascade = [], orderBy } = mapping.options
  for (const name of cascade)
    if (!allCascades.includes(name))
      problems.add(
        { entity, property },
        `${where} has no cascade '${String(name)}'`,
        suggest(String(name), allCascades, 'Cascades'),
      )
  const misplaced = misplacedCascade(owner, found)
  if (misplaced) problems.add({ entity, property }, `${where} ${misplaced[0]}`, misplaced[1])
  if (orderBy !== undefined && !target.columns.has(orderBy))
    problems.add(
      { entity, property },
      `${where} is ordered by '${orderBy}', which ${target.entity} has no column for`,
      suggest(orderBy, target.columns.keys(), 'Properties'),
    )
}

/** A cascade that would delete what may belong to others, and what to write instead; null where there is none. */
function misplacedCascade(owner: Blueprint, found: ResolvedRelationship): readonly [string, string] | null {
  const { mapping, target, keyProperties, association } = found
  const cascade = mapping.options.cascade ?? []
  const deleting = cascade.filter((name) => name === 'delete' || name === 'delete-orphan')
  const [first] = deleting
  if (first && keyProperties.length > 0) {
    const inverse = [...target.relationshipDrafts.values()].find((draft) => draft.mapping.inverse === found.property)
    const form = mapping.form === 'one-to-one' ? '@OneToOne' : '@OneToMany'
    const other = inverse ? `${target.entity}.${inverse.property}` : `a ${form} of ${target.entity}`
    return [
      `has the cascade '${first}', but refers to ${target.entity}, which others may refer to`,
      `Put it on ${other}, where it deletes each ${owner.entity} with its ${target.entity}; delete the ${target.entity} itself by session.delete()`,
    ]
  }
  if (association && deleting.includes('delete-orphan'))
    return [
      `has the cascade 'delete-orphan', but ${target.entity} may belong to several`,
      'Leave it out: the row between the two goes by itself',
    ]
  return null
}

/** Puts a resolved relationship into its blueprint. */
export function connect(owner: Blueprint, found: ResolvedRelationship, configuration: Configuration): void {
  checkOptions(owner, found, configuration)
  const { property, mapping, target, pairs, keyProperties, association } = found
  const { form, options } = mapping
  const isMany = form === 'one-to-many' || form === 'many-to-many'
  const cascades: ReadonlySet<Cascade> = new Set(options.cascade ?? defaultCascades)
  let known: RelationshipProperty | undefined
  const inverse = (): RelationshipProperty | null => {
    known ??= target.relationships.get(found.inverse() ?? '')
    return known ?? null
  }
  owner.targets.set(property, target)
  owner.relationships.set(
    property,
    Object.freeze({
      name: property,
      label: `${owner.entity}.${property}`,
      form,
      isMany,
      holdsKey: keyProperties.length > 0,
      keyProperties: Object.freeze([...keyProperties]),
      target: () => mapperOf(target),
      inverse,
      pairs,
      association,
      cascades,
      isSavedAlong: cascades.has('save-update'),
      orderBy: options.orderBy ?? null,
      passiveDeletes: options.passiveDeletes ?? false,
    }),
  )
  owner.relationshipElements.set(
    property,
    Object.freeze({
      name: property,
      isMany,
      target: () => target.element,
      pairs: () => pairs,
      ...(association ? { through: () => association } : {}),
    }),
  )
}
