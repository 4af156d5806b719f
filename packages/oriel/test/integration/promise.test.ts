// What the types of an expression promise is what the server gives: remainders, roundings, ranks of values, declared types.
import { beforeAll, describe, expect, it } from '@jest/globals'
import {
  ArgumentError,
  Column,
  CompileError,
  createAll,
  DataError,
  Entity,
  entity,
  func,
  insert,
  type Numeric,
  PrimaryKey,
  Registry,
  select,
  sql,
  types as t,
  update,
} from 'oriel'
import { freshEngine } from '../fixture/lane.ts'

const registry = new Registry()

@Entity({ table: 'measures', registry })
class Measure {
  @PrimaryKey(t.integer()) id!: number
  @Column(t.integer()) qty!: number
  @Column(t.bigint()) wide!: bigint
  @Column(t.double()) ratio!: number
  @Column(t.numeric(12, 3)) price!: Numeric
  @Column(t.boolean()) isOpen!: boolean
  @Column(t.text()) name!: string
  @Column(t.text().array()) tags!: string[]
  @Column(t.json()) notes!: unknown
}

const engine = await freshEngine()
const m = entity(Measure)
// biome-ignore lint/suspicious/noExplicitAny: what a caller who casts types away can pass
const cast = (value: unknown): any => value

beforeAll(async () => {
  await createAll(engine, { registry })
  await engine.execute(
    insert(Measure).values(
      [1, 2, 3].map((id) => ({
        id,
        qty: id * 10,
        wide: 2n ** 53n + 1n,
        ratio: id + 0.256,
        price: `${id}.555`,
        isOpen: id > 1,
        name: 'a',
        tags: ['a'],
        notes: { id },
      })),
    ),
  )
})

describe('the operator %', () => {
  it('gives what a division leaves, of the type of what is divided', async () => {
    const query = select({
      a: m.id.operator('%', 2),
      b: m.wide.operator('%', 10),
      c: m.price.operator('%', '0.5'),
      d: m.qty.operator('%', m.id.add(2)),
    }).where(m.id.operator('%', 2).eq(1))
    expect(await engine.execute(query.orderBy(m.id)).all()).toEqual([
      { a: 1, b: 3n, c: '0.055', d: 1 },
      { a: 1, b: 3n, c: '0.055', d: 0 },
    ])
  })

  it('is refused where the server has none', () => {
    expect(() => m.ratio.operator('%', 2)).toThrow(/no % for double/)
    expect(() => m.qty.operator('%', 0.5)).toThrow(/no % for double/)
  })

  it('of texts stays the question whether they are similar', () => {
    expect(m.name.operator('%', 'b').node.type.spec.name).toBe('boolean')
  })
})

describe('a declared type', () => {
  it('refuses what the server gives in its place', async () => {
    const read = (query: Parameters<typeof engine.execute>[0]) => engine.execute(query).all()
    await expect(read(sql`select 'yes' as b`.columns({ b: t.boolean() }))).rejects.toThrow(DataError)
    await expect(read(sql`select '' as b`.columns({ b: t.double() }))).rejects.toThrow(DataError)
    await expect(read(sql`select '0x10' as b`.columns({ b: t.double() }))).rejects.toThrow(DataError)
    await expect(read(select({ b: sql`'zzz'`.returns(t.uuid()) }))).rejects.toThrow(DataError)
    expect(await read(sql`select true as b, 1 > 2 as c`.columns({ b: t.boolean(), c: t.boolean() }))).toEqual([
      { b: true, c: false },
    ])
  })
})

