// A statement that makes or drops something, as an engine takes it.
import { type Compiled, compile, type DefinitionNode, type Dialect, type Executable } from '@oriel/sql'

/** CREATE or DROP of a table, an index, a type, a schema. It gives no rows. */
export class Definition implements Executable<never> {
  declare readonly '~row': never
  readonly allowed: Executable<never>['allowed'] = []
  readonly node: DefinitionNode

  constructor(node: DefinitionNode) {
    this.node = Object.freeze(node)
    Object.freeze(this)
  }

  compile(dialect: Dialect): Compiled {
    return compile(this.node, dialect)
  }

  /** The SQL, without parameters: a definition takes none. */
  toSQL(target: Dialect | { readonly dialect: Dialect }): { text: string; params: unknown[] } {
    return { text: this.compile('handlers' in target ? target : target.dialect).text, params: [] }
  }
}
