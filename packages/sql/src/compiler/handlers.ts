// The form of a compiler: one function per kind of node. A dialect is such a table spread with its own functions.
import type { NodeKind, NodeOf } from '../ast/node.ts'
import type { CompileContext } from './context.ts'

export type Handlers = { readonly [K in NodeKind]: (node: NodeOf<K>, ctx: CompileContext) => void }
