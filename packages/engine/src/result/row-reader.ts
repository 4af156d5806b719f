// Builds, once per statement and set of columns, the function that turns a row of text into what the user gets.
// Works for every cell of every row: what can be looked up is looked up while building.
import { ArgumentError, type Codec, type Compiled, type Dialect, type RowItem, suggest } from '@oriel/sql'
import type { WireColumn, WireRow } from '../driver.ts'
import { decodeSpan, type EntityItem, type EntityReader } from './entity-reader.ts'
import type { RowForm } from './result.ts'

/** How the rows of one statement are read; their items, where the form is `single`. */
export interface RowReader {
  readonly form: RowForm
  /** By position of the columns the server sent. */
  readonly codecs: readonly Codec[]
  readonly read: (row: WireRow) => unknown
}

interface Cell {
  readonly position: number
  readonly codec: Codec
}

/** The reader for these columns. Throws ArgumentError where the columns cannot be what the statement says. */
export function rowReader(
  compiled: Compiled,
  columns: readonly WireColumn[],
  made: { dialect: Dialect; entityReader: EntityReader },
): RowReader {
  const positions = columnPositions(compiled, columns)
  const codecs = columns.map(({ oid }) => made.dialect.codecByOid(oid))
  compiled.columns?.forEach(({ type }, i) => {
    const position = positions[i] ?? i
    if (type.spec.name !== 'unknown') codecs[position] = made.dialect.codec(type)
  })
  const { shape } = compiled
  if (shape.kind === 'none' || columns.length === 0) return { form: { kind: 'none' }, codecs, read: (row) => row }
  if (shape.kind === 'server') {
    const names = serverNames(columns)
    const cells = codecs.map((codec, position) => ({ position, codec }))
    return { form: { kind: 'object', names }, codecs, read: objectOfCells(names, cells) }
  }
  const context = { positions, codecs, entityReader: made.entityReader }
  const [only, ...more] = shape.items
  if (shape.kind === 'tuple' && only && more.length === 0)
    return { form: { kind: 'single' }, codecs, read: itemReader(only, context) }
  const cells = shape.items.flatMap((item) => cellOf(item, positions, codecs))
  const isPlain = cells.length === shape.items.length
  const items = isPlain ? [] : shape.items.map((item) => itemReader(item, context))
  if (shape.kind === 'object') {
    const { names } = shape
    return {
      form: { kind: 'object', names },
      codecs,
      read: isPlain ? objectOfCells(names, cells) : objectOfItems(names, items),
    }
  }
  const form = { kind: 'tuple' as const, width: shape.items.length }
  return { form, codecs, read: isPlain ? tupleOfCells(cells) : tupleOfItems(items) }
}

function decodeCell(row: WireRow, cell: Cell): unknown {
  const text = row[cell.position]
  return text === null || text === undefined ? null : cell.codec.decode(text)
}

function tupleOfCells(cells: readonly Cell[]) {
  if (cells.every(({ position }, i) => position === i)) {
    const codecs = cells.map(({ codec }) => codec)
    return (row: WireRow): unknown[] => decodeSpan(row, 0, codecs)
  }
  return (row: WireRow): unknown[] => {
    const tuple: unknown[] = []
    for (const cell of cells) tuple.push(decodeCell(row, cell))
    return tuple
  }
}

function tupleOfItems(items: readonly ((row: WireRow) => unknown)[]) {
  return (row: WireRow): unknown[] => {
    const tuple: unknown[] = []
    for (const item of items) tuple.push(item(row))
    return tuple
  }
}

/** An object with these names, in this order. Copies of it share one shape, and a name such as `__proto__` is its own property. */
function blank(names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(names.map((name) => [name, null]))
}

function objectOfCells(names: readonly string[], cells: readonly Cell[]) {
  const template = blank(names)
  const named = names.flatMap((name, i) => (cells[i] ? [{ name, cell: cells[i] }] : []))
  return (row: WireRow): object => {
    const object = { ...template }
    for (const { name, cell } of named) object[name] = decodeCell(row, cell)
    return object
  }
}

function objectOfItems(names: readonly string[], items: readonly ((row: WireRow) => unknown)[]) {
  const template = blank(names)
  return (row: WireRow): object => {
    const object = { ...template }
    items.forEach((item, i) => {
      object[names[i] ?? i] = item(row)
    })
    return object
  }
}

interface ItemContext {
  readonly positions: readonly number[]
  readonly codecs: readonly Codec[]
  readonly entityReader: EntityReader
}

function itemReader(item: RowItem, context: ItemContext): (row: WireRow) => unknown {
  if (item.kind === 'entity') return entityItemReader(item, context)
  const [cell] = cellOf(item, context.positions, context.codecs)
  return cell ? (row) => decodeCell(row, cell) : () => null
}

/** Null where the whole key is NULL: the absent side of an outer join. */
function entityItemReader(item: EntityItem, { codecs, entityReader }: ItemContext): (row: WireRow) => object | null {
  const read = entityReader(item, codecs)
  const [key, ...more] = item.key
  if (key === undefined) return read
  if (more.length === 0) return (row) => (isNull(row[key]) ? null : read(row))
  return (row) => (item.key.every((position) => isNull(row[position])) ? null : read(row))
}

function isNull(text: string | null | undefined): boolean {
  return text === null || text === undefined
}

function cellOf(item: RowItem, positions: readonly number[], codecs: readonly Codec[]): Cell[] {
  if (item.kind !== 'value') return []
  const position = positions[item.index] ?? item.index
  const codec = codecs[position]
  return codec ? [{ position, codec }] : []
}

/** Where each column of the statement stands among those that came. */
function columnPositions(compiled: Compiled, columns: readonly WireColumn[]): readonly number[] {
  const { columns: expected, shape, verb } = compiled
  if (!expected || shape.kind === 'none') return []
  const names = columns.map(({ name }) => name)
  // Raw SQL may list its columns in another order than `.columns({ … })` does: its names tell.
  if (verb === 'raw' && shape.kind === 'object')
    return expected.map(({ name }) => {
      const position = names.indexOf(name)
      if (position < 0)
        throw new ArgumentError(`The raw statement returned no column '${name}'.`, {
          hint: suggest(name, names, 'Columns'),
        })
      return position
    })
  if (expected.length !== columns.length)
    throw new ArgumentError(
      `The statement returned ${columns.length} columns, it names ${expected.length}: ${expected.map(({ name }) => name).join(', ')}.`,
    )
  return []
}

function serverNames(columns: readonly WireColumn[]): string[] {
  const names = columns.map(({ name }) => name)
  const twice = names.find((name, i) => names.indexOf(name) !== i)
  if (twice !== undefined)
    throw new ArgumentError(`The statement returned two columns named '${twice}'.`, {
      hint: `Give one of them another name: … as ${twice}_2.`,
    })
  return names
}
