// From drafts to mappers, phase by phase: columns, then keys, then the sides without a key, then association tables, then constraints.
// Every phase goes on past what is wrong; at the end everything is reported at once, or everything is frozen.
import type { Column, Warning } from '@oriel/sql'
import type { AnyClass } from '../draft/draft.ts'
import { draftOf } from '../draft/draft-store.ts'
import { ElementVariants } from '../mapped/element-variants.ts'
import { definePrinted } from '../mapped/printed.ts'
import { defineUnloaded, type UnloadedPlan } from '../mapped/unloaded.ts'
import { mapAssociations } from './association-mapping.ts'
import { AssociationTables } from './association-table.ts'
import { type Blueprint, type Configuration, draw } from './blueprint.ts'
import { mapConstraintsOf } from './constraint-mapping.ts'
import { ConstraintNames } from './constraint-name.ts'
import { mapInversesOf } from './inverse-mapping.ts'
import type { Mapper } from './mapper.ts'
import type { NamingStrategy } from './naming-strategy.ts'
import { privateFieldWarning } from './private-field.ts'
import { Problems } from './problems.ts'
import { mapReferencesOf } from './reference-mapping.ts'

/** What a registry knows of its classes. Each configuration adds to it; one that fails adds nothing. */
export interface Configured {
  readonly blueprints: ReadonlyMap<AnyClass, Blueprint>
  readonly names: ConstraintNames
  readonly associations: AssociationTables
  readonly warnings: readonly Warning[]
}

export interface ConfigureInput {
  readonly entityClasses: readonly AnyClass[]
  readonly naming: NamingStrategy
  readonly schema: string | null
  readonly known: Configured | null
}

function checkTables(
  blueprints: ReadonlyMap<AnyClass, Blueprint>,
  associations: AssociationTables,
  problems: Problems,
): void {
  const owners = new Map<string, string>()
  for (const { entity, table } of blueprints.values()) {
    const key = `${table.schema ?? ''}.${table.name}`
    const other = owners.get(key)
    if (other !== undefined)
      problems.add(
        { entity },
        `${other} and ${entity} are both mapped to the table '${table.qualifiedName}'`,
        `Name another table: @Entity({ table: '…' })`,
      )
    owners.set(key, entity)
  }
  for (const table of associations.tables) {
    const entity = owners.get(`${table.schema ?? ''}.${table.name}`)
    if (entity !== undefined)
      problems.add(
        { entity },
        `A @ManyToMany goes through the table '${table.qualifiedName}', which ${entity} is mapped to`,
        `Name the entity in its place: { through: () => ${entity} }`,
      )
  }
}

/** One enum type has one list of members, wherever it is written. */
function checkEnums(blueprints: ReadonlyMap<AnyClass, Blueprint>, problems: Problems): void {
  const known = new Map<string, { readonly values: string; readonly label: string }>()
  for (const { entity, columns } of blueprints.values())
    for (const { name: property, column } of columns.values()) {
      const { spec } = column.type.spec.element ?? column.type
      if (spec.name !== 'enum') continue
      const { typeName = '' } = spec
      const values = (spec.values ?? []).join(', ')
      const other = known.get(typeName)
      known.set(typeName, other ?? { values, label: column.label })
      if (other && other.values !== values)
        problems.add(
          { entity, property },
          `${other.label} and ${column.label} give the enum '${typeName}' different members (${other.values}; ${values})`,
          'Declare the type once, as a constant, and use it in both',
        )
    }
}

function finish(blueprint: Blueprint): void {
  const { entityClass, entity, columns, table, element, shell, relationships } = blueprint
  const variants = new ElementVariants({ entityClass, construct: blueprint.options.construct, element, shell })
  const isLoaded = (object: object): boolean => variants.isLoaded(object)
  for (const part of Object.values(blueprint.parts)) Object.freeze(part)
  // Properties that read `relationships` stay in the order of declaration, whatever phase filled them in.
  const inOrder = [...blueprint.relationshipDrafts.keys()].flatMap((name) => {
    const relationship = relationships.get(name)
    return relationship ? [[name, relationship] as const] : []
  })
  const mapper: Mapper = Object.freeze({
    entityClass,
    name: entity,
    table,
    properties: columns,
    keyProperties: Object.freeze([...blueprint.key]),
    relationships: new Map(inOrder),
    // Not frozen: engines go through frozen lists slowly, and every flush goes through this one for every object.
    related: inOrder.map(([, relationship]) => relationship),
    element,
    elementWith: (loaded: readonly Column[]) => variants.of(loaded),
    instantiate: shell.instantiate,
    blank: shell.blank,
    isLoaded,
  })
  blueprint.mapper = mapper
  const unloaded: UnloadedPlan = {
    entityClass,
    name: entity,
    keyProperties: mapper.keyProperties.map(({ name }) => name),
    columns: [...columns.keys()],
    relationships: [...relationships.keys()],
    references: new Map(
      mapper.related.filter(({ holdsKey }) => holdsKey).map(({ name, keyProperties }) => [name, keyProperties]),
    ),
    isLoaded,
  }
  defineUnloaded(unloaded)
  definePrinted(unloaded)
}

/** Configures classes beside those that are configured already. Throws one MappingError with everything that is wrong. */
export function configure({ entityClasses, naming, schema, known }: ConfigureInput): Configured {
  const problems = new Problems()
  const names = known ? known.names.copy(problems) : new ConstraintNames(problems)
  const blueprints = new Map(known?.blueprints)
  const blueprintOf = (entityClass: AnyClass): Blueprint | null => blueprints.get(entityClass) ?? null
  const configuration: Configuration = { naming, schema, problems, names, blueprintOf }
  const fresh: Blueprint[] = []
  for (const entityClass of entityClasses) {
    if (!draftOf(entityClass)?.entity) {
      const { name } = entityClass
      problems.add(
        { entity: name },
        `${name} is listed in a registry's entities, but is no entity`,
        `Write @Entity() above ${name}`,
      )
      continue
    }
    const blueprint = draw(entityClass, configuration)
    blueprints.set(entityClass, blueprint)
    fresh.push(blueprint)
  }
  const associations = new AssociationTables(configuration, known?.associations)
  for (const blueprint of fresh) mapReferencesOf(blueprint, configuration)
  for (const blueprint of fresh) mapInversesOf(blueprint, configuration)
  mapAssociations(fresh, associations, configuration)
  for (const blueprint of fresh) mapConstraintsOf(blueprint, configuration)
  checkTables(blueprints, associations, problems)
  checkEnums(blueprints, problems)
  problems.raise()
  fresh.forEach(finish)
  const warnings = fresh.flatMap(({ entityClass, options }) =>
    options.construct ? [] : (privateFieldWarning(entityClass) ?? []),
  )
  return { blueprints, names, associations, warnings: Object.freeze([...(known?.warnings ?? []), ...warnings]) }
}
