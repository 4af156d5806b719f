// A bar of a chart, in eighths of a character.
const width = 24
const eighths = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉']

/** A bar whose length is to the full width as the value is to the largest. Nothing for zero and below. */
export function bar(value: number | null, largest: number): string {
  if (value === null || value <= 0 || largest <= 0) return ''
  const steps = Math.round((Math.min(value, largest) / largest) * width * 8)
  return '█'.repeat(Math.floor(steps / 8)) + (eighths[steps % 8] ?? '')
}

/** The largest of the values that the rows have; 0 where there are none. */
export function largestOf<R>(rows: readonly R[], measure: (row: R) => number | null): number {
  return rows.reduce((largest, row) => Math.max(largest, measure(row) ?? 0), 0)
}
