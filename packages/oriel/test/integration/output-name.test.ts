// Names that the server gives to output columns, and that ORDER BY and DISTINCT ON would take for columns of the table.
import { beforeAll, describe, expect, it } from '@jest/globals'
import {
  Column,
  caseWhen,
  createAll,
  Entity,
  entity,
  func,
  insert,
  literal,
  type Numeric,
  PrimaryKey,
  ProgrammingError,
  select,
  sql,
  types as t,
  unionAll,
} from 'oriel'
import { freshEngine } from '../fixture/lane.ts'

@Entity({ table: 'named' })
class Named {
  @PrimaryKey(t.integer()) id!: number
  @Column(t.integer()) qty!: number
  @Column(t.integer()) rank!: number
  @Column(t.integer()) count!: number
  @Column(t.varchar(5)) name!: string
  @Column(t.numeric(12, 2)) price!: Numeric
}

@Entity({ table: 'picked' })
class Picked {
  @PrimaryKey(t.integer(), { generated: 'identity' }) id!: number
  @Column(t.text()) qty!: string
}

const engine = await freshEngine()
const [n, z] = [entity(Named), entity(Picked)]

beforeAll(async () => {
  await createAll(engine)
  await engine.execute(
    insert(Named).values([
      { id: 1, qty: 10, rank: 3, count: 7, name: 'a', price: '1.25' as Numeric },
      { id: 2, qty: 9, rank: 2, count: 8, name: 'b', price: '2.25' as Numeric },
      { id: 3, qty: 100, rank: 1, count: 9, name: 'b', price: '3.25' as Numeric },
    ]),
  )
})

describe('ORDER BY a column', () => {
  const text = n.qty.cast(t.text())

  it('is not read as a cast of it, which the server calls the same', async () => {
    const largest = select(text).orderBy(n.qty.desc()).limit(1)
    expect(await engine.execute(largest).all()).toEqual([['100']])
    const scalar = select({ one: literal(1), largest: largest.scalar() })
    expect(await engine.execute(scalar).all()).toEqual([{ one: 1, largest: '100' }])
    expect(await engine.execute(select(text).orderBy(sql`${n.qty}`)).all()).toEqual([['9'], ['10'], ['100']])
  })

  it('nor as a function, a CASE or a subquery', async () => {
    const ranked = select(n.id, func.rank().over({ orderBy: n.id })).orderBy(n.rank)
    expect(await engine.execute(ranked).all()).toEqual([
      [3, 3],
      [2, 2],
      [1, 1],
    ])
    const chosen = select(n.id, caseWhen(n.id.eq(3), 0).else(n.qty)).orderBy(n.qty)
    expect((await engine.execute(chosen).all()).map(([id]) => id)).toEqual([2, 1, 3])
    const looked = select(n.id, select(z.qty).where(z.id.eq(0)).scalar()).orderBy(n.qty)
    expect((await engine.execute(looked).all()).map(([id]) => id)).toEqual([2, 1, 3])
  })

  it('is not ambiguous beside an output column of its name', async () => {
    const counted = select(n.count, func.count()).groupBy(n.count).orderBy(n.count.desc())
    expect(await engine.execute(counted).all()).toEqual([
      [9, 1],
      [8, 1],
      [7, 1],
    ])
    const renamed = n.rank.mul(-1).as('qty')
    expect((await engine.execute(select(text, renamed).orderBy(renamed)).all()).map(([qty]) => qty)).toEqual([
      '10',
      '9',
      '100',
    ])
    const own = n.qty.as('qty')
    expect(await engine.execute(select(own).orderBy(own.desc())).all()).toEqual([[100], [10], [9]])
  })

  it('orders the rows that an INSERT takes from a query', async () => {
    await engine.execute(insert(Picked).fromSelect(['qty'], select(text).orderBy(n.qty.desc()).limit(1)))
    expect(await engine.execute(select(z.qty)).scalars().all()).toEqual(['100'])
  })

  it('of a set operation is not ambiguous either', async () => {
    const both = unionAll(select(text, n.qty).where(n.id.eq(1)), select(text, n.qty).where(n.id.ne(1)))
    expect(await engine.execute(both.orderBy(n.qty.desc()).limit(2)).all()).toEqual([
      ['100', 100],
      ['10', 10],
    ])
  })

  it('stays bare where its name is certain', () => {
    expect(select(n.id, n.qty.add(1), func.count().over({})).orderBy(n.qty).toSQL().text).toMatch(/order by qty$/)
  })
})

describe('DISTINCT ON a column', () => {
  it('is not read as the output column of its name', async () => {
    const zeros = select({ qty: n.qty.mul(0) }).distinctOn(n.qty)
    expect(await engine.execute(zeros).all()).toHaveLength(3)
    expect(await engine.execute(zeros.orderBy(n.qty)).all()).toHaveLength(3)
    const named = select({ id: n.id, name: func.upper(literal('x')) })
      .distinctOn(n.name)
      .orderBy(n.name, n.id)
    expect(await engine.execute(named).all()).toEqual([
      { id: 1, name: 'X' },
      { id: 2, name: 'X' },
    ])
    expect(await engine.execute(select(text()).distinctOn(n.qty)).all()).toHaveLength(3)
    function text() {
      return caseWhen(n.id.gt(0), 0).else(n.qty)
    }
  })

  it('while GROUP BY reads the column anyway', async () => {
    const grouped = select({ qty: func.min(n.qty).mul(0) }).groupBy(n.qty)
    expect(await engine.execute(grouped).all()).toEqual([{ qty: 0 }, { qty: 0 }, { qty: 0 }])
  })

  it('that the server refuses says nothing of ON CONFLICT', async () => {
    const refused = await engine.execute(sql`select distinct on (id) id from named order by qty`).then(
      () => null,
      (error: unknown) => error,
    )
    expect(refused).toBeInstanceOf(ProgrammingError)
    expect(refused).toMatchObject({ sqlState: '42P10' })
    expect(String(refused)).not.toContain('ON CONFLICT')
    expect(String(refused)).toContain('.distinctOn(…)')
  })
})
