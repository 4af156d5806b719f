// A statement as the terminal shows it: its SQL, wrapped, and its values.
import type { Statement } from '../report/report.ts'

const width = 110
const mostItems = 5

/** The SQL of a statement, in which nothing but blanks is changed, and its values; of a long array the first ones. */
export function statementText({ text, params }: Statement): string {
  const values = params.map((value, i) => `$${i + 1} = ${shown(value)}`)
  return [...wrapped(text), ...(values.length > 0 ? [`-- ${values.join(', ')}`] : [])]
    .map((line) => `  ${line}`)
    .join('\n')
}

function shown(value: unknown): string {
  if (!Array.isArray(value) || value.length <= mostItems) return JSON.stringify(value)
  const first = value.slice(0, mostItems).map((item) => JSON.stringify(item))
  return `[${first.join(',')}, … ${value.length} in all]`
}

function wrapped(text: string): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(/\s+/)) {
    if (line !== '' && line.length + word.length + 1 > width) {
      lines.push(line)
      line = `  ${word}`
    } else line = line === '' ? word : `${line} ${word}`
  }
  return [...lines, line]
}
