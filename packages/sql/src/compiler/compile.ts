// From a statement to text: one pass over the tree by the dialect's handlers. Pure: same node, same dialect, same result.
import type { StatementNode } from '../ast/node.ts'
import type { Dialect } from '../dialect.ts'
import { CompileError } from '../error/oriel-error.ts'
import type { Compiled, StatementVerb, WarningCode } from './compiled.ts'
import { CompileContext } from './context.ts'

function verbOf(node: StatementNode): StatementVerb {
  switch (node.kind) {
    case 'select':
    case 'compound':
      return 'select'
    case 'insert':
    case 'update':
    case 'delete':
    case 'raw':
      return node.kind
    default:
      return 'ddl'
  }
}

/** Compiles a statement for a dialect. Throws CompileError for what cannot be written; sends nothing. */
export function compile(node: StatementNode, dialect: Dialect, allowed: readonly WarningCode[] = []): Compiled {
  const ctx = new CompileContext(dialect, allowed)
  try {
    ctx.visit(node)
  } catch (error) {
    // The tree is walked by recursion: a nesting of many thousand levels ends here, and would end in the server too.
    if (error instanceof RangeError)
      throw new CompileError('The statement is nested too deeply to be written.', { cause: error })
    throw error
  }
  const { text, binds } = ctx.finish()
  if (binds.length > dialect.maxParameters)
    throw new CompileError(
      `The statement has ${binds.length} parameters; ${dialect.name} takes at most ${dialect.maxParameters}.`,
      { hint: 'Send the rows in several statements, or use a bulk insert, which sends one array per column.' },
    )
  const verb = verbOf(node)
  return {
    text,
    binds,
    columns: ctx.columns,
    shape: ctx.shape,
    warnings: ctx.warnings,
    verb,
    isReadOnly: verb === 'select' && ctx.isReadOnly,
    elements: [...ctx.elements],
  }
}
