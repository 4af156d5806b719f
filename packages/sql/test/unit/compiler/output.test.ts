// Numbering of values, and what a compiled statement says of itself besides its text.
import { describe, expect, it } from '@jest/globals'
import { finish, Output } from '../../../src/compiler/output.ts'
import { deleteFrom, entity, func, insert, literal, select, sql, types as t, update } from '../../../src/index.ts'
import { dialect } from '../../postgres.ts'
import { Order, o } from '../../shop.ts'
import { toy } from '../../toy-dialect.ts'

const bind = (value: unknown) => ({ value, type: t.integer(), subject: 'x' })

describe('placeholders', () => {
  it('are numbered in the order of the text, not of the writing', () => {
    const [later, earlier] = [new Output(), new Output()]
    later.write('b ')
    later.bind(bind('b'))
    earlier.write('a ')
    earlier.bind(bind('a'))
    earlier.write(', ')
    const { text, binds } = finish([earlier, later], dialect)
    expect(text).toBe('a $1, b $2')
    expect(binds.map(({ value }) => value)).toEqual(['a', 'b'])
  })
  it('are shared by one value in two places, and not by two equal values', () => {
    const output = new Output()
    const shared = bind(1)
    for (const value of [shared, shared, bind(1)]) output.bind(value)
    expect(finish([output], dialect)).toMatchObject({ text: '$1$1$2', binds: [{ value: 1 }, { value: 1 }] })
  })
  it('stand in for a value each where a dialect cannot share them', () => {
    const bucket = o.amount.div(10)
    const { text, params } = select(bucket, func.count()).groupBy(bucket).toSQL(toy)
    expect(text.match(/\?/g)).toHaveLength(params.length)
    expect(params).toEqual([10, 10])
  })
})

describe('a compiled statement', () => {
  const compiled = (query: { compile(d: typeof dialect): ReturnType<ReturnType<typeof select>['compile']> }) =>
    query.compile(dialect)
  it('says whether it only reads', () => {
    expect(compiled(select(o.id)).isReadOnly).toBe(true)
    expect(compiled(select(func.lower(o.status), func.count().over())).isReadOnly).toBe(true)
    expect(compiled(select(func.call('nextval', 's'))).isReadOnly).toBe(false)
    expect(compiled(select(sql`now()`)).isReadOnly).toBe(false)
    expect(compiled(select(o.id).forUpdate()).isReadOnly).toBe(false)
    expect(compiled(select(deleteFrom(Order).everyRow().returning({ id: o.id }).cte('x'))).isReadOnly).toBe(false)
    expect(compiled(update(Order).set({ note: 'x' }).everyRow())).toMatchObject({ isReadOnly: false, verb: 'update' })
    expect(compiled(sql`select 1`)).toMatchObject({ isReadOnly: false, verb: 'raw' })
  })
  it('says how rows are made', () => {
    expect(compiled(select(o.id, o.status)).shape).toEqual({
      kind: 'tuple',
      items: [
        { kind: 'value', index: 0 },
        { kind: 'value', index: 1 },
      ],
    })
    expect(compiled(select({ n: literal(1), order: Order })).shape).toMatchObject({
      kind: 'object',
      names: ['n', 'order'],
      items: [{ index: 0 }, { kind: 'entity', start: 1, key: [1] }],
    })
    expect(compiled(update(Order).set({ note: 'x' }).everyRow()).shape).toEqual({ kind: 'none' })
    expect(compiled(sql`select 1`)).toMatchObject({ shape: { kind: 'server' }, columns: null })
    expect(compiled(sql`select 1`.columns([t.integer()])).shape).toEqual({
      kind: 'tuple',
      items: [{ kind: 'value', index: 0 }],
    })
  })
  it('says what its columns and values are called', () => {
    const query = select({ total: func.sum(o.amount), id: o.id })
      .where(o.status.eq('x'))
      .groupBy(o.id)
    expect(compiled(query).columns?.map(({ name, subject }) => [name, subject])).toEqual([
      ['total', 'sum(Order.amount)'],
      ['id', 'Order.id'],
    ])
    expect(compiled(query).binds.map(({ subject }) => subject)).toEqual(['Order.status'])
    expect(
      compiled(
        insert(Order).values({ id: 1, customerId: 2, amount: 3, status: 'a', note: null, createdAt: new Date(0) }),
      ).binds.map(({ subject }) => subject),
    ).toEqual(['Order.id', 'Order.customerId', 'Order.amount', 'Order.status', 'Order.createdAt'])
  })
  it('is made once for a dialect', () => {
    const query = select(entity(Order).id)
    expect(compiled(query)).toBe(compiled(query))
  })
})
