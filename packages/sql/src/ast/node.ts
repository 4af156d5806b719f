// The syntax tree: one union of frozen, plain nodes told apart by `kind`. Its parts are in the three files beside this one.
import type { ExpressionNodeMap } from './expression-node.ts'
import type { ClauseNodeMap, SourceNodeMap } from './source-node.ts'
import type { DefinitionNodeMap, StatementNodeMap } from './statement-node.ts'

export interface NodeMap extends ExpressionNodeMap, SourceNodeMap, ClauseNodeMap, StatementNodeMap, DefinitionNodeMap {}

export type NodeKind = keyof NodeMap
/** The node of a kind. In this form a table from kind to function can be called without a cast. */
export type NodeOf<K extends NodeKind> = { [P in K]: { readonly kind: P } & NodeMap[P] }[K]
export type Node = NodeOf<NodeKind>

export type ExpressionKind = keyof ExpressionNodeMap
export type ExpressionNode = NodeOf<ExpressionKind>
export type SourceNode = NodeOf<keyof SourceNodeMap>
/** What gives rows: it may stand in FROM, in a CTE, in IN. */
export type QueryNode = NodeOf<keyof StatementNodeMap>
export type DefinitionNode = NodeOf<keyof DefinitionNodeMap>
/** What can be sent. */
export type StatementNode = QueryNode | DefinitionNode
