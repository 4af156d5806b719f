// The cursor that every driver has: DECLARE and FETCH, plain statements of a transaction. Other statements run between two batches.
import type { WireCursor, WireResult, WireStatement } from '../driver.ts'

export interface DeclaringParts {
  /** As SQL writes it. */
  readonly name: string
  readonly statement: WireStatement
  readonly send: (statement: WireStatement) => Promise<WireResult>
  /** Sends what frees the cursor, where it is there still. */
  readonly free: (text: string) => Promise<void>
}

export class DeclaredCursor implements WireCursor {
  readonly #parts: DeclaringParts
  #isDeclared = false

  constructor(parts: DeclaringParts) {
    this.#parts = parts
  }

  async read(count: number): Promise<WireResult> {
    const { name, statement, send } = this.#parts
    if (!this.#isDeclared) {
      const text = `declare ${name} no scroll cursor for ${statement.text}`
      await send({ text, params: statement.params, isPreparable: false })
      this.#isDeclared = true
    }
    return await send({ text: `fetch forward ${count} from ${name}`, params: [], isPreparable: false })
  }

  async close(): Promise<void> {
    if (this.#isDeclared) await this.#parts.free(`close ${this.#parts.name}`)
  }
}
