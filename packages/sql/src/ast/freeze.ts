// Nodes are frozen with all their parts. What belongs to others is left alone: a user's values, loader options, mapped classes.
const theirs = new Set(['value', 'element'])
/** Instances, which freeze themselves: not worth a look. */
const instances = new Set(['type', 'column'])

/** The list without items that nodes share. */
export const none: readonly never[] = Object.freeze([])

/** The node itself, frozen, and its lists and plain parts with it. Parts that are frozen already are not looked into. */
export function frozen<const N extends object>(node: N): N {
  for (const key in node) {
    const part: unknown = node[key]
    // To ask whether a part is frozen costs as much as to build a small one, so the common ones are known without.
    if (typeof part !== 'object' || part === null || part === none || instances.has(key)) continue
    if (Object.isFrozen(part) || !isPlain(part)) continue
    if (key === 'options') Object.freeze(part)
    else if (!theirs.has(key)) frozen(part)
  }
  return Object.freeze(node)
}

function isPlain(part: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(part)
  return prototype === Object.prototype || prototype === Array.prototype
}
