// Reads a printed table back, for comparison with rows from elsewhere.

/** The rows of a printed table as texts, without the column of bars. */
export function printedRows(text: string): string[][] {
  const [head = [], ...rows] = text
    .split('\n')
    .filter((line) => line.startsWith('│'))
    .map((line) =>
      line
        .split('│')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    )
  return rows.map((row) => row.filter((_, i) => head[i] !== ''))
}

/** Does a printed cell show the value? Numbers are printed with commas, and rounded to one digit. */
export function isShown(cell: string | undefined, value: unknown): boolean {
  if (typeof value !== 'number') return cell === (value === null ? '–' : String(value))
  const number = Number(cell?.replaceAll(',', ''))
  return Number.isInteger(value) ? number === value : Math.abs(number - value) <= 0.05 + 1e-9
}
