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
  /** Tables that are read by their bare name, and the CTEs whose own queries read them; null is the statement itself. */
  readonly #reads = new Map<string, Set<string | null>>()
  #within: string | null = null
  #isTarget = false

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
    const around = this.#within
    this.#within = node.name
    const output = write()
    this.#within = around
    this.#pending.delete(node.name)
    this.#entries.set(node.name, { node, output })
  }

  /** Notes that a table is read by its bare name, which a CTE may hide. */
  read(table: string): void {
    if (this.#isTarget) return
    const readers = this.#reads.get(table) ?? new Set()
    this.#reads.set(table, readers.add(this.#within))
  }

  /** Writes the table that a statement changes: that one is never a CTE. */
  target(write: () => void): void {
    this.#isTarget = true
    write()
    this.#isTarget = false
  }

  #refuseHiding(name: string, isRecursive: boolean): void {
    const readers = [...(this.#reads.get(name) ?? [])]
    // Without RECURSIVE, a CTE does not see itself: its own query reads the table.
    if (readers.every((reader) => reader === name && !isRecursive)) return
    throw new CompileError(`The common table expression '${name}' hides the table ${name}: give it another name.`, {
      hint: 'Its name is the one in .cte(…).',
    })
  }

  /** WITH [RECURSIVE] … as outputs, in an order in which each CTE follows those that it reads. */
  outputs(): Output[] {
    const entries = [...this.#entries.values()]
    if (entries.length === 0) return []
    const outputs: Output[] = []
    const isRecursive = entries.some(({ node }) => node.recursion !== null)
    entries.forEach(({ node, output }, i) => {
      this.#refuseHiding(node.name, isRecursive)
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
