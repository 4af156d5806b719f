// What `.join(…)` makes of its target: a source with a condition, or the one or two joins of a relationship.
import type { ExpressionNode, SourceNode } from '../ast/node.ts'
import type { JoinNode } from '../ast/source-node.ts'
import { equalPairs } from '../compiler/from.ts'
import { ArgumentError } from '../error/oriel-error.ts'
import { booleanType, conditionNodeOf, frozen, refuseUndefined } from '../expression/operand.ts'
import { sourceOf } from '../source/entity.ts'
import { RelationshipAttribute } from '../source/relationship.ts'

export type JoinForm = JoinNode['form']

function allOf(conditions: readonly ExpressionNode[]): ExpressionNode {
  const [first] = conditions
  return first && conditions.length === 1
    ? first
    : frozen({ kind: 'logical', operator: 'and', operands: conditions, type: booleanType })
}

const join = (form: JoinForm, source: SourceNode, on: ExpressionNode | null): JoinNode =>
  Object.freeze({ kind: 'join', form, source, on })

function byRelationship(
  form: JoinForm,
  relationship: RelationshipAttribute<unknown, unknown>,
  extra: ExpressionNode[],
): JoinNode[] {
  const target = relationship.targetSource()
  const through = relationship.element.through?.()
  if (!through) return [join(form, target, allOf([...relationship.condition(target), ...extra]))]
  const association: SourceNode = Object.freeze({ kind: 'table', table: through.table, element: null })
  return [
    join(form, association, allOf(equalPairs(through.toOwner, association, relationship.source))),
    join(form, target, allOf([...equalPairs(through.toTarget, association, target), ...extra])),
  ]
}

/** The joins that a target stands for. Throws ArgumentError for what cannot be joined. */
export function joinNodes(form: JoinForm, target: unknown, on: readonly unknown[]): JoinNode[] {
  const condition = on.map((given) => {
    refuseUndefined(given, 'The condition of a join')
    return conditionNodeOf(given, 'The condition of a join')
  })
  if (target instanceof RelationshipAttribute) return byRelationship(form, target, condition)
  if (target === undefined)
    throw new ArgumentError('The target of a join is undefined.', {
      hint: 'A circular import may not be evaluated yet.',
    })
  return [join(form, sourceOf(target, 'A join'), condition[0] ?? null)]
}
