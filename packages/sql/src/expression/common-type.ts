// The one type of values that stand in one place: the branches of a CASE, the sides of a UNION, coalesce and its family, arithmetic.
// The server chooses the SQL type; what is chosen here is how its text is read, so that the value is what the types say.
import { SqlType, unknownType } from '../type/sql-type.ts'
import { types } from '../type/types.ts'

/** An int8 that is held as a number: what the server counts and adds up. Never rounded. */
export const wideType: SqlType<number> = new SqlType({ name: 'bigint', isNullable: false, representation: 'number' })
export const doubleType: SqlType<number> = types.double()
export const exactType: SqlType<unknown> = types.numeric()
/** A decimal that is held as a number. */
export const numberType: SqlType<number> = types.numeric().asNumber()
const textType = types.text()

const integrals: readonly string[] = ['smallint', 'integer', 'bigint']
const texts: readonly string[] = ['text', 'varchar', 'char']

export function isIntegral(type: SqlType<unknown>): boolean {
  return integrals.includes(type.spec.name) && !type.spec.codec
}

type Held = 'number' | 'bigint' | 'exact'

/** How JavaScript holds a number of this type; null where it is none. */
function heldAs({ spec }: SqlType<unknown>): Held | null {
  if (spec.codec) return null
  if (spec.name === 'numeric') return spec.representation === 'number' ? 'number' : 'exact'
  if (spec.name === 'bigint') return spec.representation === 'number' ? 'number' : 'bigint'
  return ['smallint', 'integer', 'real', 'double'].includes(spec.name) ? 'number' : null
}

/** Exact text where either side is exact; else the left side says whether a number or a bigint is meant. */
function commonNumber(left: SqlType<unknown>, right: SqlType<unknown>): SqlType<unknown> | null {
  const [a, b] = [heldAs(left), heldAs(right)]
  if (!a || !b) return null
  if (a === 'exact' || b === 'exact') return exactType
  if (a === 'bigint') return left
  if (isIntegral(left) && isIntegral(right)) {
    if (right.spec.name === 'bigint') return wideType
    return integrals.indexOf(left.spec.name) < integrals.indexOf(right.spec.name) ? right : left
  }
  const isFloating = ['real', 'double'].some((name) => name === left.spec.name || name === right.spec.name)
  return isFloating ? doubleType : numberType
}

/** Are their values read and written alike? */
function isAlike({ spec: a }: SqlType<unknown>, { spec: b }: SqlType<unknown>): boolean {
  return (
    a.name === b.name &&
    a.name !== 'array' &&
    a.typeName === b.typeName &&
    a.representation === b.representation &&
    (a.codec === undefined) === (b.codec === undefined)
  )
}

/** The type of values of either type. Unknown where only the server can tell. */
export function commonType(left: SqlType<unknown>, right: SqlType<unknown>): SqlType<unknown> {
  if (left === right || right.spec.name === 'unknown') return left
  if (left.spec.name === 'unknown') return right
  const number = commonNumber(left, right)
  if (number) return left.spec.name === number.spec.name && isAlike(left, number) ? left : number
  if (texts.includes(left.spec.name) && texts.includes(right.spec.name))
    return left.spec.name === right.spec.name ? left : textType
  if (isAlike(left, right)) return left
  const [a, b] = [left.spec.element, right.spec.element]
  if (!a || !b) return unknownType
  const element = commonType(a, b)
  return element === a ? left : element.spec.name === 'unknown' ? unknownType : element.array()
}

/** Does the value go into a number type as it is? A fraction and a large number do not go into an integer. */
function fits(value: number, type: SqlType<unknown>): boolean {
  if (!isIntegral(type) || heldAs(type) !== 'number') return true
  if (!Number.isInteger(value)) return false
  const bits = type.spec.name === 'smallint' ? 15 : type.spec.name === 'integer' ? 31 : 63
  return value >= -(2 ** bits) && value < 2 ** bits
}

/** The type of a plain value beside an expression: the expression's own, unless the value does not fit. */
export function typeBeside(value: unknown, type: SqlType<unknown>): SqlType<unknown> {
  if (typeof value !== 'number' || fits(value, type)) return type
  return Number.isInteger(value) ? wideType : doubleType
}
