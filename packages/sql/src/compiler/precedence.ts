// How tightly each operator binds, so that parentheses stand where they are needed and nowhere else.
import type { ArithmeticOperator, BinaryOperator, ComparisonOperator } from '../ast/expression-node.ts'
import type { ExpressionNode } from '../ast/node.ts'

export const precedence = Object.freeze({
  or: 1,
  and: 2,
  not: 3,
  is: 4,
  comparison: 5,
  range: 6,
  other: 7,
  sum: 8,
  product: 9,
  negative: 11,
  cast: 13,
  primary: 20,
})

const binary: { readonly [O in ComparisonOperator | ArithmeticOperator | BinaryOperator]: number } = {
  '=': precedence.comparison,
  '<>': precedence.comparison,
  '<': precedence.comparison,
  '<=': precedence.comparison,
  '>': precedence.comparison,
  '>=': precedence.comparison,
  'is distinct from': precedence.is,
  'is not distinct from': precedence.is,
  '+': precedence.sum,
  '-': precedence.sum,
  '*': precedence.product,
  '/': precedence.product,
  '%': precedence.product,
  '||': precedence.other,
  '@>': precedence.other,
  '<@': precedence.other,
  '&&': precedence.other,
}

export function precedenceOf(node: ExpressionNode): number {
  switch (node.kind) {
    case 'logical': {
      const [first, ...others] = node.operands
      if (!first) return precedence.primary
      return others.length === 0 ? precedenceOf(first) : precedence[node.operator]
    }
    case 'labelled':
      return precedenceOf(node.operand)
    case 'unary':
      return node.operator === 'not' ? precedence.not : precedence.negative
    case 'nullTest':
      return precedence.is
    case 'between':
    case 'like':
      return precedence.range
    case 'membership':
      // `a = any ($1)` in one dialect is `a in (…)` in another: the lower of the two holds for both.
      return precedence.comparison
    case 'binary':
      return binary[node.operator]
    case 'cast':
      return precedence.cast
    case 'fragment':
      // Its text is the user's: only parentheses keep it whole.
      return 0
    case 'ordering':
      return 0
    default:
      return precedence.primary
  }
}
