// Rows as a table of plain text: no colours, so that it can be piped into a file.
import Table from 'cli-table3'

export type Cell = string | number | null

/** Columns by heading, each with what stands in it. Numbers are aligned to the right. */
export type Columns<R> = Readonly<Record<string, (row: R) => Cell>>

/** The table of the rows, or a line that says that there are none. */
export function table<R>(rows: readonly R[], columns: Columns<R>): string {
  if (rows.length === 0) return '(no rows)'
  const heads = Object.keys(columns)
  const cells = rows.map((row) => Object.values(columns).map((cellOf) => cellOf(row)))
  const formats = heads.map((_, i) => formatOf(cells.map((row) => row[i] ?? null)))
  const drawn = new Table({
    head: heads,
    colAligns: formats.map((format) => (format ? 'right' : 'left')),
    style: { head: [], border: [], compact: true },
  })
  drawn.push(...cells.map((row) => row.map((cell, i) => written(cell, formats[i]))))
  return drawn.toString()
}

const whole = new Intl.NumberFormat('en-US')
const fraction = new Intl.NumberFormat('en-US', { minimumFractionDigits: 1, maximumFractionDigits: 1 })

/** One format for all numbers of a column; none where it holds no numbers. */
function formatOf(cells: readonly Cell[]): Intl.NumberFormat | null {
  const numbers = cells.filter((cell) => typeof cell === 'number')
  if (numbers.length === 0) return null
  return numbers.every(Number.isInteger) ? whole : fraction
}

/** A cell as people read it: `1,103`, `12.1`, or a dash for nothing. */
export function written(cell: Cell, format: Intl.NumberFormat | null = formatOf([cell])): string {
  if (cell === null) return '–'
  return typeof cell === 'number' && format ? format.format(cell) : `${cell}`
}
