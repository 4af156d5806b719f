// Rows as a table of plain text: no colours, so that it can be piped into a file.
import Table from 'cli-table3'

export type Cell = string | number | null

/** Columns by heading, each with what stands in it. Numbers are aligned to the right. */
export type Columns<R> = Readonly<Record<string, (row: R) => Cell>>

/** The table of the rows, or a line that says that there are none. */
export function table<R>(rows: readonly R[], columns: Columns<R>): string {
  if (rows.length === 0) return '(no rows)'
  const cells = rows.map((row) => Object.values(columns).map((valueOf) => valueOf(row)))
  const drawn = new Table({
    head: Object.keys(columns),
    colAligns: Object.keys(columns).map((_, i) => (cells.some((row) => typeof row[i] === 'number') ? 'right' : 'left')),
    style: { head: [], border: [], compact: true },
  })
  drawn.push(...cells.map((row) => row.map(written)))
  return drawn.toString()
}

const whole = new Intl.NumberFormat('en-US')
const fraction = new Intl.NumberFormat('en-US', { minimumFractionDigits: 1, maximumFractionDigits: 1 })

/** A number as people read it: `1,103` or `12.1`. */
export function written(cell: Cell): string {
  if (cell === null) return '–'
  if (typeof cell === 'string') return cell
  return Number.isInteger(cell) ? whole.format(cell) : fraction.format(cell)
}
