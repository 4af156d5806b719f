// `table(…)`: a table without a class, in the same statements as entities.
import { checkOptions } from '../error/known-options.ts'
import { ArgumentError } from '../error/oriel-error.ts'
import { suggest } from '../error/suggestion.ts'
import { type Source, shown } from '../expression/operand.ts'
import { Column } from '../schema/column.ts'
import { snakeCase } from '../schema/name.ts'
import { Table } from '../schema/table.ts'
import { SqlType } from '../type/sql-type.ts'
import { attributesOf } from './attributes.ts'
import type { ClauseElement } from './clause-element.ts'
import type { Attributes } from './entity.ts'

type TableColumns = { readonly [property: string]: SqlType<unknown> }
type RowOfTable<C extends TableColumns> = { -readonly [K in keyof C]: C[K] extends SqlType<infer T> ? T : never }

/** How a table is called, and which of its columns are its key. */
export interface RawTableOptions {
  readonly schema?: string
  readonly primaryKey?: readonly string[]
}

/**
 * A table that is mapped to no class, with typed attributes: `const audit = table('audit_log', { id: t.bigint(), actorId: t.integer() })`.
 * Column names are the properties in snake_case. Its rows are plain objects. Throws ArgumentError for what is no column type.
 */
export function table<const C extends TableColumns>(
  name: string,
  columns: C,
  options: RawTableOptions = {},
): Attributes<RowOfTable<C>, Source<RowOfTable<C>>> {
  checkOptions(options, ['schema', 'primaryKey'], `table('${name}')`)
  const byProperty = new Map<string, Column>()
  for (const [property, type] of Object.entries(columns)) {
    if (!(type instanceof SqlType))
      throw new ArgumentError(`table('${name}'): '${property}' needs a type such as t.integer(), got ${shown(type)}.`)
    byProperty.set(property, new Column({ name: snakeCase(property), property, label: `${name}.${property}`, type }))
  }
  const key = (options.primaryKey ?? []).map((property) => {
    const column = byProperty.get(property)
    if (!column)
      throw new ArgumentError(`table('${name}'): the primary key names '${property}', which is no column.`, {
        hint: suggest(property, byProperty.keys(), 'Columns'),
      })
    return column
  })
  const all = [...byProperty.values()]
  const element: ClauseElement = {
    name,
    table: new Table({
      name,
      columns: all,
      ...(options.schema === undefined ? {} : { schema: options.schema }),
      ...(key.length > 0 ? { primaryKey: { name: `${name}_pkey`, columns: key } } : {}),
    }),
    columns: byProperty,
    relationships: new Map(),
    loadedColumns: all,
    instantiate: (values) => Object.fromEntries(all.map((column, i) => [column.property, values[i]])),
  }
  return attributesOf(element)
}
