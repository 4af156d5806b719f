// `synchronizeSession: 'evaluate'`: which objects an UPDATE or DELETE meets, worked out from their rows. Only conditions that mean the
// same here as on the server: equality, order of numbers, lists, NULL, and, or, not.
import { type ExpressionNode, InvalidRequestError, type NodeOf } from '@oriel/sql'
import { markExpired } from '../mapped/expired.ts'
import type { Mapper, RelationshipProperty } from '../registry/mapper.ts'
import type { InstanceState } from '../state/instance-state.ts'
import type { Place, RowFormat } from '../state/row-format.ts'
import { setLoaded } from '../state/set-loaded.ts'
import { withoutBlanks } from '../state/text-form.ts'
import { followMoves } from './collection-moves.ts'
import { areAlike, areEqualTexts, orderOf } from './compare-texts.ts'
import { expireObject } from './expire.ts'
import { forgetHolders, referenceMoved } from './moved-reference.ts'
import { removeRows } from './remove-rows.ts'
import type { SessionState } from './session-state.ts'

export type Change = NodeOf<'update'> | NodeOf<'delete'>

/** A text as the server writes it, with the type that it is of; null for NULL. */
interface Value {
  readonly text: string | null
  readonly place: Place
}

/** True, false, or null where SQL does not know. */
type Truth = boolean | null

function refuse(what: string): InvalidRequestError {
  return new InvalidRequestError(`synchronizeSession: 'evaluate' cannot work out ${what}.`, {
    hint: "Use 'fetch', which asks the server, or false.",
  })
}

export class Evaluation {
  readonly #session: SessionState
  readonly #change: Change
  readonly #format: RowFormat
  readonly #met: readonly InstanceState[]

  constructor(session: SessionState, { node, mapper }: { node: Change; mapper: Mapper }) {
    this.#session = session
    this.#change = node
    this.#format = session.format(mapper)
    if (node.kind === 'update' ? node.from.length > 0 : node.using.length > 0)
      throw refuse('a statement over several tables')
    const { criterion } = mapper.element
    const conditions = criterion && !node.ignoresCriteria ? [...node.where, criterion(node.table)] : node.where
    this.#met = [...session.identityMap.of(mapper).values()].filter((state) =>
      conditions.every((condition) => this.#truth(condition, state) === true),
    )
  }

  /** Makes the objects say what the statement did. */
  apply(): void {
    const node = this.#change
    if (node.kind === 'delete') removeRows(this.#met, this.#session)
    else for (const state of this.#met) this.#assign(node, state)
    followMoves(this.#session)
  }

  #assign(node: NodeOf<'update'>, state: InstanceState): void {
    this.#session.journal?.keep(state)
    const before = state.lastRow
    const row = state.row.slice()
    state.row = row
    const expired: string[] = []
    const moved = new Set<RelationshipProperty>()
    for (const { column, value } of node.assignments) {
      const place = this.#format.places.find((each) => each.column.name === column)
      if (!place) continue
      const text = this.#assigned(value, place)
      if (text === undefined) {
        expired.push(place.name)
        for (const reference of place.references) forgetHolders(state, { reference, before }, this.#session)
      } else {
        if (text !== before[place.index]) for (const reference of place.references) moved.add(reference)
        row[place.index] = text
        setLoaded(state.object, place.name, text === null ? null : place.codec.decode(text))
      }
      for (const { name } of place.references) expired.push(name)
    }
    for (const reference of moved) referenceMoved(state, { reference, before }, this.#session)
    if (expired.length > 0) {
      expireObject(state, this.#format, expired)
      markExpired(state.object, 'an UPDATE', expired)
    }
  }

  /** What a column is set to; undefined where only the server can tell. */
  #assigned(value: ExpressionNode, place: Place): string | null | undefined {
    if (value.kind === 'keyword' && value.word === 'null') return null
    return value.kind === 'parameter' ? this.#textOf(value.value, place) : undefined
  }

  #truth(node: ExpressionNode, state: InstanceState): Truth {
    switch (node.kind) {
      case 'logical': {
        const truths = node.operands.map((operand) => this.#truth(operand, state))
        const decisive = node.operator === 'or'
        if (truths.includes(decisive)) return decisive
        return truths.includes(null) ? null : !decisive
      }
      case 'unary': {
        const truth = node.operator === 'not' ? this.#truth(node.operand, state) : null
        if (node.operator !== 'not') throw refuse(`'${node.operator}'`)
        return truth === null ? null : !truth
      }
      case 'nullTest':
        return (this.#column(node.operand, state).text === null) !== node.isNegated
      case 'binary': {
        const left = this.#column(node.left, state)
        const right = this.#operand(node.right, state, left.place)
        return compare(left, right, node.operator)
      }
      case 'membership': {
        const { values } = node
        if (values.kind !== 'parameter' || !Array.isArray(values.value)) throw refuse('a subquery')
        const left = this.#column(node.operand, state)
        if (left.text === null) return null
        const list: readonly unknown[] = values.value
        const isIn = list.some((value) => compare(left, this.#textOf(value, left.place), '=') === true)
        return isIn !== node.isNegated
      }
      default:
        throw refuse(`an expression of the kind '${node.kind}'`)
    }
  }

  #column(node: ExpressionNode, state: InstanceState): Value {
    const place = node.kind === 'column' && node.column ? this.#format.byColumn.get(node.column) : undefined
    if (!place) throw refuse('anything but columns of the entity itself')
    const text = state.row[place.index]
    if (text === undefined) throw refuse(`${place.column.label}, which is not loaded`)
    return { text, place }
  }

  #operand(node: ExpressionNode, state: InstanceState, place: Place): string | null {
    if (node.kind === 'parameter') return this.#textOf(node.value, place)
    const other = this.#column(node, state)
    if (!areAlike(place.column, other.place.column)) throw refuse('columns of different types')
    // Their blanks count for nothing.
    return place.column.type.spec.name === 'char' && other.text !== null ? withoutBlanks(other.text) : other.text
  }

  #textOf(value: unknown, { codec, column }: Place): string | null {
    return value === null ? null : codec.encode(value, column.label)
  }
}

function compare({ text, place }: Value, other: string | null, operator: string): Truth {
  if (text === null || other === null) return null
  const compared = { left: text, right: other, place }
  const what = `'${operator}' of ${place.column.type.spec.name}`
  if (operator === '=' || operator === '<>') {
    const areEqual = areEqualTexts(compared)
    if (areEqual === null) throw refuse(what)
    return areEqual === (operator === '=')
  }
  const order = orderOf(compared)
  if (order === null) throw refuse(what)
  switch (operator) {
    case '<':
      return order < 0
    case '<=':
      return order <= 0
    case '>':
      return order > 0
    case '>=':
      return order >= 0
    default:
      throw refuse(`'${operator}'`)
  }
}
