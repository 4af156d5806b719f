import { describe, expect, it } from '@jest/globals'
import { createEngine, MultipleResultsFoundError, NoResultFoundError, type WireRow } from '@oriel/engine'
import { type EntityReader, executeWith } from '@oriel/engine/internal'
import { ArgumentError, type ClauseElement, DataError, types, unknownType } from '@oriel/sql'
import { answers, empty, ScriptedDriver, statement } from '../../scripted-driver.ts'

const integer = types.integer()
const column = (name: string, type = integer as typeof unknownType) => ({ name, type, subject: `Order.${name}` })
const value = (index: number) => ({ kind: 'value' as const, index })
const tuple = (width: number) => ({ kind: 'tuple' as const, items: Array.from({ length: width }, (_, i) => value(i)) })

class Thing {
  id = 0
  name: string | null = null
}
const element = {
  name: 'Thing',
  loadedColumns: [{}, {}],
  instantiate: ([id, name]: readonly unknown[]) => Object.assign(new Thing(), { id, name }),
} as unknown as ClauseElement

async function run<R>(
  rows: readonly WireRow[],
  parts: Parameters<typeof statement>[1],
  names = ['a', 'b'],
  oids = [23, 25],
) {
  const engine = createEngine(new ScriptedDriver(answers('q', names, rows, oids)))
  return await engine.execute(statement<R>('q', parts))
}

describe('rows', () => {
  it('are tuples, decoded by the statement’s types', async () => {
    const result = await run<[number, string | null]>(
      [
        ['1', 'x'],
        ['2', null],
      ],
      {
        columns: [column('a'), column('b', unknownType)],
        shape: tuple(2),
      },
    )
    expect(result.all()).toEqual([
      [1, 'x'],
      [2, null],
    ])
    expect(result.rowCount).toBe(2)
  })

  it('are objects with the names of the statement, __proto__ among them', async () => {
    const names = ['id', '__proto__', 'constructor']
    const result = await run<Record<string, unknown>>(
      [['1', 'p', 'c']],
      {
        columns: [column('a'), column('b', unknownType), column('c', unknownType)],
        shape: { kind: 'object', names, items: [value(0), value(1), value(2)] },
        verb: 'select',
      },
      ['a', 'b', 'c'],
      [23, 25, 25],
    )
    const row = result.one()
    expect(Object.keys(row)).toEqual(names)
    expect(Object.getOwnPropertyDescriptor(row, '__proto__')?.value).toBe('p')
    expect(Object.getPrototypeOf(row)).toBe(Object.prototype)
    expect(Object.hasOwn(Object.prototype, 'p')).toBe(false)
  })

  it('are objects by the server’s names where nothing is known; two equal names are an error', async () => {
    const result = await run([['7', 'x']], {}, ['__proto__', 'b'])
    expect(Object.entries(result.one() as object)).toEqual([
      ['__proto__', 7],
      ['b', 'x'],
    ])
    await expect(run([['7', 'x']], {}, ['a', 'a'])).rejects.toThrow("two columns named 'a'")
  })

  it('of raw SQL are matched by name, whatever the order', async () => {
    const columns = [column('a'), column('b', unknownType)]
    const shape = { kind: 'object' as const, names: ['a', 'b'], items: [value(0), value(1)] }
    const result = await run([['x', '7']], { columns, shape, verb: 'raw' }, ['b', 'a'], [25, 23])
    expect(result.one()).toEqual({ a: 7, b: 'x' })
    await expect(run([['x', '7']], { columns, shape, verb: 'raw' }, ['bb', 'a'])).rejects.toThrow("no column 'b'")
  })

  it('with fewer columns than the statement names are refused', async () => {
    await expect(run([['1']], { columns: [column('a')], shape: tuple(1) })).rejects.toThrow(
      'returned 2 columns, it names 1',
    )
  })

  it('hold entities, or null where the whole key is NULL', async () => {
    const shape = {
      kind: 'tuple' as const,
      items: [value(0), { kind: 'entity' as const, element, start: 1, key: [1] }],
    }
    const columns = [column('n'), column('id'), column('name', unknownType)]
    const rows = [
      ['1', '10', 'x'],
      ['2', null, null],
      ['3', '11', null],
    ]
    const result = await run<[number, Thing | null]>(rows, { columns, shape }, ['n', 'id', 'name'], [23, 23, 25])
    const [first, second, third] = result.all()
    expect(first?.[1]).toBeInstanceOf(Thing)
    expect(first).toEqual([1, { id: 10, name: 'x' }])
    expect(second).toEqual([2, null])
    expect(third?.[1]).toEqual({ id: 11, name: null })
  })

  it('let another reader make the entities', async () => {
    const shape = { kind: 'tuple' as const, items: [{ kind: 'entity' as const, element, start: 0, key: [0] }] }
    const known = new Map<string, object>()
    const reader: EntityReader = (item) => (row) => {
      const key = String(row[item.start])
      const entity = known.get(key) ?? { key }
      known.set(key, entity)
      return entity
    }
    const engine = createEngine(
      new ScriptedDriver(
        answers(
          'q',
          ['id', 'name'],
          [
            ['1', 'x'],
            ['1', 'x'],
          ],
          [23, 25],
        ),
      ),
    )
    await using connection = await engine.connect()
    const columns = [column('id'), column('name', unknownType)]
    const [a, b] = (await connection[executeWith](statement<[object]>('q', { columns, shape }), reader)).scalars().all()
    expect(a).toBe(b)
  })

  it('that cannot be decoded name the column', async () => {
    const run2 = run([['9007199254740993', 'x']], { columns: [column('a'), column('b', unknownType)], shape: tuple(2) })
    await expect(run2).rejects.toThrow(DataError)
    await expect(run2).rejects.toThrow('Order.a: 9007199254740993')
  })
})

