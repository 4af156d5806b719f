// What RETURNING brings, and which row of the source each belongs to: RETURNING promises no order. Items of ours stand behind the user's own.
import { type ExpressionNode, InvalidRequestError, type NodeOf, type Selected, type Selection } from '@oriel/sql'
import type { Place } from '../state/row-format.ts'
import { positionIn } from '../unit-of-work/row-statement.ts'
import { type RowGroup, rowsOf } from './batch.ts'
import type { BulkPlan, Target } from './bulk-plan.ts'
import type { ColumnSet } from './column-set.ts'
import { isSelfReferential } from './grouping.ts'
import { added } from './outcome.ts'
import { RowKeys, unread } from './row-key.ts'
import { insertedCondition, textOfColumn } from './statement.ts'
import type { LoadParts } from './transport.ts'

/** A row as the user asked for it, and the number of the row in the source. */
export interface ReturnedRow {
  readonly number: number
  readonly row: unknown
}

/**
 * How rows are known again: by their position, which an UPDATE gives back; by numbers that are given out in order; by their key; or not at
 * all, so that each is sent alone.
 */
type By = 'position' | 'sequence' | 'key' | 'row'

/** Rows that are sent together. */
export interface Piece {
  readonly group: RowGroup
  readonly by: By
  /** The keys of the rows, where they are known again by them. */
  readonly keys: readonly Key[]
}

/** As RowKeys gives it. */
type Key = string | null | typeof unread

export interface ReturnedRows {
  readonly rows: readonly ReturnedRow[]
  /** Null where it cannot be told. */
  readonly inserted: number | null
}

function item(expression: ExpressionNode): Selected {
  return { kind: 'value', expression, label: null }
}

/** Reads what comes back for one set of columns. */
export class Returned {
  readonly #asked: Selection
  readonly #kind: BulkPlan['kind']
  readonly #into: Target
  readonly #set: ColumnSet
  readonly #keys: RowKeys
  readonly #inserted: ExpressionNode | null
  /** What is given out in order. */
  readonly #made: Place | null
  /** Is a row without a key new, with a number that is given out in order? */
  readonly #isNew: boolean
  /** Is the key of a row that was there left as it is? */
  readonly #keepsKey: boolean

  constructor(
    asked: Selection,
    { plan, format, keys, dialect }: LoadParts,
    { set, into, assigned }: { set: ColumnSet; into: Target; assigned: ReadonlySet<string> },
  ) {
    this.#asked = asked
    this.#kind = plan.kind
    this.#into = into
    this.#set = set
    this.#keys = plan.kind === 'insert' ? new RowKeys(format.keys) : keys
    this.#inserted = plan.kind === 'upsert' ? insertedCondition(dialect, into.table) : null
    const made = format.keys.find((place) => place.column.generated === 'identity' && !set.places.includes(place))
    this.#made = made && dialect.supports.orderedSequence ? made : null
    // Nothing is like a key with NULL: such a row is new, and so is one whose key is given out. A default may be a key that is there.
    this.#isNew =
      this.#made !== null &&
      this.#keyPlaces.length > 0 &&
      this.#keyPlaces.every((place) => place === made || set.places.includes(place) || !place.property.isFilled)
    this.#keepsKey = !this.#keyPlaces.some(({ column }) => assigned.has(column.name))
  }

