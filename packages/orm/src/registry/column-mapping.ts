// Columns from properties: type, name, default, key. Everything wrong with a single column is found here.
import { Column } from '@oriel/sql'
import type { ColumnDraft, PropertyDraft } from '../draft/draft.ts'
import type { PrimaryKeyOptions } from '../draft/options.ts'
import { columnType, describeType } from './column-type.ts'
import { defaultNode, expressionNode } from './expression-of.ts'
import type { ColumnProperty } from './mapper.ts'
import { checkName, checkProperty } from './name-check.ts'
import type { NamingStrategy } from './naming-strategy.ts'
import type { Problems } from './problems.ts'

/** A mapped column with what was written about it. */
export interface MappedColumn extends ColumnProperty {
  readonly options: PrimaryKeyOptions
}

interface ColumnContext {
  readonly entity: string
  readonly naming: NamingStrategy
  readonly problems: Problems
}

const generatable: Readonly<Record<string, readonly string[]>> = {
  identity: ['smallint', 'integer', 'bigint'],
  uuid: ['uuid'],
}

/** What cannot go together, as [is it so?, message, remedy]. */
function contradictions(options: PrimaryKeyOptions, draft: ColumnDraft, column: Column): [boolean, string, string][] {
  const { generated, computed } = options
  const types = generated === undefined ? undefined : generatable[generated]
  return [
    [draft.isKey && column.isNullable, 'is a primary key and nullable', 'Drop .nullable()'],
    [
      draft.isKey && options.deferred === true,
      'is a primary key and deferred',
      'Drop deferred: the key is always loaded',
    ],
    [
      generated !== undefined && !types,
      `has generated: '${String(generated)}'`,
      "Write generated: 'identity' or 'uuid'",
    ],
    [
      types !== undefined && !types.includes(column.type.spec.name),
      `is ${describeType(column.type)} and cannot be generated as ${String(generated)}`,
      `generated: '${String(generated)}' needs ${types?.join(', ')}`,
    ],
    [generated !== undefined && options.default !== undefined, 'is generated and has a default', 'Keep one of them'],
    [
      computed !== undefined && (generated !== undefined || options.default !== undefined),
      'is computed and has a default or a generated key',
      'Keep one of them',
    ],
    [
      computed !== undefined && !expressionNode(computed),
      'is computed by something that is no expression',
      'Write computed: sql`…`',
    ],
    [
      typeof options.default === 'function',
      'has a function as its default; the database cannot call it',
      'Write a value or a fragment, such as default: sql`now()`',
    ],
  ]
}

function mapColumn(draft: PropertyDraft, mapping: ColumnDraft, context: ColumnContext): MappedColumn | null {
  const { entity, naming, problems } = context
  const { property } = draft
  const options: PrimaryKeyOptions = mapping.options
  const type = columnType(draft, entity, problems)
  const name = options.name ?? naming.column(property)
  checkName({ name, of: `the column of ${entity}.${property}`, entity, property }, problems)
  checkProperty(property, entity, problems)
  if (!type) return null
  const label = `${entity}.${property}`
  const computed = expressionNode(options.computed)
  const isFunction = typeof options.default === 'function'
  const column = new Column({
    name,
    type,
    property,
    label,
    ...(options.generated === undefined ? {} : { generated: options.generated }),
    ...(options.default === undefined || isFunction ? {} : { default: defaultNode(options.default, type, label) }),
    ...(computed ? { computed } : {}),
  })
  for (const [isSo, message, remedy] of contradictions(options, mapping, column))
    if (isSo) problems.add({ entity, property }, `${label} ${message}`, remedy)
  return Object.freeze({
    name: property,
    column,
    options,
    isKey: mapping.isKey,
    isDeferred: options.deferred === true,
    isComputed: column.computed !== null,
    isFilled: column.default !== null || column.generated !== null,
  })
}

/** The mapped columns of a class by property, in order of declaration. */
export function mapColumns(drafts: readonly PropertyDraft[], context: ColumnContext): Map<string, MappedColumn> {
  const { entity, problems } = context
  const columns = new Map<string, MappedColumn>()
  const owners = new Map<string, string>()
  for (const draft of drafts) {
    if (draft.mapping.kind !== 'column') continue
    const column = mapColumn(draft, draft.mapping, context)
    if (!column) continue
    const other = owners.get(column.column.name)
    if (other !== undefined)
      problems.add(
        { entity, property: draft.property },
        `${entity}.${other} and ${entity}.${draft.property} both map the column '${column.column.name}'`,
        'Give one of them another name: { name: … }',
      )
    owners.set(column.column.name, draft.property)
    columns.set(draft.property, column)
  }
  return columns
}
