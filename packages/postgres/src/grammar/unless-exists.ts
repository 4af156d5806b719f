// CREATE TYPE and ADD CONSTRAINT know no IF NOT EXISTS in PostgreSQL: a block that lets the error for a duplicate pass.
import { type CompileContext, CompileError, type NodeOf, standardHandlers, Table } from '@oriel/sql'

const tag = '$definition$'

/** Each part stands in a block of its own, since one that exists must not keep the next from being made. */
function unlessExists(ctx: CompileContext, named: readonly string[], parts: readonly (() => void)[]): void {
  const bad = named.find((name) => name.includes(tag))
  if (bad !== undefined) throw new CompileError(`'${bad}' cannot be created with ifNotExists: it contains ${tag}.`)
  ctx.write(`do ${tag} begin`)
  for (const part of parts) {
    ctx.write(' begin ')
    part()
    ctx.write('; exception when duplicate_object then null; end;')
  }
  ctx.write(` end ${tag}`)
}

/** One ALTER TABLE for all keys, or one for each where some may be there already. */
export function addForeignKeys(node: NodeOf<'addForeignKeys'>, ctx: CompileContext): void {
  const { table } = node
  if (!node.ifNotExists) {
    standardHandlers.addForeignKeys(node, ctx)
    return
  }
  const named = table.foreignKeys.flatMap((key) => [
    ...[table, key.target()].flatMap(({ schema, name }) => [schema ?? '', name]),
    ...[key, ...key.columns, ...key.targetColumns()].map(({ name }) => name),
  ])
  const { name, schema, columns } = table
  const parts = table.foreignKeys.map((key) => () => {
    const only = new Table({ name, columns, foreignKeys: [key], ...(schema === null ? {} : { schema }) })
    standardHandlers.addForeignKeys({ kind: 'addForeignKeys', table: only, ifNotExists: false }, ctx)
  })
  unlessExists(ctx, named, parts)
}

/** CREATE TYPE, as it is or in a block. */
export function createEnum(node: NodeOf<'createEnum'>, ctx: CompileContext): void {
  if (!node.ifNotExists) {
    standardHandlers.createEnum(node, ctx)
    return
  }
  const { values = [], typeName = '' } = node.type.spec
  unlessExists(ctx, [typeName, ...values], [() => standardHandlers.createEnum({ ...node, ifNotExists: false }, ctx)])
}
