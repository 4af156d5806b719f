// Rows that have arrived. Its consumers are synchronous and may be called again; it has no `then`.
import { ArgumentError, suggest } from '@oriel/sql'
import { MultipleResultsFoundError, NoResultFoundError } from '../error.ts'
import { uniqueRows } from './unique-rows.ts'

/** What `scalars()` gives: the first item of a tuple, or the one value of an object. */
export type ScalarOf<R> = R extends readonly [infer First, ...unknown[]] ? First : R[keyof R]
/** The rows with these columns only. */
export type Picked<R, K extends readonly (keyof R)[]> = R extends readonly unknown[]
  ? { -readonly [I in keyof K]: R[K[I] & keyof R] }
  : Pick<R, K[number]>

/** How the rows of a result are made, for the consumers that take them apart. */
export type RowForm =
  /** The statement returns no rows. */
  | { readonly kind: 'none' }
  | { readonly kind: 'tuple'; readonly width: number }
  /** Tuples of one item. The items are kept bare until tuples are asked for: most are read as scalars. */
  | { readonly kind: 'single' }
  | { readonly kind: 'object'; readonly names: readonly string[] }
  /** What `scalars()` gave. */
  | { readonly kind: 'scalar' }

/** The buffered rows of one statement. */
export class Result<R> implements Iterable<R> {
  readonly #form: RowForm
  /** The rows, or their items where they are tuples of one. */
  readonly #items: readonly unknown[]
  #made: readonly R[] | null = null
  /** Rows returned or changed, as the server counted them. */
  readonly rowCount: number

  constructor(items: readonly unknown[], form: RowForm, rowCount: number) {
    this.#items = items
    this.#form = form
    this.rowCount = rowCount
  }

  /** A result of rows that were made by `form`, or of their items where that is `single`. */
  static of<R>(items: readonly unknown[], form: RowForm, rowCount: number): Result<R> {
    return new Result(items, form, rowCount)
  }

  get #rows(): readonly R[] {
    // R is what the statement's type says; the form comes from the same statement. Nothing at run time could tell more.
    this.#made ??= (this.#form.kind === 'single' ? this.#items.map((item) => [item]) : this.#items) as readonly R[]
    return this.#made
  }

  /** Every row, in a new array. */
  all(): R[] {
    return this.#rows.slice()
  }

  /** The first row, or null where there is none. */
  first(): R | null {
    return this.#rows[0] ?? null
  }

  /** The only row. Throws NoResultFoundError or MultipleResultsFoundError. */
  one(): R {
    const [row] = this.#rows
    if (row !== undefined && this.#rows.length === 1) return row
    if (this.#rows.length > 1) throw this.#tooMany('one')
    throw new NoResultFoundError('one() expected exactly one row and found 0.', {
      hint:
        this.#form.kind === 'none'
          ? 'The statement returns no rows: add .returning(…), or read rowCount.'
          : 'Use oneOrNone() or first() where there may be none.',
    })
  }

  /** The only row, or null where there is none. Throws MultipleResultsFoundError. */
  oneOrNone(): R | null {
    if (this.#rows.length > 1) throw this.#tooMany('oneOrNone')
    return this.first()
  }

  /** The value of each row. Throws ArgumentError where a row has more than one. */
  scalars(): Result<ScalarOf<R>> {
    const form = this.#form
    const isTakenApart = form.kind === 'tuple' || form.kind === 'object'
    const scalars = isTakenApart ? this.#items.map(scalarOf(form)) : this.#items
    return Result.of(scalars, { kind: 'scalar' }, this.rowCount)
  }

  /** The rows without repetitions: entities by identity, values by value. */
  unique(): Result<R> {
    const isBare = this.#form.kind === 'single' || this.#form.kind === 'scalar'
    return Result.of(uniqueRows(this.#items, { isBare }), this.#form, this.rowCount)
  }

  /** The rows with these columns only: positions of tuples, names of objects. Throws ArgumentError for others. */
  columns<const K extends readonly (keyof R)[]>(...columns: K): Result<Picked<R, K>> {
    const { rows, form } = pick(this.#rows, this.#form, columns)
    return Result.of(rows, form, this.rowCount)
  }

  [Symbol.iterator](): Iterator<R> {
    return this.#rows[Symbol.iterator]()
  }

  #tooMany(verb: string): MultipleResultsFoundError {
    const most = verb === 'one' ? 'exactly' : 'at most'
    return new MultipleResultsFoundError(`${verb}() expected ${most} one row and found ${this.#rows.length}.`, {
      hint: 'Narrow the condition, or use first() with an orderBy.',
    })
  }
}

function scalarOf(form: Extract<RowForm, { kind: 'tuple' | 'object' }>): (row: unknown) => unknown {
  if (form.kind === 'tuple' && form.width === 1) return (row) => cell(row, 0)
  const [name] = form.kind === 'object' ? form.names : []
  if (form.kind === 'object' && form.names.length === 1 && name !== undefined) return (row) => cell(row, name)
  const width = form.kind === 'tuple' ? form.width : form.names.length
  throw new ArgumentError(`scalars() takes rows of one column; these have ${width}.`, {
    hint: 'Select one column or one entity, or take one first: .columns(…).scalars()',
  })
}

function pick(rows: readonly unknown[], form: RowForm, columns: readonly PropertyKey[]) {
  if (form.kind === 'object') {
    const names = columns.map(String)
    for (const name of names)
      if (!form.names.includes(name))
        throw new ArgumentError(`The rows have no column '${name}'.`, { hint: suggest(name, form.names, 'Columns') })
    const picked = rows.map((row) => Object.fromEntries(names.map((name) => [name, cell(row, name)])))
    return { rows: picked, form: { kind: 'object' as const, names } }
  }
  if (form.kind === 'tuple' || form.kind === 'single') {
    const width = form.kind === 'single' ? 1 : form.width
    for (const column of columns)
      if (!Number.isInteger(Number(column)) || Number(column) < 0 || Number(column) >= width)
        throw new ArgumentError(`The rows have no column ${String(column)}: they have ${width}, counted from 0.`)
    const picked = rows.map((row) => columns.map((column) => cell(row, column)))
    return { rows: picked, form: { kind: 'tuple' as const, width: columns.length } }
  }
  throw new ArgumentError('columns() takes rows that are tuples or objects.')
}

function cell(row: unknown, column: PropertyKey): unknown {
  return typeof row === 'object' && row !== null ? Reflect.get(row, column) : undefined
}
