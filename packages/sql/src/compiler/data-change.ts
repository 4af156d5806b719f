// Handlers for INSERT, UPDATE and DELETE, and for whole statements written as a `sql` template.
import { isQueryNode } from '../ast/children.ts'
import type { ExpressionNode, NodeOf, SourceNode } from '../ast/node.ts'
import type { Assignment } from '../ast/source-node.ts'
import type { Selection } from '../ast/statement-node.ts'
import { ArgumentError, CompileError, UnsupportedByDialectError } from '../error/oriel-error.ts'
import type { Table } from '../schema/table.ts'
import { judgeProduct } from './cartesian-product.ts'
import type { ResultColumn } from './compiled.ts'
import type { CompileContext } from './context.ts'
import type { Handlers } from './handlers.ts'
import { criterionOf, writeConditions } from './select.ts'
import { planSelection, reportSelection, writeSelection } from './selection.ts'

function writeReturning(returning: Selection | null, ctx: CompileContext, isDerived: boolean): void {
  ctx.columns = []
  ctx.shape = { kind: 'none' }
  if (!returning) return
  if (!ctx.dialect.supports.returning) throw new UnsupportedByDialectError(`${ctx.dialect.name} has no RETURNING.`)
  const plan = planSelection(returning)
  ctx.within('RETURNING', () => {
    ctx.write(' returning ')
    writeSelection(plan, ctx, isDerived)
  })
  reportSelection(plan, ctx)
}

function writeAssignments(assignments: readonly Assignment[], ctx: CompileContext): void {
  assignments.forEach(({ column, value }, i) => {
    if (i > 0) ctx.write(', ')
    ctx.identifier(column).write(' = ').visit(value)
  })
}

/** Writes a statement on one table, in a scope of its own. */
function onTable(table: NodeOf<'table'>, ctx: CompileContext, write: (isDerived: boolean) => void): void {
  const { isDerived } = ctx
  ctx.isDerived = false
  ctx.isReadOnly = false
  ctx.nested(ctx.scope, (scope) => {
    scope.add(table)
    write(isDerived)
  })
}

function writeTarget(table: NodeOf<'table'>, ctx: CompileContext): void {
  ctx.ctes.target(() => ctx.visit(table))
}

/** ON CONFLICT must name a unique key: the server would refuse it with 42P10, this says which keys there are. */
function checkConflictTarget(node: NodeOf<'onConflict'>, table: Table): void {
  const { target } = node
  if (!target) return
  if ('constraint' in target) {
    const names = [
      table.primaryKey?.name,
      ...table.uniques.map((unique) => unique.name),
      ...table.exclusions.map((e) => e.name),
    ]
    if (!names.includes(target.constraint))
      throw new CompileError(`${table.qualifiedName} has no unique constraint '${target.constraint}'.`, {
        hint: `Constraints: ${names.filter(Boolean).join(', ') || 'none'}.`,
      })
    return
  }
  if (!target.columns.every((column) => column.kind === 'column')) return
  const named = new Set(target.columns.map((column) => (column.kind === 'column' ? column.name : '')))
  const isNamed = (key: readonly string[]) => key.length === named.size && key.every((name) => named.has(name))
  const keys = table.uniqueKeys().map((key) => key.map((column) => column.name))
  const partial: (readonly string[])[] = []
  for (const index of table.indexes)
    if (index.isUnique && index.where)
      partial.push(index.keys.map((key) => (key.kind === 'column' ? key.name : 'an expression')))
  if (keys.some(isNamed)) return
  const isPartial = partial.some(isNamed)
  if (isPartial && target.where) return
  const shown = [
    ...keys.map((key) => `(${key.join(', ')})`),
    ...partial.map((key) => `(${key.join(', ')}) where a condition holds`),
  ]
  throw new CompileError(
    `ON CONFLICT (${[...named].join(', ')}): ${table.qualifiedName} has no unique key of exactly these columns${isPartial ? ' for every row' : ''}.`,
    {
      hint: isPartial
        ? 'The unique index is partial: give its condition as targetWhere.'
        : `Unique keys: ${shown.join(', ') || 'none'}.`,
    },
  )
}

function writeConflict(node: NodeOf<'onConflict'>, table: NodeOf<'table'>, ctx: CompileContext): void {
  if (!ctx.dialect.supports.onConflict) throw new UnsupportedByDialectError(`${ctx.dialect.name} has no ON CONFLICT.`)
  checkConflictTarget(node, table.table)
  ctx.write(' on conflict')
  const { target, action } = node
  if (target && 'constraint' in target) ctx.write(' on constraint ').identifier(target.constraint)
  else if (target) {
    const { columns, where } = target
    ctx.within('the target of ON CONFLICT', () => {
      ctx.write(' (').list(columns).write(')')
      // The server looks for an index whose condition follows from this one, which it cannot tell of a parameter.
      if (where) ctx.asDefinition(() => ctx.write(' where ').visit(where))
    })
  }
  if (!action) {
    ctx.write(' do nothing')
    return
  }
  ctx.write(' do update set ')
  const excluded: SourceNode = { kind: 'excluded', table: table.table }
  ctx.nested(ctx.scope.parent, (scope) => {
    scope.add(table)
    scope.add(excluded)
    ctx.within('ON CONFLICT', () => {
      writeAssignments(action.assignments, ctx)
      const { where } = action
      if (where) ctx.write(' where ').visit(where)
    })
  })
}

