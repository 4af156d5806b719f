// A select that loaders have shaped: compiled once per dialect, with the loaders' own warning.
import { type Compiled, compile, type Dialect, type Executable, type QueryNode, type WarningCode } from '@oriel/sql'

export class LoadStatement<R> implements Executable<R> {
  declare readonly '~row': R
  readonly node: QueryNode
  readonly allowed: readonly WarningCode[]
  readonly #warning: string | null
  #compiled: { readonly dialect: Dialect; readonly compiled: Compiled } | null = null

  constructor(node: QueryNode, allowed: readonly WarningCode[], warning: string | null) {
    this.node = node
    this.allowed = allowed
    this.#warning = warning
  }

  compile(dialect: Dialect): Compiled {
    if (this.#compiled?.dialect === dialect) return this.#compiled.compiled
    const plain = compile(this.node, dialect, this.allowed)
    const own = this.#warning === null ? [] : [{ code: 'joined-collections', message: this.#warning } as const]
    const compiled = own.length > 0 ? { ...plain, warnings: [...plain.warnings, ...own] } : plain
    this.#compiled = { dialect, compiled }
    return compiled
  }
}
