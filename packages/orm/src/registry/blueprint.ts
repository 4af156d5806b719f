// A class on its way to a mapper. Tables, columns and relationships refer to each other in circles, so a table is made at once and its
// constraints are filled in phase by phase; the lists are frozen at the end.
import {
  ArgumentError,
  attributesOf,
  type CheckConstraint,
  type ClauseElement,
  type Column,
  type ExclusionConstraint,
  type ExpressionNode,
  type ForeignKey,
  type IndexDefinition,
  type RelationshipElement,
  type SourceNode,
  Table,
  type UniqueConstraint,
} from '@oriel/sql'
import type { AnyClass, ClassDraft, PropertyDraft, RelationshipDraft } from '../draft/draft.ts'
import type { EntityOptions } from '../draft/options.ts'
import { type Shell, shellFor } from '../mapped/instantiate.ts'
import { type MappedColumn, mapColumns } from './column-mapping.ts'
import type { ConstraintNames } from './constraint-name.ts'
import { expressionNode } from './expression-of.ts'
import { inheritedDraft } from './inherited-draft.ts'
import type { Mapper, RelationshipProperty } from './mapper.ts'
import { checkName, checkProperty, type Place } from './name-check.ts'
import type { NamingStrategy } from './naming-strategy.ts'
import type { Problems } from './problems.ts'

/** What all phases need. */
export interface Configuration {
  readonly naming: NamingStrategy
  readonly schema: string | null
  readonly problems: Problems
  readonly names: ConstraintNames
  /** The blueprint of a class of this registry; null where it has none. */
  blueprintOf(entityClass: AnyClass): Blueprint | null
}

/** The lists of a table that are filled in phase by phase. */
export interface TableParts {
  readonly uniques: UniqueConstraint[]
  readonly foreignKeys: ForeignKey[]
  readonly checks: CheckConstraint[]
  readonly exclusions: ExclusionConstraint[]
  readonly indexes: IndexDefinition[]
}

/** A relationship as it was written down. */
export interface RelationshipEntry {
  readonly property: string
  readonly decorator: string
  readonly mapping: RelationshipDraft
}

export interface Blueprint extends Place {
  readonly entityClass: AnyClass
  readonly options: EntityOptions
  readonly draft: ClassDraft
  readonly columns: ReadonlyMap<string, MappedColumn>
  readonly key: readonly MappedColumn[]
  readonly table: Table
  readonly parts: TableParts
  readonly element: ClauseElement
  readonly shell: Shell
  readonly relationshipDrafts: ReadonlyMap<string, RelationshipEntry>
  /** Filled by the relationship phases, with the blueprints that they lead to. */
  readonly targets: Map<string, Blueprint>
  readonly relationships: Map<string, RelationshipProperty>
  /** What SQL knows of the relationships; the same map as the element's. */
  readonly relationshipElements: Map<string, RelationshipElement>
  /** Set at the end. */
  mapper: Mapper | null
}

function relationshipDrafts(properties: readonly PropertyDraft[]): Blueprint['relationshipDrafts'] {
  const drafts = new Map<string, RelationshipEntry>()
  for (const { property, decorator, mapping } of properties)
    if (mapping.kind === 'relationship') drafts.set(property, { property, decorator, mapping })
  return drafts
}

/** The entity's criterion for one place in FROM. */
function criterionNode(element: ClauseElement, { criterion }: EntityOptions, source: SourceNode): ExpressionNode {
  const node = expressionNode(criterion?.(attributesOf(element, source)))
  if (node) return node
  throw new ArgumentError(`The criterion of ${element.name} gives no condition.`, {
    hint: `Write it over its properties: criterion: (it) => it.deletedAt.isNull()`,
  })
}

/** A table whose constraints are filled in later, and the lists to fill. */
export function growingTable(
  name: string,
  place: { readonly schema: string | null },
  keyed: { readonly columns: readonly Column[]; readonly primaryKey: Table['primaryKey'] },
): { readonly table: Table; readonly parts: TableParts } {
  const parts: TableParts = { uniques: [], foreignKeys: [], checks: [], exclusions: [], indexes: [] }
  const { columns, primaryKey } = keyed
  const table = new Table({
    name,
    columns,
    ...parts,
    ...(place.schema === null ? {} : { schema: place.schema }),
    ...(primaryKey ? { primaryKey } : {}),
  })
  return { table, parts }
}

/** The blueprint of one class: its own columns, without anything that needs another class. */
export function draw(entityClass: AnyClass, configuration: Configuration): Blueprint {
  const { naming, problems, names } = configuration
  const entity = entityClass.name
  const draft = inheritedDraft(entityClass, problems)
  const options = draft.entity ?? {}
  const schema = options.schema ?? configuration.schema
  const columns = mapColumns(draft.properties, { entity, naming, problems })
  const drafts = relationshipDrafts(draft.properties)
  for (const property of drafts.keys()) checkProperty(property, entity, problems)
  const name = options.table ?? naming.table(entity)
  checkName({ name, of: `the table of ${entity}`, entity }, problems)
  if (schema !== null) checkName({ name: schema, of: `the schema of ${entity}`, entity }, problems)
  const key = [...columns.values()].filter((column) => column.isKey)
  if (key.length === 0 && !draft.properties.some(({ mapping }) => mapping.kind === 'column' && mapping.isKey))
    problems.add(
      { entity },
      `${entity} has no primary key`,
      "Mark its key: @PrimaryKey(t.integer(), { generated: 'identity' }) id!: Generated<number>",
    )
  const keyColumns = key.map(({ column }) => column)
  const primaryKey =
    key.length > 0
      ? { name: names.made(naming.primaryKey(name), { entity, schema }), columns: Object.freeze(keyColumns) }
      : null
  const allColumns = Object.freeze([...columns.values()].map(({ column }) => column))
  const { table, parts } = growingTable(name, { schema }, { columns: allColumns, primaryKey })
  const loaded = [...columns.values()].filter((column) => !column.isDeferred)
  const shell = shellFor({ entityClass, fields: loaded.map((column) => column.name), construct: options.construct })
  const relationshipElements = new Map<string, RelationshipElement>()
  const element: ClauseElement = Object.freeze({
    name: entity,
    table,
    columns: new Map([...columns].map(([property, { column }]) => [property, column])),
    relationships: relationshipElements,
    loadedColumns: Object.freeze(loaded.map(({ column }) => column)),
    instantiate: shell.instantiate,
    ...(options.readOnly ? { isReadOnly: true } : {}),
    ...(options.criterion ? { criterion: (source: SourceNode) => criterionNode(element, options, source) } : {}),
  })
  return {
    entityClass,
    entity,
    schema,
    options,
    draft,
    columns,
    key,
    table,
    parts,
    element,
    shell,
    relationshipDrafts: drafts,
    targets: new Map(),
    relationships: new Map(),
    relationshipElements,
    mapper: null,
  }
}
