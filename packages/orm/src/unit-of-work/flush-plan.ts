// What a flush is going to do, as a value: it can be printed, counted and tested before anything is sent.
import type { Table } from '@oriel/sql'
import type { Mapper, RelationshipProperty } from '../registry/mapper.ts'
import type { InstanceState } from '../state/instance-state.ts'
import type { PairChange } from './pair-links.ts'

/** A key that is written by a statement of its own, because the objects refer to each other in a circle. */
export interface LateReference {
  readonly child: InstanceState
  readonly relationship: RelationshipProperty
  /** Null: the reference is let go, so that what it holds can be deleted or taken by another. */
  readonly target: InstanceState | null
}

export type FlushAction =
  | {
      readonly kind: 'insert'
      readonly mapper: Mapper
      readonly states: readonly InstanceState[]
      /** They refer to each other by keys that are known: one statement, with all keys in it. */
      readonly isTogether?: boolean
    }
  | { readonly kind: 'update'; readonly mapper: Mapper; readonly states: readonly InstanceState[] }
  | { readonly kind: 'late reference'; readonly mapper: Mapper; readonly references: readonly LateReference[] }
  | { readonly kind: 'link' | 'unlink'; readonly table: Table; readonly pairs: readonly PairChange[] }
  | {
      readonly kind: 'unlink all'
      readonly mapper: Mapper
      readonly relationship: RelationshipProperty
      readonly states: readonly InstanceState[]
    }
  | { readonly kind: 'delete'; readonly mapper: Mapper; readonly states: readonly InstanceState[] }

/** The actions of a flush, in order. */
export class FlushPlan {
  readonly actions: readonly FlushAction[]

  constructor(actions: readonly FlushAction[]) {
    this.actions = actions
  }

  get isEmpty(): boolean {
    return this.actions.length === 0
  }

  /** One line per action: `insert Customer × 3`. */
  toString(): string {
    return this.actions.map(describe).join('\n')
  }
}

function describe(action: FlushAction): string {
  switch (action.kind) {
    case 'link':
    case 'unlink':
      return `${action.kind} ${action.table.name} × ${action.pairs.length}`
    case 'late reference':
      return `late reference ${action.mapper.name} × ${action.references.length}`
    case 'unlink all':
      return `unlink all ${action.relationship.label} × ${action.states.length}`
    default:
      return `${action.kind} ${action.mapper.name} × ${action.states.length}`
  }
}
