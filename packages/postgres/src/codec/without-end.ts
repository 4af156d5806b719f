// Texts without what stands at their end: blanks of a char(n), zeros of a number.

/** Without these at the end. By a loop: a pattern like `0+$` begins anew at each of them, and a long text takes minutes. */
export function withoutEnd(text: string, character: string): string {
  let end = text.length
  while (end > 0 && text[end - 1] === character) end--
  return end === text.length ? text : text.slice(0, end)
}
