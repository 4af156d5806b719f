// Finds classes with private fields: an object that no constructor made has none of them.

import type { Warning } from '@oriel/sql'
import type { AnyClass } from '../draft/draft.ts'

const comment = /\/\*[\s\S]*?\*\/|\/\/[^\n]*/g
const quoted = /'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\.)*`/g
/** `#name`, and what compilers for older targets write in its place. */
const privateMember = /#[\p{ID_Start}$_]|__privateAdd\(|__classPrivateField|_class_private_(?:field|method)/u

function hasPrivateMember(entityClass: object): boolean {
  const source = Function.prototype.toString.call(entityClass).replace(quoted, "''").replace(comment, '')
  return privateMember.test(source)
}

/** The warning for a class, or a base of it, whose source shows a private member that loading would leave out. */
export function privateFieldWarning(entityClass: AnyClass): Warning | null {
  for (
    let next: unknown = entityClass;
    typeof next === 'function' && next !== Function.prototype;
    next = Object.getPrototypeOf(next)
  )
    if (hasPrivateMember(next))
      return Object.freeze({
        code: 'mapping',
        message: `${entityClass.name} has private members (#name), which loaded objects lack, since loading runs no constructor. Write @Entity({ construct: true }), or use a field without #.`,
      })
  return null
}
