// Which rows have one key, asked of the server: it alone can compare the values of types of its own, and of texts in spellings of its own.
import { type Dialect, Expression, type ExpressionNode, func, types } from '@oriel/sql'
import type { Place, RowFormat } from '../state/row-format.ts'
import { fromRows, parameter, positionIn, selectOf } from '../unit-of-work/row-statement.ts'
import type { BulkPlan } from './bulk-plan.ts'
import { BulkStatement } from './statement.ts'
import type { Send } from './transport.ts'

/** Keys that may be equal, each with its row's number, in the order of the rows. */
export interface NumberedKeys {
  readonly numbers: readonly number[]
  /** The texts of the key of each row. */
  readonly keys: readonly (readonly string[])[]
}

const boolean = types.boolean()

function questionFor(places: readonly Place[], { mapper }: RowFormat, dialect: Dialect): BulkStatement {
  const columns = places.map(({ column }) => column)
  const rows = { table: mapper.table, withOrdinality: true }
  return new BulkStatement(columns, dialect, {
    ...rows,
    write: (source) => {
      const several: ExpressionNode = Object.freeze({
        kind: 'binary',
        operator: '>',
        left: func.count().node,
        right: parameter(1, types.integer(), 'one row'),
        type: boolean,
      })
      const positions = func.arrayAgg(new Expression<bigint>(positionIn(source))).node
      const groupBy = columns.map((column) => fromRows(source, column))
      return Object.freeze({ ...selectOf([positions], [source], []), groupBy, having: [several] })
    },
  })
}

export class KeyQuestion {
  readonly #places: readonly Place[]
  readonly #statement: BulkStatement

  constructor(places: readonly Place[], { format, dialect }: { format: RowFormat; dialect: Dialect }) {
    this.#places = places
    this.#statement = questionFor(places, format, dialect)
  }

  /** The numbers of the rows that share a key, group by group, each in order. Rows whose key is their own are in none. */
  async ask({ numbers, keys }: NumberedKeys, send: Send): Promise<readonly (readonly number[])[]> {
    const arrays = this.#places.map((_, part) =>
      this.#statement.encode(
        part,
        keys.map((texts) => texts[part] ?? null),
      ),
    )
    const groups: unknown[] = (await send(this.#statement.bind(arrays))).all()
    return groups.map((row) => {
      const [positions]: unknown[] = Array.isArray(row) ? row : []
      const found = Array.isArray(positions) ? positions.map((position) => numbers[Number(position) - 1] ?? 0) : []
      return found.sort((a, b) => a - b)
    })
  }
}

/** The numbers of the rows that give way. With `error`, the first row of all that repeats a key is handed to `refuse`. */
export function givingWay(
  groups: readonly (readonly number[])[],
  keep: BulkPlan['duplicates']['keep'],
  refuse: (number: number, earlier: number) => never,
): number[] {
  if (keep === 'error') {
    const pairs = groups.map(([earlier = 0, later = 0]) => ({ earlier, later })).sort((a, b) => a.later - b.later)
    const [pair] = pairs
    if (pair) refuse(pair.later, pair.earlier)
  }
  return groups.flatMap((group) => (keep === 'last' ? group.slice(0, -1) : group.slice(1)))
}
