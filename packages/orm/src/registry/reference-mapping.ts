// The sides that hold a key: @ManyToOne, @OneToOne with key properties, and `references`. They make the foreign keys.
import { type Column, type ForeignKey, suggest } from '@oriel/sql'
import type { RelationshipOptions } from '../draft/options.ts'
import type { Blueprint, Configuration, RelationshipEntry } from './blueprint.ts'
import type { MappedColumn } from './column-mapping.ts'
import { describeType, isSameKeyType } from './column-type.ts'
import type { ColumnPairs } from './mapper.ts'
import { connect } from './relationship-property.ts'
import { type Mention, resolveTarget } from './target.ts'

/** A key that these columns hold. */
interface Reference {
  readonly mention: Mention
  readonly columns: readonly MappedColumn[]
  readonly target: Blueprint
  readonly options: Pick<RelationshipOptions, 'onDelete' | 'onUpdate' | 'deferrable'>
}

function isSameList(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.length === b.length && a.every((item, i) => item === b[i])
}

/** The key's columns beside those of the target's key; reports what does not fit. */
function pair({ mention, columns, target }: Reference, configuration: Configuration): ColumnPairs {
  const { entity, property, by } = mention
  const { problems } = configuration
  const list = (mapped: readonly MappedColumn[]): string => mapped.map(({ name }) => name).join(', ')
  if (columns.length !== target.key.length) {
    // A target without a key is a problem of its own, reported there.
    if (target.key.length > 0)
      problems.add(
        { entity, property },
        `${by} on ${entity}.${property} has ${columns.length} key column(s) (${list(columns)}), the key of ${target.entity} has ${target.key.length} (${list(target.key)})`,
        by === 'references'
          ? `Use @ManyToOne(() => ${target.entity}, […]) for a composite key`
          : `Name one property for each, in that order: [${target.key.map(({ name }) => `'…${name}'`).join(', ')}]`,
      )
    return []
  }
  const pairs: (readonly [Column, Column])[] = []
  columns.forEach(({ name, column }, i) => {
    const referred = target.key[i]
    if (!referred) return
    pairs.push([column, referred.column])
    if (isSameKeyType(column.type, referred.column.type)) return
    problems.add(
      { entity, property: name },
      `${entity}.${name} is ${describeType(column.type)}, but ${target.entity}.${referred.name}, which it refers to, is ${describeType(referred.column.type)}`,
      'Give both the same type',
    )
  })
  return Object.freeze(pairs)
}

function addForeignKey(owner: Blueprint, reference: Reference, configuration: Configuration): void {
  const { mention, target, options } = reference
  const { entity, property, by } = mention
  const columns = reference.columns.map(({ column }) => column)
  if (options.onDelete === 'set null' && columns.some((column) => !column.isNullable))
    configuration.problems.add(
      { entity, property },
      `${by} on ${entity}.${property} sets the key to null on delete, but its column is not nullable`,
      'Make the column .nullable(), or choose another onDelete',
    )
  const isKnown = owner.parts.foreignKeys.some(
    (key) => isSameList(key.columns, columns) && key.target() === target.table,
  )
  if (isKnown) return
  const name = configuration.naming.foreignKey(
    owner.table.name,
    columns.map((column) => column.name),
  )
  const { onDelete, onUpdate, deferrable } = options
  const foreignKey: ForeignKey = {
    name: configuration.names.made(name, owner),
    columns: Object.freeze(columns),
    target: () => target.table,
    targetColumns: () => target.key.map(({ column }) => column),
    ...(onDelete ? { onDelete } : {}),
    ...(onUpdate ? { onUpdate } : {}),
    ...(deferrable ? { deferrable } : {}),
  }
  owner.parts.foreignKeys.push(Object.freeze(foreignKey))
}

