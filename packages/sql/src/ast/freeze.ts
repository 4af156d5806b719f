// Nodes are frozen with all their parts. What belongs to others is left alone: a user's values, loader options, mapped classes.
const theirs = new Set(['value', 'element'])

/** The node itself, frozen, and its lists and plain parts with it. Parts that are frozen already cost nothing. */
export function frozen<const N extends object>(node: N): N {
  for (const key in node) {
    const part: unknown = node[key]
    if (typeof part !== 'object' || part === null || Object.isFrozen(part) || !isPlain(part)) continue
    if (key === 'options') Object.freeze(part)
    else if (!theirs.has(key)) frozen(part)
  }
  return Object.freeze(node)
}

function isPlain(part: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(part)
  return prototype === Object.prototype || prototype === Array.prototype
}
