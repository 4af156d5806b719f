// How tables, columns and constraints are called where the user does not say. The default follows PostgreSQL's own names.
import { shortName, snakeCase } from '@oriel/sql'

/** How names are made. Give a registry the members that differ from the default. */
export interface NamingStrategy {
  /** The table of a class. */
  table(className: string): string
  /** The column of a property. */
  column(property: string): string
  primaryKey(table: string): string
  unique(table: string, columns: readonly string[]): string
  foreignKey(table: string, columns: readonly string[]): string
  /** An index; a key that is no column is called `expr`. */
  index(table: string, columns: readonly string[]): string
  check(table: string, columns: readonly string[]): string
  exclusion(table: string, columns: readonly string[]): string
  /** The column of an association table that holds a key: `name` is a class, or a property where a class refers to itself. */
  associationColumn(name: string, keyColumn: string): string
}

function constraint(suffix: string): (table: string, columns: readonly string[]) => string {
  return (table, columns) => shortName([table, ...columns, suffix].join('_'))
}

/** snake_case tables and columns, and PostgreSQL's names for constraints: `authors_email_key`, `orders_customer_id_fkey`. */
export const snakeCaseNaming: NamingStrategy = Object.freeze<NamingStrategy>({
  table: snakeCase,
  column: snakeCase,
  primaryKey: (table) => shortName(`${table}_pkey`),
  unique: constraint('key'),
  foreignKey: constraint('fkey'),
  index: constraint('idx'),
  // PostgreSQL names a check after its column only where it has exactly one.
  check: (table, columns) => constraint('check')(table, columns.length === 1 ? columns : []),
  exclusion: constraint('excl'),
  associationColumn: (name, keyColumn) => `${snakeCase(name)}_${keyColumn}`,
})