/** At most one row per key: a unique constraint, unless the columns are a key already. */
function addUnique(owner: Blueprint, columns: readonly Column[], configuration: Configuration): void {
  if (owner.table.uniqueKeys().some((key) => isSameList(key, columns))) return
  if (columns.length === 1 && [...owner.columns.values()].some((c) => c.column === columns[0] && c.options.unique))
    return
  const names = columns.map((column) => column.name)
  const name = configuration.names.made(configuration.naming.unique(owner.table.name, names), owner)
  owner.parts.uniques.push(Object.freeze({ name, columns }))
}

/** The properties that hold the key; null where one of them is wrong. */
function keyColumns(owner: Blueprint, mention: Mention, keys: readonly string[]): readonly MappedColumn[] | string {
  const columns: MappedColumn[] = []
  for (const key of keys) {
    const column = owner.columns.get(key)
    if (!column) return key
    columns.push(column)
  }
  return keys.length > 0 ? columns : mention.property
}

function mapReference(owner: Blueprint, { property, mapping }: RelationshipEntry, configuration: Configuration): void {
  const { entity } = owner
  const by = mapping.form === 'one-to-one' ? '@OneToOne' : '@ManyToOne'
  const mention: Mention = { entity, property, by }
  const target = resolveTarget(mapping.target, mention, configuration)
  const keys = mapping.keys ?? []
  const columns = keyColumns(owner, mention, keys)
  if (typeof columns === 'string') {
    // A key property that is mapped but has no column was reported for itself.
    if (owner.draft.properties.some((draft) => draft.property === columns && draft.mapping.kind === 'column')) return
    const message =
      keys.length === 0
        ? `${by} on ${entity}.${property} names no property that holds the key`
        : `${by} on ${entity}.${property} keeps its key in '${columns}', which is no column of ${entity}`
    const remedy =
      keys.length === 0 ? `Write ${by}(() => …, '${property}Id')` : suggest(columns, owner.columns.keys(), 'Columns')
    configuration.problems.add({ entity, property }, message, remedy)
    return
  }
  if (!target) return
  const reference: Reference = { mention, columns, target, options: mapping.options }
  const pairs = pair(reference, configuration)
  if (pairs.length === 0) return
  addForeignKey(owner, reference, configuration)
  const own = Object.freeze(columns.map(({ column }) => column))
  if (mapping.form === 'one-to-one') addUnique(owner, own, configuration)
  const inverse = (): string | null => {
    for (const other of target.relationships.values())
      if (
        !other.holdsKey &&
        target.targets.get(other.name) === owner &&
        target.relationshipDrafts.get(other.name)?.mapping.inverse === property
      )
        return other.name
    return null
  }
  connect(owner, { property, mapping, target, pairs, keyProperties: keys, association: null, inverse }, configuration)
}

/** `references`: a key without a relationship. It must agree with a relationship that uses the same column. */
function mapReferences(owner: Blueprint, column: MappedColumn, configuration: Configuration): void {
  const { references } = column.options
  if (references === undefined) return
  const { entity } = owner
  const { name: property } = column
  const mention: Mention = { entity, property, by: 'references' }
  const target = resolveTarget(references, mention, configuration)
  if (!target) return
  for (const relationship of owner.relationships.values()) {
    if (!isSameList(relationship.keyProperties, [property])) continue
    const other = owner.targets.get(relationship.name)
    if (other === target || !other) continue
    configuration.problems.add(
      { entity, property },
      `${entity}.${property} references ${target.entity}, but ${entity}.${relationship.name} uses it as the key of ${other.entity}`,
      'Drop references: the relationship makes the foreign key',
    )
    return
  }
  const reference: Reference = { mention, columns: [column], target, options: {} }
  if (pair(reference, configuration).length > 0) addForeignKey(owner, reference, configuration)
}

/** Maps everything in a class that holds a key of another. */
export function mapReferencesOf(owner: Blueprint, configuration: Configuration): void {
  for (const entry of owner.relationshipDrafts.values()) {
    const { mapping } = entry
    const holdsKey = mapping.form === 'many-to-one' || (mapping.form === 'one-to-one' && mapping.inverse === null)
    if (holdsKey) mapReference(owner, entry, configuration)
  }
  for (const column of owner.columns.values()) mapReferences(owner, column, configuration)
}
