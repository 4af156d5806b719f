// What RETURNING brings, and which row of the source each belongs to: RETURNING promises no order. Items of ours stand behind the user's own.
import type { Dialect, ExpressionNode, Selected, Selection } from '@oriel/sql'
import type { Place, RowFormat } from '../state/row-format.ts'
import { comparable, isComparable } from '../unit-of-work/pairing.ts'
import type { RowGroup } from './batch.ts'
import type { BulkPlan, Target } from './bulk-plan.ts'
import type { ColumnSet } from './column-set.ts'
import type { RowKeys } from './row-key.ts'
import { insertedCondition, textOfColumn } from './statement.ts'

/** A row as the user asked for it, and the number of the row in the source. */
export interface ReturnedRow {
  readonly number: number
  readonly row: unknown
}

/** How rows are known again: by keys that are given out in order, by keys that are ours, or by their order alone. */
type Pairing =
  | { readonly by: 'sequence'; readonly made: Place }
  | { readonly by: 'key'; readonly places: readonly Place[] }
  | { readonly by: 'order' }

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
  readonly selection: Selection
  readonly #asked: Selection
  readonly #pairing: Pairing
  readonly #set: ColumnSet
  readonly #tellsInserted: boolean

  constructor(
    asked: Selection,
    { plan, format, keys }: { plan: BulkPlan; format: RowFormat; keys: RowKeys },
    { set, into, dialect }: { set: ColumnSet; into: Target; dialect: Dialect },
  ) {
    this.#asked = asked
    this.#set = set
    this.#pairing = pairingOf(plan, { format, keys, set, dialect })
    const condition = plan.kind === 'upsert' ? insertedCondition(dialect) : null
    this.#tellsInserted = condition !== null
    const places =
      this.#pairing.by === 'order' ? [] : this.#pairing.by === 'key' ? this.#pairing.places : [this.#pairing.made]
    const own = [...(condition ? [condition] : []), ...places.map(({ column }) => textOfColumn(into, column))]
    this.selection = {
      form: 'tuple',
      items: [...asked.items.map((each) => ({ ...each, label: null })), ...own.map(item)],
    }
  }

  read(answers: readonly unknown[], group: RowGroup): ReturnedRows {
    const rows = answers.map((answer) => (Array.isArray(answer) ? answer : []))
    const width = this.#asked.items.length
    const numbers = this.#numbersOf(rows, width + (this.#tellsInserted ? 1 : 0), group)
    return {
      rows: rows.map((row, i) => ({ number: numbers[i] ?? Number.MAX_SAFE_INTEGER, row: this.#shaped(row, width) })),
      inserted: this.#tellsInserted ? rows.filter((row) => row[width] === true).length : null,
    }
  }

  #shaped(row: readonly unknown[], width: number): unknown {
    const { form, items } = this.#asked
    if (form === 'tuple') return row.slice(0, width)
    return Object.fromEntries(items.map(({ label }, i) => [label ?? String(i), row[i]]))
  }

  #numbersOf(rows: readonly (readonly unknown[])[], start: number, { numbers, texts }: RowGroup): readonly number[] {
    const pairing = this.#pairing
    if (pairing.by === 'order') return rows.length === numbers.length ? numbers : []
    if (pairing.by === 'sequence') {
      if (rows.length !== numbers.length) return []
      const order = rows.map((row, i) => ({ key: BigInt(String(row[start])), i }))
      order.sort((a, b) => (a.key < b.key ? -1 : 1))
      const found: number[] = []
      order.forEach(({ i }, rank) => {
        found[i] = numbers[rank] ?? 0
      })
      return found
    }
    const { places } = pairing
    const columns = places.map((place) => texts[this.#set.places.indexOf(place)] ?? [])
    const byKey = new Map(numbers.map((number, at) => [keyOf(places, (i) => columns[i]?.[at]), number]))
    return rows.map((row) => {
      const key = keyOf(places, (i) => textIn(row[start + i]))
      return byKey.get(key) ?? Number.MAX_SAFE_INTEGER
    })
  }
}

function textIn(value: unknown): string | null {
  return typeof value === 'string' ? value : null
}

function keyOf(places: readonly Place[], textAt: (i: number) => string | null | undefined): string {
  return places.map((place, i) => comparable(textAt(i), place)).join('\u0000')
}

function pairingOf(
  plan: BulkPlan,
  { format, keys, set, dialect }: { format: RowFormat; keys: RowKeys; set: ColumnSet; dialect: Dialect },
): Pairing {
  const isGiven = (place: Place): boolean => set.places.includes(place)
  if (plan.kind !== 'insert') {
    const { places } = keys
    return places && keys.areComparable && places.every(isGiven) ? { by: 'key', places } : { by: 'order' }
  }
  const made = format.keys.find((place) => !isGiven(place))
  if (made?.column.generated === 'identity' && dialect.supports.orderedSequence) return { by: 'sequence', made }
  return made || !format.keys.every(isComparable) ? { by: 'order' } : { by: 'key', places: format.keys }
}
