// Order from dependencies: strongly connected groups first (iteratively: chains are long), then layers inside a group.

/** Groups of nodes that depend on each other in a circle, in an order in which each group follows those that it depends on. */
export function stronglyConnected<T>(nodes: Iterable<T>, dependencies: (node: T) => Iterable<T>): T[][] {
  const index = new Map<T, number>()
  const low = new Map<T, number>()
  const onStack = new Set<T>()
  const stack: T[] = []
  const groups: T[][] = []

  for (const root of nodes) {
    if (index.has(root)) continue
    const work: { node: T; rest: Iterator<T> }[] = []
    const enter = (node: T): void => {
      index.set(node, index.size)
      low.set(node, index.size - 1)
      stack.push(node)
      onStack.add(node)
      work.push({ node, rest: dependencies(node)[Symbol.iterator]() })
    }
    enter(root)
    for (let frame = work.at(-1); frame; frame = work.at(-1)) {
      const { node, rest } = frame
      const { value: next, done } = rest.next()
      if (!done) {
        if (!index.has(next)) enter(next)
        else if (onStack.has(next)) low.set(node, Math.min(low.get(node) ?? 0, index.get(next) ?? 0))
        continue
      }
      work.pop()
      const parent = work.at(-1)
      if (parent) low.set(parent.node, Math.min(low.get(parent.node) ?? 0, low.get(node) ?? 0))
      if (low.get(node) !== index.get(node)) continue
      const group: T[] = []
      for (let member = stack.pop(); member !== undefined; member = stack.pop()) {
        onStack.delete(member)
        group.push(member)
        if (member === node) break
      }
      groups.push(group.reverse())
    }
  }
  return groups
}

/** Layers of nodes, each depending on earlier layers only; what is left depends on itself in circles. */
export function layers<T>(nodes: readonly T[], dependencies: (node: T) => readonly T[]): { layers: T[][]; stuck: T[] } {
  const waiting = new Map<T, number>()
  const dependents = new Map<T, T[]>()
  const members = new Set(nodes)
  let ready: T[] = []
  for (const node of nodes) {
    const needed = dependencies(node).filter((dependency) => members.has(dependency))
    waiting.set(node, needed.length)
    if (needed.length === 0) ready.push(node)
    for (const dependency of needed) {
      const list = dependents.get(dependency)
      if (list) list.push(node)
      else dependents.set(dependency, [node])
    }
  }
  const found: T[][] = []
  while (ready.length > 0) {
    found.push(ready)
    const next: T[] = []
    for (const node of ready) {
      waiting.delete(node)
      for (const dependent of dependents.get(node) ?? []) {
        const left = (waiting.get(dependent) ?? 0) - 1
        waiting.set(dependent, left)
        if (left === 0) next.push(dependent)
      }
    }
    ready = next
  }
  return { layers: found, stuck: [...waiting.keys()] }
}
