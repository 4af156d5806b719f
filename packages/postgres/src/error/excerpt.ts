// The place in a statement that the server complains about: its line, and a caret under the character.

/** How much of a long line is shown. */
const width = 100

/** `position` counts characters from 1, as PostgreSQL does; JavaScript counts UTF-16 units. */
function offsetOf(text: string, position: number): number {
  let offset = 0
  let character = 1
  for (const { length } of text) {
    if (character >= position) break
    offset += length
    character++
  }
  return offset
}

/**
 * The line of the statement at `position` and a caret under it; long lines are cut around it.
 * @example excerpt('select nmae from author', 8) // 'select nmae from author\n       ^'
 */
export function excerpt(text: string, position: number): string {
  const at = Math.min(offsetOf(text, position), text.length)
  const start = text.lastIndexOf('\n', at - 1) + 1
  const lineEnd = text.indexOf('\n', at)
  const line = text.slice(start, lineEnd === -1 ? text.length : lineEnd)
  const from = line.length <= width ? 0 : Math.max(0, Math.min(at - start - width / 2, line.length - width))
  const cutHead = from > 0 ? '… ' : ''
  const cutTail = from + width < line.length ? ' …' : ''
  const before = cutHead + line.slice(from, at - start)
  const shown = cutHead + line.slice(from, from + width) + cutTail
  // Tabs stay tabs, so that the caret stands under its character in every terminal; a pair of surrogates is one column.
  const indent = Array.from(before, (character) => (character === '\t' ? '\t' : ' ')).join('')
  return `${shown}\n${indent}^`
}
