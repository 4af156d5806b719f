// The common table expressions that a statement uses, found while it is written, and the WITH clause made of them.
import type { NodeOf } from '../ast/node.ts'
import { CompileError } from '../error/oriel-error.ts'
import { Output } from './output.ts'
import { isSameSource } from './scope.ts'

interface Entry {
  node: NodeOf<'cte'>
  readonly output: Output
}

export class CteList {
  readonly #entries = new Map<string, Entry>()
  readonly #pending = new Map<string, NodeOf<'cte'>>()

  /** Adds a CTE, written by `write`, behind those that it uses itself. Nothing happens when it is already there. */
  add(node: NodeOf<'cte'>, write: () => Output): void {
    const known = this.#entries.get(node.name)?.node ?? this.#pending.get(node.name)
    if (known) {
      if (!isSameSource(known, node))
        throw new CompileError(`Two common table expressions of this statement are called '${node.name}'.`, {
          hint: 'Give one of them another name in .cte(…).',
        })
      return
    }
    this.#pending.set(node.name, node)
    const output = write()
    this.#pending.delete(node.name)
    this.#entries.set(node.name, { node, output })
  }

  /** WITH [RECURSIVE] … as outputs, in an order in which each CTE follows those that it reads. */
  outputs(): Output[] {
    const entries = [...this.#entries.values()]
    if (entries.length === 0) return []
    const outputs: Output[] = []
    const isRecursive = entries.some(({ node }) => node.recursion !== null)
    entries.forEach(({ output }, i) => {
      const before = new Output()
      before.write(i > 0 ? ', ' : isRecursive ? 'with recursive ' : 'with ')
      outputs.push(before, output)
    })
    const after = new Output()
    after.write(' ')
    outputs.push(after)
    return outputs
  }
}
