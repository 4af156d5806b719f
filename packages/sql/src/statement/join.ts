// What `.join(…)` makes of its target: a source with a condition, or the one or two joins of a relationship.
import type { ExpressionNode, SourceNode } from '../ast/node.ts'
import type { JoinNode } from '../ast/source-node.ts'
import { equalPairs } from '../compiler/from.ts'
import { correlationName } from '../compiler/scope.ts'
import { ArgumentError } from '../error/oriel-error.ts'
import { booleanType, conditionNodeOf, frozen, refuseUndefined } from '../expression/operand.ts'
import { shortName } from '../schema/name.ts'
import { sourceOf } from '../source/entity.ts'
import { joinedBy, RelationshipAttribute } from '../source/relationship.ts'

export type JoinForm = JoinNode['form']

function allOf(conditions: readonly ExpressionNode[]): ExpressionNode {
  const [first] = conditions
  return first && conditions.length === 1
    ? first
    : frozen({ kind: 'logical', operator: 'and', operands: conditions, type: booleanType })
}

const join = (form: JoinForm, source: SourceNode, on: ExpressionNode | null): JoinNode =>
  Object.freeze({ kind: 'join', form, source, on })

interface Path {
  readonly relationship: RelationshipAttribute<unknown, unknown>
  readonly target: SourceNode
  /** The name that `.as(…)` gave the target. */
  readonly name: string | null
}

function byRelationship(form: JoinForm, { relationship, target, name }: Path, extra: ExpressionNode[]): JoinNode[] {
  const through = relationship.element.through?.()
  if (!through) return [join(form, target, allOf([...relationship.condition(target), ...extra]))]
  const table = frozen({ kind: 'table', table: through.table, element: null } as const)
  // Joined under a name of its own, the target may be joined twice, and its association table with it.
  const association: SourceNode =
    name === null
      ? table
      : frozen({
          kind: 'anonymous',
          source: table,
          name: table.table.name,
          alternative: shortName(`${table.table.name}_${name}`),
        })
  return [
    join(form, association, allOf(equalPairs(through.toOwner, association, relationship.source))),
    join(form, target, allOf([...equalPairs(through.toTarget, association, target), ...extra])),
  ]
}

/** The relationship that leads to what `.as(…)` named. */
function relationshipBehind(target: unknown): RelationshipAttribute<unknown, unknown> | null {
  if (typeof target !== 'object' || target === null) return null
  const found: unknown = Reflect.get(target, joinedBy)
  return found instanceof RelationshipAttribute ? found : null
}

/** The joins that a target stands for. Throws ArgumentError for what cannot be joined. */
export function joinNodes(form: JoinForm, target: unknown, on: readonly unknown[]): JoinNode[] {
  const condition = on.map((given) => {
    refuseUndefined(given, 'The condition of a join')
    return conditionNodeOf(given, 'The condition of a join')
  })
  if (target instanceof RelationshipAttribute)
    return byRelationship(form, { relationship: target, target: target.targetSource(), name: null }, condition)
  const relationship = relationshipBehind(target)
  if (relationship) {
    const source = sourceOf(target, 'A join')
    return byRelationship(form, { relationship, target: source, name: correlationName(source) }, condition)
  }
  if (target === undefined)
    throw new ArgumentError('The target of a join is undefined.', {
      hint: 'A circular import may not be evaluated yet.',
    })
  return [join(form, sourceOf(target, 'A join'), condition[0] ?? null)]
}