  get #keyPlaces(): readonly Place[] {
    return this.#keys.places ?? []
  }

  /** The user's items, and ours. */
  selection(source: NodeOf<'functionSource'>): Selection {
    const asked = this.#asked.items.map((each) => ({ ...each, label: null }))
    if (this.#kind === 'update') return { form: 'tuple', items: [...asked, item(positionIn(source))] }
    const texts = [...this.#keyPlaces, ...(this.#made ? [this.#made] : [])]
    const own = texts.map(({ column }) => textOfColumn(this.#into, column))
    return { form: 'tuple', items: [...asked, ...[...(this.#inserted ? [this.#inserted] : []), ...own].map(item)] }
  }

  /** The rows as they have to be sent so that they are known again. */
  pieces(group: RowGroup): readonly Piece[] {
    if (this.#kind === 'update') return [{ group, by: 'position', keys: [] }]
    if (this.#kind === 'insert' && this.#made) return [{ group, by: 'sequence', keys: [] }]
    const keys = group.numbers.map((_, at) => this.#keyAt(group, at))
    const ways = keys.map((key) => this.#wayOf(key))
    if (ways.every((by) => by === 'key')) return [{ group, by: 'key', keys }]
    const isOrdered = isSelfReferential(this.#into.table)
    const pieces: { readonly by: By; readonly positions: number[] }[] = []
    ways.forEach((by, at) => {
      const last = isOrdered ? pieces.at(-1) : pieces.find((piece) => piece.by === by)
      if (last?.by === by && by !== 'row') last.positions.push(at)
      else pieces.push({ by, positions: [at] })
    })
    return pieces.map(({ by, positions }) => ({
      by,
      group: rowsOf(group, positions),
      keys: positions.map((at) => keys[at] ?? null),
    }))
  }

  read(answers: readonly unknown[], piece: Piece): ReturnedRows {
    const rows = answers.map((answer): readonly unknown[] => (Array.isArray(answer) ? answer : []))
    const width = this.#asked.items.length
    const numbers = this.#numbersOf(rows, width + (this.#inserted ? 1 : 0), piece)
    return {
      rows: rows.map((row, i) => ({ number: numbers[i] ?? 0, row: this.#shaped(row, width) })),
      inserted: this.#inserted ? insertedAmong(rows.map((row) => row[width])) : null,
    }
  }

  #wayOf(key: Key): By {
    if (key === null) return this.#isNew ? 'sequence' : 'row'
    return key === unread || !this.#keepsKey ? 'row' : 'key'
  }

  #keyAt({ texts }: RowGroup, row: number): Key {
    const key = this.#keys.textsOf(this.#set, (at) => texts[at]?.[row])
    return key && this.#keys.ofTexts(key)
  }

  #shaped(row: readonly unknown[], width: number): unknown {
    const { form, items } = this.#asked
    if (form === 'tuple') return row.slice(0, width)
    return Object.fromEntries(items.map(({ label }, i) => [label ?? String(i), row[i]]))
  }

  #numbersOf(rows: readonly (readonly unknown[])[], start: number, { group, by, keys }: Piece): readonly number[] {
    const { numbers } = group
    const [only = 0, ...more] = numbers
    if (more.length === 0) return rows.map(() => only)
    if (by === 'position') return rows.map((row) => numbers[Number(row[start]) - 1] ?? 0)
    if (by === 'sequence')
      return ranked(rows.map((row) => BigInt(String(row[start + this.#keyPlaces.length])))).map(
        (rank) => numbers[rank] ?? 0,
      )
    const known = new Map(numbers.map((number, at) => [keys[at], number]))
    return rows.map((row) => {
      const key = this.#keys.ofTexts(row.slice(start, start + this.#keyPlaces.length))
      const number = key === null || key === unread ? undefined : known.get(key)
      if (number !== undefined) return number
      throw new InvalidRequestError(
        `The server changed the key of a row (${this.#keys.label}), so that what came back cannot be put in the order of the rows.`,
        { hint: 'Leave out returning(), or write row by row: .batchSize(1).' },
      )
    })
  }
}

/** Null where the server did not tell it of every row. */
function insertedAmong(answers: readonly unknown[]): number | null {
  return answers.reduce<number | null>((sum, isNew) => added(sum, typeof isNew === 'boolean' ? Number(isNew) : null), 0)
}

/** Which place each number has among all. */
function ranked(numbers: readonly bigint[]): readonly number[] {
  const order = numbers.map((number, i) => ({ number, i }))
  order.sort((a, b) => (a.number < b.number ? -1 : 1))
  const ranks: number[] = []
  order.forEach(({ i }, rank) => {
    ranks[i] = rank
  })
  return ranks
}
