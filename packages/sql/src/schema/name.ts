// Names: snake_case for columns and labels, and a length that every database takes.

/** `customerId` → `customer_id`, `HTTPServer2` → `http_server2`. */
export function snakeCase(name: string): string {
  return name
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1_$2')
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toLowerCase()
}

function hash(text: string): string {
  let h = 0x811c9dc5
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193)
  return (h >>> 0).toString(36)
}

/** The name itself, or a cut and hashed one where it is longer than a database keeps. Two long names stay two. */
export function shortName(name: string, maxBytes = 63): string {
  // At most three bytes per unit of UTF-16: most names need no counting.
  if (name.length * 3 <= maxBytes) return name
  const bytes = new TextEncoder().encode(name)
  if (bytes.length <= maxBytes) return name
  const suffix = `_${hash(name)}`
  // A character is cut off whole: bytes that continue one begin with the bits 10.
  let end = maxBytes - suffix.length
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end--
  const cut = new TextDecoder('utf-8').decode(bytes.slice(0, end))
  return cut + suffix
}
