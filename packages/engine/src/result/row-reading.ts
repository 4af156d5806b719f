// From the wire's rows to a Result. Keeps one row reader per compiled statement; a value that cannot be read is named.
import { type Compiled, DataError, type Dialect, type RowShape } from '@oriel/sql'
import type { WireColumn, WireResult, WireRow } from '../driver.ts'
import type { KeptShapes } from '../kept-shapes.ts'
import type { Prepared } from '../prepare/preparer.ts'
import { type EntityReader, instantiateEntity } from './entity-reader.ts'
import { Result } from './result.ts'
import { type RowReader, rowReader } from './row-reader.ts'

interface Kept {
  readonly shape: RowShape
  readonly columns: readonly WireColumn[]
  readonly entityReader: EntityReader
  readonly reader: RowReader
}

export class RowReading {
  readonly #dialect: Dialect
  readonly #shapes: KeptShapes
  /** By the statement's list of columns, which statements of one form share. */
  readonly #kept = new WeakMap<object, Kept>()

  constructor(dialect: Dialect, shapes: KeptShapes) {
    this.#dialect = dialect
    this.#shapes = shapes
  }

  /** Throws DataError, naming the column, for a value that JavaScript cannot hold. */
  read<R>(prepared: Prepared<R>, answer: WireResult, entityReader: EntityReader = instantiateEntity): Result<R> {
    const { compiled } = prepared
    const { form, codecs, read } = this.#reader(compiled, answer.columns, entityReader)
    const rows: unknown[] = []
    let reading: WireRow = []
    try {
      if (form.kind !== 'none')
        for (const row of answer.rows) {
          reading = row
          rows.push(read(row))
        }
    } catch (error) {
      throw unreadable(error, reading, { compiled, codecs, columns: answer.columns })
    }
    return Result.of(rows, form, answer.rowCount)
  }

  #reader(compiled: Compiled, columns: readonly WireColumn[], entityReader: EntityReader): RowReader {
    const form = compiled.columns ?? compiled
    const kept = this.#kept.get(form)
    const isSameForm = kept?.shape === compiled.shape && kept.entityReader === entityReader
    if (kept && isSameForm && isSame(kept.columns, columns)) return kept.reader
    const reader = rowReader(compiled, columns, { dialect: this.#dialect, entityReader })
    this.#shapes.keep(Result.of([], reader.form, 0))
    this.#kept.set(form, { shape: compiled.shape, columns, entityReader, reader })
    return reader
  }
}

function isSame(a: readonly WireColumn[], b: readonly WireColumn[]): boolean {
  return (
    a === b || (a.length === b.length && a.every((column, i) => column.oid === b[i]?.oid && column.name === b[i]?.name))
  )
}

interface Reading extends Pick<RowReader, 'codecs'> {
  readonly compiled: Compiled
  readonly columns: readonly WireColumn[]
}

/** Finds the cell that cannot be decoded. What fails elsewhere (a constructor of the user's) goes on as it is. */
function unreadable(error: unknown, row: WireRow, { compiled, codecs, columns }: Reading): unknown {
  const at = row.findIndex((text, i) => {
    try {
      if (text !== null) codecs[i]?.decode(text)
      return false
    } catch {
      return true
    }
  })
  if (at < 0) return error
  const subject = compiled.columns?.[at]?.subject ?? `column '${columns[at]?.name}'`
  const reason = error instanceof Error ? error.message : String(error)
  return new DataError({ fields: { message: `${subject}: ${reason}`, sqlState: '22000' }, cause: error })
}