describe('an integer column', () => {
  it('takes no expression that may have a fraction, until a cast says that it is meant', async () => {
    expect(() => update(Measure).set({ qty: m.qty.mul(0.25) })).toThrow(/Measure\.qty is integer.*would round/)
    expect(() => update(Measure).set({ qty: m.ratio })).toThrow(ArgumentError)
    expect(() => update(Measure).set({ wide: m.wide.mul(m.ratio).as('x') as never })).toThrow(/\bcast\(t\.bigint\(\)\)/)
    const columns = ['id', 'qty', 'wide', 'ratio', 'price', 'isOpen', 'name', 'tags', 'notes'] as const
    const { id, wide, ratio, price, isOpen, name, tags, notes } = m
    const copy = { id: m.id.add(10), qty: m.qty.mul(0.25), wide, ratio, price, isOpen, name, tags, notes }
    expect(() => insert(Measure).fromSelect(columns, select(copy))).toThrow(/Measure\.qty is integer/)
    await engine.execute(
      update(Measure)
        .set({ qty: func.round(m.qty.mul(0.25)).cast(t.integer()) })
        .where(m.id.eq(1)),
    )
    await engine.execute(
      update(Measure)
        .set({ qty: m.qty.add(sql<number>`1`).sub(1).div(2).mul(2) })
        .where(id.eq(3)),
    )
    expect(await engine.execute(select(m.qty).orderBy(m.id)).scalars().all()).toEqual([2, 20, 30])
  })
})

describe('a numeric column', () => {
  it('is rounded to its scale by the database, as documented', async () => {
    await engine.execute(update(Measure).set({ price: '1.0005' }).where(m.id.eq(2)))
    expect(
      await engine
        .execute(select(m.price).where(m.id.eq(2)))
        .scalars()
        .all(),
    ).toEqual(['1.001'])
  })
})

describe('functions', () => {
  it('round numbers of every kind, with digits and without', async () => {
    const rounded = select({
      a: func.round(m.ratio, 2),
      b: func.round(m.ratio),
      c: func.round(m.price, 1),
      d: func.round(m.wide),
      e: func.round(m.wide, -1),
      f: func.round(m.id, 2),
    }).where(m.id.eq(1))
    expect(await engine.execute(rounded).one()).toEqual({
      a: 1.26,
      b: 1,
      c: '1.6',
      d: 2n ** 53n + 1n,
      e: 9007199254740990n,
      f: 1,
    })
  })

  it('have no min and max of booleans', () => {
    expect(() => func.min(cast(m.isOpen))).toThrow(/func\.boolAnd/)
    expect(() => func.max(cast(m.isOpen))).toThrow(/func\.boolOr/)
  })

  it('compare no json', async () => {
    for (const build of [
      () => m.notes.eq({ id: 1 }),
      () => m.notes.ne({ id: 1 }),
      () => m.notes.in([{ id: 1 }]),
      () => m.notes.isDistinctFrom({ id: 1 }),
      () => m.notes.between(1, 2),
    ])
      expect(build).toThrow(/Measure\.notes is json/)
    const found = select(m.id).where(m.notes.cast(t.jsonb()).eq({ id: 2 }))
    expect(await engine.execute(found).scalars().all()).toEqual([2])
    const noted = select(func.count()).from(m).where(m.notes.isNotNull(), m.notes.ne(null))
    expect(await engine.execute(noted).scalars().all()).toEqual([3])
  })

  it('tell the rank that a value would have, in all four ways', async () => {
    const ranks = select({
      a: func.rank(2).withinGroup(m.id),
      b: func.denseRank(2).withinGroup(m.id.desc()),
      c: func.percentRank(3).withinGroup(m.id),
      d: func.cumeDist(3, 'a').withinGroup(m.id, m.name),
    })
    const row: { a: number; b: number; c: number; d: number } = await engine.execute(ranks).one()
    expect(row).toEqual({ a: 2, b: 2, c: 2 / 3, d: 1 })
    expect(() => cast(func.denseRank(2)).over({ orderBy: m.id })).toThrow(ArgumentError)
  })

  it('drop no argument, and name what they were given', () => {
    for (const name of ['coalesce', 'greatest', 'least'] as const)
      expect(() => cast(func[name])(m.name, null, 'c')).toThrow(`${name}() takes two values, got 3.`)
    expect(() => func.lag(m.id, undefined)).toThrow(/The offset of lag\(\) is a whole number, got undefined/)
  })
})

describe('an aggregate or a window inside of a condition', () => {
  it('is refused in WHERE, however it came there', () => {
    const tags = m.tags.operator('&&', func.arrayAgg(m.name))
    expect(() => select(m.id).where(cast(tags)).toSQL()).toThrow(CompileError)
    const first = func.call<boolean, 'window'>('bool', func.rowNumber().over({ orderBy: m.id }))
    expect(() => select(m.id).where(cast(first)).toSQL()).toThrow(/cannot stand in WHERE/)
  })
})
