// What clauses take: expressions, or callbacks that are given the attributes of the selected entity.
import type { ExpressionNode } from '../ast/node.ts'
import type { Selection } from '../ast/statement-node.ts'
import { ArgumentError } from '../error/oriel-error.ts'
import { conditionNodeOf, refuseUndefined } from '../expression/operand.ts'
import { attributesOf } from '../source/attributes.ts'
import type { Attributes } from '../source/entity.ts'

/** A clause's item, or a callback on the root entity. A union in one signature: overloads would lose the useful error. */
export type Given<T, E> =
  | T
  | ((root: [E] extends [never] ? 'no entity is selected here: use entity()' : Attributes<E>) => T)

/** The attributes of the one entity of a select list. */
export function rootAttributes(selection: Selection): Attributes<unknown> {
  const entities = selection.items.flatMap((item) => (item.kind === 'entity' ? [item] : []))
  const [root, ...others] = entities
  if (!root)
    throw new ArgumentError('A callback is given the selected entity, and none is selected here.', {
      hint: 'Use entity(Class) outside.',
    })
  if (others.length > 0)
    throw new ArgumentError(`A callback is given the selected entity, and ${entities.length} are selected here.`, {
      hint: 'Use entity(Class) outside.',
    })
  return attributesOf(root.element, root.source)
}

/** The conditions of a clause, callbacks resolved. */
export function conditionNodes(conditions: readonly unknown[], where: string, root: () => unknown): ExpressionNode[] {
  return conditions.map((condition, i) => {
    const given: unknown = typeof condition === 'function' ? Reflect.apply(condition, undefined, [root()]) : condition
    refuseUndefined(given, `Condition ${i + 1} of ${where}`)
    const node = conditionNodeOf(given, where)
    const { name } = node.type.spec
    if (name !== 'boolean' && name !== 'unknown')
      throw new ArgumentError(`${where} takes conditions, got an expression of type ${name}.`, {
        hint: 'Compare it: .eq(…), .isNotNull(), ….',
      })
    return node
  })
}