describe('consumers', () => {
  const numbers = (...values: string[]) =>
    run<[number]>(
      values.map((v) => [v]),
      { columns: [column('a')], shape: tuple(1) },
      ['a'],
    )

  it('first, one and oneOrNone', async () => {
    expect((await numbers('1', '2')).first()).toEqual([1])
    expect((await numbers()).first()).toBeNull()
    expect((await numbers('1')).one()).toEqual([1])
    expect((await numbers()).oneOrNone()).toBeNull()
    expect((await numbers('4')).oneOrNone()).toEqual([4])
  })

  it('one and oneOrNone name the count they found', async () => {
    const none = await numbers()
    const three = await numbers('1', '2', '3')
    expect(() => none.one()).toThrow(NoResultFoundError)
    expect(() => none.one()).toThrow('found 0')
    expect(() => three.one()).toThrow(MultipleResultsFoundError)
    expect(() => three.one()).toThrow('exactly one row and found 3')
    expect(() => three.oneOrNone()).toThrow('at most one row and found 3')
  })

  it('scalars takes rows of one column, and refuses others', async () => {
    expect((await numbers('1', '2')).scalars().all()).toEqual([1, 2])
    const two = await run<[number, string]>([['1', 'x']], {
      columns: [column('a'), column('b', unknownType)],
      shape: tuple(2),
    })
    expect(() => two.scalars()).toThrow(ArgumentError)
    expect(() => two.scalars()).toThrow('rows of one column; these have 2')
    expect(two.columns(1).scalars().all()).toEqual(['x'])
  })

  it('unique compares values by value and keeps the order', async () => {
    expect((await numbers('2', '1', '2')).unique().scalars().all()).toEqual([2, 1])
    const objects = await run(
      [
        ['1', 'x'],
        ['1', 'x'],
        ['1', null],
      ],
      {},
    )
    expect(objects.unique().all()).toEqual([
      { a: 1, b: 'x' },
      { a: 1, b: null },
    ])
  })

  it('columns takes some, by name or position, and refuses what is not there', async () => {
    const objects = await run<{ a: number; b: string }>([['1', 'x']], {})
    expect(objects.columns('b').all()).toEqual([{ b: 'x' }])
    expect(() => objects.columns('bb' as 'b')).toThrow("Did you mean 'b'")
    const tuples = await run<[number, string]>([['1', 'x']], {
      columns: [column('a'), column('b', unknownType)],
      shape: tuple(2),
    })
    expect(tuples.columns(1, 0).all()).toEqual([['x', 1]])
    expect(() => tuples.columns(2 as 1)).toThrow('no column 2')
  })

  it('a statement without rows has a count, and says how to get rows', async () => {
    const engine = createEngine(new ScriptedDriver(() => ({ ...empty, rowCount: 3 })))
    const result = await engine.execute(statement('q', { shape: { kind: 'none' }, verb: 'update' }))
    expect(result.rowCount).toBe(3)
    expect(result.all()).toEqual([])
    expect(() => result.one()).toThrow('.returning(')
  })
})

describe('parameters', () => {
  it('are encoded by type; null is NULL; undefined and too many are refused before anything is sent', async () => {
    const driver = new ScriptedDriver()
    const engine = createEngine(driver)
    await engine.execute(statement('q', { params: ['x', null] }))
    expect(driver.statements[0]?.params).toEqual(['x', null])
    await expect(engine.execute(statement('q', { params: ['x', undefined] }))).rejects.toThrow(
      'parameter 2 is undefined',
    )
    await expect(engine.execute(statement('q', { params: [7] }))).rejects.toThrow('parameter 1 expects a text')
    await expect(engine.execute(statement('q', { params: Array(6).fill('x') }))).rejects.toThrow(
      'has 6 parameters; scripted takes at most 5',
    )
    expect(driver.sent).toHaveLength(1)
  })
})
