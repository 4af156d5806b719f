// `echo`: each statement as one line of text, with its duration. Values only where they were asked for.
import type { StatementEndEvent, StatementErrorEvent } from './events.ts'

/** true prints placeholders, 'params' prints values too, a function takes the lines. */
export type Echo = boolean | 'params' | ((line: string) => void)

const longestValue = 200
const mostValues = 50

/** One line for a statement that ended. */
export function echoLine(event: StatementEndEvent | StatementErrorEvent, withParams: boolean): string {
  const outcome = 'error' in event ? 'failed' : `${event.rowCount} row${event.rowCount === 1 ? '' : 's'}`
  const values = withParams && event.params.length > 0 ? ` -- [${shownValues(event.params)}]` : ''
  return `${event.text}${values} (${event.durationMs.toFixed(1)} ms, ${outcome})`
}

function shownValues(params: readonly unknown[]): string {
  const shown = params.slice(0, mostValues).map(shownValue)
  if (params.length > mostValues) shown.push(`… ${params.length - mostValues} more`)
  return shown.join(', ')
}

function shownValue(value: unknown): string {
  const text = typeof value === 'bigint' ? `${value}n` : (JSON.stringify(value, bigintAsText) ?? String(value))
  return text.length > longestValue ? `${text.slice(0, longestValue)}…` : text
}

function bigintAsText(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? `${value}` : value
}
