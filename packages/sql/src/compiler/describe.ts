// An expression in a few words, for messages.
import type { ExpressionNode } from '../ast/node.ts'

/** The expression as a user would say it; what lies deeper than a few levels is left out. */
export function describe(node: ExpressionNode, levels = 4): string {
  if (levels === 0) return '…'
  const inner = (child: ExpressionNode) => describe(child, levels - 1)
  switch (node.kind) {
    case 'column':
      return node.subject
    case 'window':
      return `${inner(node.call)} OVER (…)`
    case 'windowCall':
    case 'aggregate':
    case 'call':
      return `${node.name}(${node.args.map(inner).join(', ')})`
    case 'labelled':
      return `${inner(node.operand)} AS ${node.label}`
    case 'parameter':
      return 'a value'
    case 'binary':
      return `${inner(node.left)} ${node.operator} ${inner(node.right)}`
    case 'fragment':
      return `sql\`${node.strings.join('…')}\``
    case 'keyword':
      return node.word
    default:
      return 'an expression'
  }
}