function writeInsert(node: NodeOf<'insert'>, ctx: CompileContext): void {
  onTable(node.into, ctx, (isDerived) => {
    const { rows } = node
    ctx.write('insert into ')
    writeTarget(node.into, ctx)
    if (node.columns.length > 0)
      ctx.write(` (${node.columns.map((column) => ctx.dialect.quote(column.name)).join(', ')})`)
    if ('kind' in rows) {
      ctx.write(' ')
      if (isQueryNode(rows)) ctx.nested(null, () => ctx.visit(rows))
    } else if (node.columns.length === 0) ctx.write(' default values')
    // The row does not exist yet, so its values cannot read it.
    else
      ctx.nested(null, () =>
        ctx.within('VALUES', () => {
          ctx.write(' values ')
          rows.forEach((row, i) => {
            ctx
              .write(i > 0 ? ', (' : '(')
              .list(row)
              .write(')')
          })
        }),
      )
    if (node.onConflict) writeConflict(node.onConflict, node.into, ctx)
    writeReturning(node.returning, ctx, isDerived)
  })
}

/** A condition that leaves out no row: `true`, and() of nothing, and what is made of them. */
function isAlwaysTrue(node: ExpressionNode): boolean {
  if (node.kind === 'keyword') return node.word === 'true'
  if (node.kind === 'parameter') return node.value === true
  if (node.kind !== 'logical') return false
  return node.operator === 'and' ? node.operands.every(isAlwaysTrue) : node.operands.some(isAlwaysTrue)
}

function refuseEveryRow(
  verb: string,
  node: { readonly where: readonly ExpressionNode[]; readonly isEveryRow: boolean },
  table: Table,
): void {
  if (!node.where.every(isAlwaysTrue) || node.isEveryRow) return
  throw new CompileError(`${verb} without WHERE would change every row of ${table.qualifiedName}.`, {
    hint: 'Add .where(…), or say .everyRow().',
  })
}

/** Rows that an entity's criterion hides are no more changed than read. */
function criteriaOf(node: { readonly ignoresCriteria: boolean }, sources: readonly SourceNode[]): ExpressionNode[] {
  return node.ignoresCriteria ? [] : sources.flatMap(criterionOf)
}

export const dataChangeHandlers = {
  insert: writeInsert,
  update: (node, ctx) =>
    onTable(node.table, ctx, (isDerived) => {
      refuseEveryRow('UPDATE', node, node.table.table)
      if (node.assignments.length === 0)
        throw new ArgumentError('update(…).set({}) sets nothing: name at least one column.')
      for (const source of node.from) ctx.scope.add(source)
      ctx.write('update ')
      writeTarget(node.table, ctx)
      ctx.write(' set ')
      ctx.within('SET', () => writeAssignments(node.assignments, ctx))
      node.from.forEach((source, i) => {
        ctx.write(i === 0 ? ' from ' : ', ').visit(source)
      })
      writeConditions('WHERE', [...node.where, ...criteriaOf(node, [node.table, ...node.from])], ctx)
      judgeProduct({ where: node.where, joins: [] }, [node.table, ...node.from], ctx)
      writeReturning(node.returning, ctx, isDerived)
    }),
  delete: (node, ctx) =>
    onTable(node.table, ctx, (isDerived) => {
      refuseEveryRow('DELETE', node, node.table.table)
      for (const source of node.using) ctx.scope.add(source)
      ctx.write('delete from ')
      writeTarget(node.table, ctx)
      node.using.forEach((source, i) => {
        ctx.write(i === 0 ? ' using ' : ', ').visit(source)
      })
      writeConditions('WHERE', [...node.where, ...criteriaOf(node, [node.table, ...node.using])], ctx)
      judgeProduct({ where: node.where, joins: [] }, [node.table, ...node.using], ctx)
      writeReturning(node.returning, ctx, isDerived)
    }),
  raw: (node, ctx) => {
    ctx.isDerived = false
    ctx.isReadOnly = false
    ctx.nested(ctx.scope, (scope) => {
      scope.isOpen = true
      ctx.visit(node.fragment)
    })
    const { columns } = node
    if (!columns) {
      ctx.columns = null
      ctx.shape = { kind: 'server' }
      return
    }
    const entries = Object.entries(columns)
    const items = entries.map((_, index) => ({ kind: 'value', index }) as const)
    ctx.columns = entries.map(([name, type]): ResultColumn => ({ name, type, subject: name }))
    ctx.shape = Array.isArray(columns)
      ? { kind: 'tuple', items }
      : { kind: 'object', names: entries.map(([name]) => name), items }
  },
  onConflict: () => {
    throw new CompileError('ON CONFLICT stands only in an INSERT.')
  },
} satisfies Partial<Handlers>
