// createAll and dropAll: every table of a registry in one transaction, with all that belongs to it. The statements are made here and run
// by whatever engine is given.
import { checkOptions, type DefinitionNode, type Executable, type SqlType, type Table } from '@oriel/sql'
import { defaultRegistry, type Registry } from '../registry/registry.ts'
import { Definition } from './definition.ts'
import { refuseNoEngine } from './engine-check.ts'
import { orderTables } from './table-order.ts'

/** What is asked of an engine: a transaction, and a connection in it that runs statements. */
export interface DefinitionEngine {
  begin<T>(
    work: (connection: { execute(statement: Executable<never>): PromiseLike<unknown> }) => Promise<T>,
  ): Promise<T>
}

/** Options of `createAll`. */
export interface CreateAllOptions {
  /** Whose tables; by default those of the global registry. */
  readonly registry?: Registry
  /** Leave alone what is there already. Existing tables are not changed. */
  readonly ifNotExists?: boolean
}

/** Options of `dropAll`. */
export interface DropAllOptions {
  readonly registry?: Registry
  /** Do not mind what is not there. */
  readonly ifExists?: boolean
}

/** The tables that are the registry's to make: not those of read-only entities. */
function ownTables(registry: Registry): readonly Table[] {
  const foreign = new Set(registry.mappers.filter(({ element }) => element.isReadOnly).map(({ table }) => table))
  return registry.tables.filter((table) => !foreign.has(table))
}

/** The enum types that the tables use, each once by name. */
function enumTypes(tables: readonly Table[]): SqlType<unknown>[] {
  const found = new Map<string, SqlType<unknown>>()
  for (const { columns } of tables)
    for (const { type } of columns) {
      const inner = type.spec.name === 'array' && type.spec.element ? type.spec.element : type
      if (inner.spec.name === 'enum') found.set(inner.spec.typeName ?? '', inner)
    }
  return [...found.values()]
}

/** The statements of `createAll`, in order: schemas, enum types, tables, foreign keys, indexes. */
export function createStatements(options: CreateAllOptions = {}): readonly Definition[] {
  const { registry = defaultRegistry, ifNotExists = false } = options
  const { tables } = orderTables(ownTables(registry))
  const schemas = new Set(tables.flatMap(({ schema }) => schema ?? []))
  const nodes: DefinitionNode[] = [
    ...[...schemas].map((name): DefinitionNode => ({ kind: 'createSchema', name })),
    ...enumTypes(tables).map((type): DefinitionNode => ({ kind: 'createEnum', type, ifNotExists })),
    ...tables.map((table): DefinitionNode => ({ kind: 'createTable', table, ifNotExists })),
    // Behind all tables, so that they may refer to each other in circles.
    ...tables
      .filter(({ foreignKeys }) => foreignKeys.length > 0)
      .map((table): DefinitionNode => ({ kind: 'addForeignKeys', table, ifNotExists })),
    ...tables.flatMap((table) =>
      table.indexes.map((index): DefinitionNode => ({ kind: 'createIndex', table, index, ifNotExists })),
    ),
  ]
  return nodes.map((node) => new Definition(node))
}

/** The statements of `dropAll`, in order: tables, then enum types. Schemas stay. */
export function dropStatements(options: DropAllOptions = {}): readonly Definition[] {
  const { registry = defaultRegistry, ifExists = false } = options
  const { tables, inCircle } = orderTables(ownTables(registry))
  const nodes: DefinitionNode[] = [
    // Only tables in a circle need CASCADE; elsewhere what still depends on a table is an error that should be seen.
    ...tables
      .toReversed()
      .map((table): DefinitionNode => ({ kind: 'dropTable', table, ifExists, isCascade: inCircle.has(table) })),
    ...enumTypes(tables).map((type): DefinitionNode => ({ kind: 'dropEnum', type, ifExists })),
  ]
  return nodes.map((node) => new Definition(node))
}

async function run(engine: DefinitionEngine, statements: readonly Definition[]): Promise<void> {
  if (statements.length === 0) return
  await engine.begin(async (connection) => {
    for (const statement of statements) await connection.execute(statement)
  })
}

/** Creates the tables of a registry with their constraints, indexes, enum types and schemas, in one transaction. */
export async function createAll(engine: DefinitionEngine, options: CreateAllOptions = {}): Promise<void> {
  refuseNoEngine(engine, 'createAll')
  checkOptions(options, ['registry', 'ifNotExists'], 'createAll')
  await run(engine, createStatements(options))
}

/** Drops the tables of a registry and the enum types that they use, in one transaction. */
export async function dropAll(engine: DefinitionEngine, options: DropAllOptions = {}): Promise<void> {
  refuseNoEngine(engine, 'dropAll')
  checkOptions(options, ['registry', 'ifExists'], 'dropAll')
  await run(engine, dropStatements(options))
}
