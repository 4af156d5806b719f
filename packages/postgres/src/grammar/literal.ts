// A text as a literal. Values of statements are parameters; only definitions (defaults, checks) are written with these.

/** `'it''s'`; with a backslash the E form, which means the same under any setting of standard_conforming_strings. */
export function literal(text: string): string {
  const quoted = text.replaceAll("'", "''")
  return text.includes('\\') ? `E'${quoted.replaceAll('\\', '\\\\')}'` : `'${quoted}'`
}
