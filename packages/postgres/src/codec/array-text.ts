// The text form of arrays, `{1,NULL,"a,b"}`: read and written. Which codec an element has is array.ts's matter.
import { unreadable } from './refusal.ts'

const quote = 34
const comma = 44
const backslash = 92
const open = 123
const close = 125

/** Reads an array's text, each element through `decode`. Lower bounds such as `[0:1]=` are dropped. */
export function parseArray(text: string, decode: (element: string) => unknown): unknown[] {
  const start = text.charCodeAt(0) === open ? 0 : text.indexOf('=') + 1
  if (text.charCodeAt(start) !== open) throw unreadable(text, 'is not an array')
  const top: unknown[] = []
  const stack: unknown[][] = []
  let list = top
  let at = start + 1
  while (at < text.length) {
    const code = text.charCodeAt(at)
    if (code === open) {
      const inner: unknown[] = []
      list.push(inner)
      stack.push(list)
      list = inner
      at++
    } else if (code === close) {
      const outer = stack.pop()
      if (!outer) return top
      list = outer
      at++
    } else if (code === comma) at++
    else if (code === quote) {
      const end = endOfQuoted(text, at)
      const raw = text.slice(at + 1, end)
      list.push(decode(raw.includes('\\') ? raw.replace(/\\(.)/gs, '$1') : raw))
      at = end + 1
    } else {
      const end = endOfBare(text, at)
      const raw = text.slice(at, end)
      list.push(raw === 'NULL' ? null : decode(raw))
      at = end
    }
  }
  throw unreadable(text, 'is an array without its end')
}

function endOfQuoted(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === quote) return at
    if (code === backslash) at++
  }
  throw unreadable(text, 'is an array with an open quote')
}

function endOfBare(text: string, start: number): number {
  let at = start
  while (at < text.length) {
    const code = text.charCodeAt(at)
    if (code === comma || code === close) break
    at++
  }
  return at
}

/** The characters of elements that need no quotes: letters, digits, `_`, `.`, `+`, `:` and `-`. */
const isBareCode: readonly boolean[] = Array.from({ length: 128 }, (_, code) =>
  /[\w.+:-]/.test(String.fromCharCode(code)),
)

/** One element's text, in quotes where it could be read as something else (`NULL`, a comma, nothing at all). */
export function writeElement(element: string): string {
  const { length } = element
  let at = 0
  while (at < length && isBareCode[element.charCodeAt(at)]) at++
  if (at < length) return quoted(element)
  if (length === 0 || (length === 4 && element.toLowerCase() === 'null')) return `"${element}"`
  return element
}

function quoted(element: string): string {
  if (!element.includes('"') && !element.includes('\\')) return `"${element}"`
  return `"${element.replace(/["\\]/g, '\\$&')}"`
}
