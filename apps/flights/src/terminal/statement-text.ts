// A statement as the terminal shows it: its SQL, wrapped, and its values.
import type { Query } from 'oriel'

const width = 110

/** The SQL of a statement and its values. Nothing but blanks is changed. */
export function statementText(statement: Query<unknown>): string {
  const { text, params } = statement.toSQL()
  const values = params.map((value, i) => `$${i + 1} = ${JSON.stringify(value)}`)
  return [...wrapped(text), ...(values.length > 0 ? [`-- ${values.join(', ')}`] : [])]
    .map((line) => `  ${line}`)
    .join('\n')
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
