// Analytics and writes in one transaction of a session: a table is emptied and filled from a ranking, rows come in bulk, totals run over both.
import { beforeAll, describe, expect, it } from '@jest/globals'
import {
  bulkInsert,
  Column,
  createAll,
  deleteFrom,
  type Engine,
  Entity,
  entity,
  func,
  type Generated,
  insert,
  type Many,
  ManyToOne,
  type One,
  OneToMany,
  PrimaryKey,
  Registry,
  type Session,
  type SessionFactory,
  select,
  sessionFactory,
  types as t,
} from 'oriel'
import { freshEngine } from '../fixture/lane.ts'
import { day, fillShop, Order, TopOrder } from '../fixture/shop.ts'

const o = entity(Order)
const top = entity(TopOrder)

let engine: Engine
let sessions: SessionFactory
beforeAll(async () => {
  engine = await freshEngine()
  await createAll(engine)
  await fillShop(engine)
  await engine.execute(insert(TopOrder).values({ customerId: 3, amount: '1.00', rank: 9 }))
  sessions = sessionFactory(engine)
})

/** Empties the table of top orders, and fills it with the largest order of each customer. */
async function refreshTopOrders(session: Session): Promise<void> {
  await session.execute(deleteFrom(TopOrder).everyRow())
  const rank = func.rowNumber().over({ partitionBy: o.customerId, orderBy: [o.amount.desc(), o.id] })
  const ranked = select({ customerId: o.customerId, amount: o.amount, rank }).cte('ranked')
  await session.execute(
    insert(TopOrder).fromSelect(
      ['customerId', 'amount', 'rank'],
      select({ customerId: ranked.c.customerId, amount: ranked.c.amount, rank: ranked.c.rank })
        .where(ranked.c.rank.eq(1))
        .orderBy(ranked.c.customerId),
    ),
  )
}

const stored = async () =>
  await engine.execute(select(top.customerId, top.amount, top.rank).orderBy(top.customerId, top.id)).all()

describe('a session', () => {
  it('undoes a delete and the refill behind it together', async () => {
    const before = await stored()
    const refusal = sessions.begin(async (session) => {
      await refreshTopOrders(session)
      expect(await session.execute(select(func.count()).from(TopOrder)).scalars().one()).toBe(2)
      throw new Error('thought better of it')
    })
    await expect(refusal).rejects.toThrow('thought better of it')
    expect(await stored()).toEqual(before)
  })

  it('refills a table from a window CTE behind its delete, by two statements', async () => {
    const sent: string[] = []
    const stop = engine.on('beforeExecute', ({ text }) => sent.push(text))
    await sessions.begin(refreshTopOrders)
    stop()
    expect(sent).toHaveLength(4)
    expect(sent[1]).toBe('delete from top_order')
    expect(sent[2]).toContain('with ranked as (select')
    expect(await stored()).toEqual([
      [1, '40.00', 1],
      [2, '1500.50', 1],
    ])
  })

  it('runs totals over rows that it has loaded in bulk and not committed', async () => {
    const late = [
      { customerId: 3, amount: '5.00', status: 'paid', createdAt: day(8) },
      { customerId: 3, amount: '2.50', status: 'paid', createdAt: day(7) },
    ] as const
    const running = func
      .sum(o.amount)
      .over({ partitionBy: o.customerId, orderBy: [o.createdAt, o.id], rows: [null, 0] })
    const totals = select({ amount: o.amount, running }).where(o.customerId.eq(3)).orderBy(o.createdAt, o.id)
    await sessions.begin(async (session) => {
      expect(await session.bulk(bulkInsert(Order, late))).toMatchObject({ received: 2, inserted: 2 })
      expect(await session.execute(totals).all()).toEqual([
        { amount: '2.50', running: '2.50' },
        { amount: '5.00', running: '7.50' },
      ])
      await session.rollback()
    })
    expect(await engine.execute(totals).all()).toEqual([])
  })
})

const nature = new Registry()

@Entity({ registry: nature, table: 'trees' })
class Tree {
  @PrimaryKey(t.integer(), { generated: 'identity' }) id!: Generated<number>
  @OneToMany(() => Leaf, 'tree', { cascade: ['save-update', 'delete'], passiveDeletes: true }) leaves!: Many<Leaf>
}

@Entity({ registry: nature, table: 'leaves' })
class Leaf {
  @PrimaryKey(t.integer(), { generated: 'identity' }) id!: Generated<number>
  @Column(t.integer()) treeId!: number
  @ManyToOne(() => Tree, 'treeId', { onDelete: 'cascade' }) tree!: One<Tree>
}

describe('passiveDeletes', () => {
  it('leaves children that are not loaded to ON DELETE, and deletes those that are', async () => {
    await createAll(engine, { registry: nature })
    await engine.execute(insert(Tree).values([{}, {}]))
    await engine.execute(insert(Leaf).values([{ treeId: 1 }, { treeId: 1 }, { treeId: 2 }]))
    const natural = sessionFactory(engine, { registry: nature })
    const sent: string[] = []
    await natural.begin(async (session) => {
      const tree = await session.getOne(Tree, 1)
      const stop = engine.on('beforeExecute', ({ text }) => sent.push(text))
      session.delete(tree)
      await session.flush()
      stop()
    })
    expect(sent).toEqual(['delete from trees where id = $1'])
    expect(await engine.execute(select(Leaf)).all()).toHaveLength(1)

    sent.length = 0
    await natural.begin(async (session) => {
      const tree = await session.getOne(Tree, 2)
      await session.load(tree, entity(Tree).leaves)
      const stop = engine.on('beforeExecute', ({ text }) => sent.push(text))
      session.delete(tree)
      await session.flush()
      stop()
    })
    expect(sent).toEqual(['delete from leaves where id = $1', 'delete from trees where id = $1'])
    expect(await engine.execute(select(Leaf)).all()).toEqual([])
  })
})
