// An expression in a few words, for messages.
import type { ExpressionNode } from '../ast/node.ts'

export function describe(node: ExpressionNode): string {
  switch (node.kind) {
    case 'column':
      return node.subject
    case 'window':
      return `${describe(node.call)} OVER (…)`
    case 'windowCall':
    case 'aggregate':
    case 'call':
      return `${node.name}(${node.args.map(describe).join(', ')})`
    case 'labelled':
      return `${describe(node.operand)} AS ${node.label}`
    case 'parameter':
      return 'a value'
    case 'binary':
      return `${describe(node.left)} ${node.operator} ${describe(node.right)}`
    case 'fragment':
      return `sql\`${node.strings.join('…')}\``
    case 'keyword':
      return node.word
    default:
      return 'an expression'
  }
}
