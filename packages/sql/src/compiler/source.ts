// Handlers for what stands in FROM: tables, aliases, subqueries, CTEs, joins.
import type { NodeOf } from '../ast/node.ts'
import { CompileError, UnsupportedByDialectError } from '../error/oriel-error.ts'
import type { CompileContext } from './context.ts'
import type { Handlers } from './handlers.ts'
import { writeMember } from './select.ts'

function writeTable(node: NodeOf<'table'>, ctx: CompileContext): void {
  const { schema, name } = node.table
  if (node.element) ctx.elements.add(node.element)
  if (schema) ctx.identifier(schema).write('.')
  else ctx.ctes.read(name)
  ctx.identifier(name)
}

function writeCte(node: NodeOf<'cte'>, ctx: CompileContext): void {
  ctx.ctes.add(node, () =>
    ctx.apart(() => {
      ctx.identifier(node.name)
      // Names come from the base query; a recursive or written one states them, since its parts may name them otherwise.
      if (node.query.kind !== 'select' || node.recursion)
        ctx
          .write(' (')
          .write(node.columns.map((column) => ctx.dialect.quote(column.name)).join(', '))
          .write(')')
      ctx.write(' as ')
      if (node.isMaterialized !== null) ctx.write(node.isMaterialized ? 'materialized ' : 'not materialized ')
      ctx.write('(')
      if (node.query.kind !== 'select' && node.query.kind !== 'compound') {
        if (!ctx.dialect.supports.dataModifyingCtes)
          throw new UnsupportedByDialectError(`${ctx.dialect.name} has no data-modifying CTEs.`)
        ctx.isReadOnly = false
      }
      ctx.isDerived = true
      if (node.recursion) {
        writeMember(node.query, ctx)
        ctx.write(` ${node.recursion.operator} `)
        writeMember(node.recursion.query, ctx)
      } else ctx.visit(node.query)
      ctx.write(')')
    }),
  )
  ctx.identifier(node.name)
}

function writeDerived(node: NodeOf<'derived'>, ctx: CompileContext): void {
  if (node.isLateral && !ctx.dialect.supports.lateral)
    throw new UnsupportedByDialectError(`${ctx.dialect.name} has no LATERAL.`)
  // Only a lateral subquery sees its neighbours in FROM.
  const parent = node.isLateral ? ctx.scope : ctx.scope.parent
  if (node.isLateral) ctx.write('lateral ')
  ctx.nested(parent, () => {
    ctx.isDerived = true
    ctx.write('(').visit(node.query).write(')')
  })
  ctx.write(' as ').identifier(node.name)
}

export const sourceHandlers = {
  table: writeTable,
  cte: writeCte,
  derived: writeDerived,
  anonymous: (node, ctx) => {
    const name = ctx.scope.nameOf(node)
    ctx.visit(node.source)
    if (name !== node.name) ctx.write(' as ').identifier(name)
  },
  aliased: (node, ctx) => void ctx.visit(node.source).write(' as ').identifier(node.name),
  selfReference: (node, ctx) => void ctx.identifier(node.name),
  excluded: () => {
    throw new CompileError('The excluded row stands only in ON CONFLICT … DO UPDATE.')
  },
  functionSource: (node, ctx) => {
    ctx
      .visit(node.call)
      .write(node.withOrdinality ? ' with ordinality as ' : ' as ')
      .identifier(node.name)
    ctx.write(`(${node.columns.map((column) => ctx.dialect.quote(column.name)).join(', ')})`)
  },
  join: (node, ctx) => {
    if (
      node.source.kind === 'derived' &&
      node.source.isLateral &&
      (node.form === 'right join' || node.form === 'full join')
    )
      throw new CompileError(
        `A lateral subquery cannot stand in a ${node.form.toUpperCase()}: its rows depend on the other side.`,
        {
          hint: 'Use join or leftJoin.',
        },
      )
    ctx.write(`${node.form} `).visit(node.source)
    const { on } = node
    if (on) ctx.within('ON', () => ctx.write(' on ').visit(on))
  },
} satisfies Partial<Handlers>
