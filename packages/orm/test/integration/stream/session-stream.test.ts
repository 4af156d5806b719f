// Streams of a session: rows in batches through a cursor of its transaction, objects that come and go with their batch.
import { describe, expect, it } from '@jest/globals'
import { CanceledError, ClosedError, PendingRollbackError, StreamClosedError } from '@oriel/engine'
import { inspect, joinedload, type Session, selectinload } from '@oriel/orm'
import {
  ArgumentError,
  DataError,
  deleteFrom,
  entity,
  func,
  InvalidRequestError,
  insert,
  select,
  sql,
  types as t,
  update,
} from '@oriel/sql'
import { describeLane } from '@oriel/testing'
import { openShop } from '../../fixture/filled-shop.ts'
import { Category, Country, Customer, Order, OrderLine, Product } from '../../fixture/shop.ts'

const c = entity(Customer)
const o = entity(Order)
const k = entity(Category)

const numbers = (to: number) =>
  sql<{ n: number }>`select n from generate_series(1, ${to}::int) n`.columns({ n: t.integer() })

async function openCursors(session: Session): Promise<number> {
  const row = await session
    .execute(sql<{ n: number }>`select count(*)::int as n from pg_cursors where name like 'oriel%'`)
    .one()
  return row.n
}

async function all<R>(rows: AsyncIterable<R>): Promise<R[]> {
  const found: R[] = []
  for await (const row of rows) found.push(row)
  return found
}

describeLane('streams of a session', (lane) => {
  const shop = openShop(lane)

  it('gives every row once, in order, whatever the size of a batch', async () => {
    await using session = shop().sessions.open()
    for (const yieldPer of [1, 7, 39, 40, 41, 5_000]) {
      const rows = await all(session.stream(numbers(40), { yieldPer }))
      expect(rows.map(({ n }) => n)).toEqual(Array.from({ length: 40 }, (_, i) => i + 1))
    }
    expect(await all(session.stream(numbers(0)))).toEqual([])
    expect(await openCursors(session)).toBe(0)
  })

  it('gives rows as execute does, and objects of the session by scalars()', async () => {
    await using session = shop().sessions.open()
    const statement = select(Order).where(o.amount.gt('20')).orderBy(o.id)
    expect(await all(session.stream(statement).scalars())).toEqual(await session.scalars(statement).all())
    const pairs = select(o.id, Order).orderBy(o.id)
    expect(await all(session.stream(pairs))).toEqual(await session.execute(pairs).all())
    const named = select({ id: o.id, who: c.email }).join(o.customer).orderBy(o.id)
    expect(await all(session.stream(named, { yieldPer: 2 }))).toEqual(await session.execute(named).all())
  })

  it('hands out batches by partitions(), of yieldPer rows or of so many', async () => {
    await using session = shop().sessions.open()
    const sizes = async (batches: AsyncIterable<unknown[]>) => (await all(batches)).map(({ length }) => length)
    expect(await sizes(session.stream(numbers(10), { yieldPer: 4 }).partitions())).toEqual([4, 4, 2])
    expect(await sizes(session.stream(numbers(10), { yieldPer: 4 }).partitions(5))).toEqual([5, 5])
    expect(await sizes(session.stream(numbers(2_500)).partitions())).toEqual([1_000, 1_000, 500])
  })

  it('sends nothing before the first pull, and asks for the next batch before it hands out this one', async () => {
    await using session = shop().sessions.open()
    const texts: string[] = []
    const forget = shop().engine.on('beforeExecute', ({ text }) => texts.push(text))
    const stream = session.stream(select(o.id).orderBy(o.id), { yieldPer: 2 })
    expect(texts).toEqual([])
    expect(session.inTransaction).toBe(false)
    const seen: number[] = []
    for await (const _ of stream.partitions()) seen.push(texts.filter((text) => text.startsWith('fetch')).length)
    forget()
    // Three full batches: the fourth FETCH finds the end.
    expect(seen).toEqual([2, 3, 4])
    expect(texts[0]).toMatch(/^begin/i)
    expect(texts[1]).toMatch(/^declare oriel_stream_1 no scroll cursor for select /)
    expect(texts.at(-1)).toBe('close oriel_stream_1')
    expect(session.inTransaction).toBe(true)
  })

  it('runs other statements between two batches: none hangs, no row is lost', async () => {
    await using session = shop().sessions.open()
    const seen: number[] = []
    for await (const { n } of session.stream(numbers(50), { yieldPer: 3 })) {
      seen.push(n)
      expect(await session.execute(sql<{ m: number }>`select ${n}::int * 2 as m`).one()).toEqual({ m: n * 2 })
      if (n % 10 === 0)
        await session.nested(async () => await session.execute(insert(Category).values({ parentId: null })))
      if (n === 25) await Promise.all([session.get(Country, 'de'), session.get(Country, 'fr')])
    }
    expect(seen).toEqual(Array.from({ length: 50 }, (_, i) => i + 1))
    await session.rollback()
  })

  it('reads two streams side by side', async () => {
    await using session = shop().sessions.open()
    const pairs: string[] = []
    for await (const outer of session.stream(numbers(3), { yieldPer: 1 }))
      for await (const inner of session.stream(numbers(3), { yieldPer: 2 })) pairs.push(`${outer.n}${inner.n}`)
    expect(pairs).toEqual(['11', '12', '13', '21', '22', '23', '31', '32', '33'])
    expect(await openCursors(session)).toBe(0)
  })

  it('does not see what is written while it is read', async () => {
    await using session = shop().sessions.open()
    const ids: number[] = []
    for await (const [id] of session.stream(select(k.id).orderBy(k.id), { yieldPer: 1 })) {
      ids.push(id)
      await session.execute(insert(Category).values({ parentId: null }))
    }
    expect(ids).toEqual([1, 2, 3, 4])
    await session.rollback()
  })

  it('writes pending changes before it reads, and not while', async () => {
    await using session = shop().sessions.open()
    const ann = await session.getOne(Country, 'de')
    ann.name = 'Deutschland'
    const names: string[] = []
    for await (const country of session
      .stream(select(Country).orderBy(entity(Country).code), { yieldPer: 1 })
      .scalars()) {
      names.push(country.name)
      country.name = `${country.name}!`
    }
    expect(names).toEqual(['Deutschland', 'France'])
    expect(session.dirty.size).toBe(2)
    await session.rollback()
  })

  it.each([1, 2, 10, 1_000])(
    'SEMANTICS 28: a batch leaves when the next is asked for (%i a batch)',
    async (yieldPer) => {
      await using session = shop().sessions.open()
      let before: Order | null = null
      for await (const order of session.stream(select(Order).orderBy(o.id), { yieldPer }).scalars()) {
        expect(inspect(order).state).toBe('persistent')
        if (before && (order.id - 1) % yieldPer === 0) expect(inspect(before).state).toBe('detached')
        else if (before) expect(inspect(before).state).toBe('persistent')
        before = order
      }
      expect(before && inspect(before).state).toBe('detached')
    },
  )

  it('SEMANTICS 28: what was changed, added or known before stays', async () => {
    await using session = shop().sessions.open()
    const known = await session.getOne(Order, 2)
    const seen: Order[] = []
    for await (const order of session.stream(select(Order).orderBy(o.id), { yieldPer: 1 }).scalars()) {
      seen.push(order)
      if (order.id === 3) order.amount = '33.00' as typeof order.amount
      if (order.id === 4) session.add(order)
      if (order.id === 5) {
        expect(session.isModified(seen[2] ?? order)).toBe(true)
        order.status = order.status === 'paid' ? 'new' : 'paid'
        await session.flush()
      }
      if (order.id === 6) session.delete(order)
    }
    expect(seen[1]).toBe(known)
    expect(seen.map((order) => inspect(order).state)).toEqual([
      'detached',
      'persistent',
      'persistent',
      'persistent',
      'persistent',
      'persistent',
    ])
    expect(session.deleted.has(seen[5] ?? known)).toBe(true)
    const five = seen[4]?.status
    await session.rollback()
    expect(seen[4]?.status).not.toBe(five)
  })

  describe('SEMANTICS 28: what hangs on an object that stays, stays too', () => {
    const loaded = select(Order).options(selectinload(o.lines)).orderBy(o.id)
    const lines = async (session: Session) =>
      await session.execute(select(func.count()).from(OrderLine)).scalars().one()

    /** Lines can go where no parcel refers to them. */
    const withoutParcels = async () => {
      const session = shop().sessions.open()
      await session.execute(sql`delete from parcel`)
      return session
    }

    it('so that members that were taken out go with the commit', async () => {
      await using session = await withoutParcels()
      const before = await lines(session)
      for await (const order of session.stream(loaded, { yieldPer: 1 }).scalars()) if (order.id === 2) order.lines = []
      await session.flush()
      expect(await lines(session)).toBe(before - 2)
      await session.rollback()
    })

    it('and so does what was taken out of them, also where it hangs on another one', async () => {
      await using session = await withoutParcels()
      const seen: OrderLine[] = []
      const deep = select(Customer).options(selectinload(c.orders).selectinload(o.lines)).orderBy(c.email)
      for await (const customer of session.stream(deep, { yieldPer: 1 }).scalars()) {
        const [, second] = customer.orders
        if (customer.email !== 'ann@x.io' || !second) continue
        seen.push(...second.lines)
        customer.email = 'ann@y.io'
      }
      expect(seen).toHaveLength(2)
      expect(seen.map((line) => inspect(line).state)).toEqual(['persistent', 'persistent'])
      const before = await lines(session)
      for (const line of seen) session.delete(line)
      await session.flush()
      expect(await lines(session)).toBe(before - 2)
      await session.rollback()
    })

    it('so that a delete takes along what it has to', async () => {
      await using session = await withoutParcels()
      const before = await lines(session)
      for await (const order of session.stream(loaded, { yieldPer: 1 }).scalars())
        if (order.id === 5) session.delete(order)
      await session.flush()
      expect(await lines(session)).toBe(before - 2)
      await session.rollback()
    })

    it('and what an object gained that was known before', async () => {
      await using session = await withoutParcels()
      const known = await session.getOne(Order, 2)
      for await (const _ of session.stream(loaded, { yieldPer: 1 }).scalars());
      expect(known.lines.map((line) => inspect(line).state)).toEqual(['persistent', 'persistent'])
      const before = await lines(session)
      known.lines = []
      await session.flush()
      expect(await lines(session)).toBe(before - 2)
      await session.rollback()
    })

    it('and nothing else does', async () => {
      await using session = await withoutParcels()
      const seen: Order[] = []
      for await (const order of session.stream(loaded, { yieldPer: 1 }).scalars()) {
        seen.push(order)
        if (order.id === 2) order.lines = []
      }
      expect(seen.filter((order) => inspect(order).state === 'persistent').map(({ id }) => id)).toEqual([2])
      expect(seen.flatMap((order) => order.lines).map((line) => inspect(line).state)).not.toContain('persistent')
      await session.rollback()
    })
  })

  it('SEMANTICS 28: identity keep leaves all in the session, detached none', async () => {
    await using session = shop().sessions.open()
    const statement = select(Order).orderBy(o.id)
    const detached = await all(session.stream(statement, { identity: 'detached', yieldPer: 2 }).scalars())
    expect(new Set(detached.map((order) => inspect(order).state))).toEqual(new Set(['detached']))
    const kept = await all(session.stream(statement, { identity: 'keep', yieldPer: 2 }).scalars())
    expect(new Set(kept.map((order) => inspect(order).state))).toEqual(new Set(['persistent']))
    expect(await session.get(Order, 1)).toBe(kept[0])
    for await (const order of session.stream(statement, { identity: 'detached', yieldPer: 4 }).scalars())
      expect(inspect(order).state).toBe('persistent')
  })

  it('loads relationships for each batch, by one statement per level', async () => {
    await using session = shop().sessions.open()
    const statement = select(Customer)
      .options(selectinload(c.orders).selectinload(o.lines), joinedload(c.country))
      .orderBy(c.email)
    shop().recorder.take()
    const shown: string[] = []
    const seen: Customer[] = []
    for await (const batch of session.stream(statement, { yieldPer: 2 }).scalars().partitions())
      for (const customer of batch) {
        seen.push(customer)
        const lines = customer.orders.map((order) => `${order.id}:${order.lines.length}`)
        shown.push(`${customer.email} ${customer.country?.name ?? '-'} ${lines.join(' ')}`)
      }
    expect(shown).toEqual(['ann@x.io Germany 1:1 2:2 3:0 4:1', 'bo@x.io France 5:2 6:0', 'cy@x.io - '])
    const loads = shop()
      .recorder.take()
      .filter((text) => text.startsWith('select'))
    // Orders and their lines for the first batch; nobody in the second has an order.
    expect(loads.length).toBe(3)
    expect(seen.flatMap((customer) => customer.orders).map((order) => inspect(order).state)).not.toContain('persistent')
  })

  it('gives an object and a window beside it, loaded', async () => {
    await using session = shop().sessions.open()
    const rank = func.rank().over({ partitionBy: o.customerId, orderBy: o.amount.desc() })
    const statement = select(Order, rank).options(joinedload(o.customer), selectinload(o.lines)).orderBy(o.id)
    const shown: string[] = []
    for await (const [order, place] of session.stream(statement, { yieldPer: 4 }))
      shown.push(`${order.id} ${order.customer.email} ${order.lines.length} ${place}`)
    expect(shown).toEqual([
      '1 ann@x.io 1 4',
      '2 ann@x.io 2 3',
      '3 ann@x.io 0 2',
      '4 ann@x.io 1 1',
      '5 bo@x.io 2 2',
      '6 bo@x.io 0 1',
    ])
  })

  it('SEMANTICS 28: refuses a joined collection, with selectinload as the way out', async () => {
    await using session = shop().sessions.open()
    const statement = select(Customer).options(joinedload(c.orders))
    expect(() => session.stream(statement)).toThrow(ArgumentError)
    expect(() => session.stream(statement)).toThrow(/selectinload/)
    expect(session.inTransaction).toBe(false)
  })

  it('frees the cursor at once when the loop breaks, and keeps the objects of its batch', async () => {
    await using session = shop().sessions.open()
    let count = 0
    for await (const _ of session.stream(numbers(100_000))) if (++count === 10) break
    expect(await openCursors(session)).toBe(0)
    let found: Order | null = null
    for await (const order of session.stream(select(Order).orderBy(o.id)).scalars())
      if (order.id === 3) {
        found = order
        break
      }
    expect(found && inspect(found).state).toBe('persistent')
    expect(await session.execute(select(o.id)).all()).toHaveLength(6)
  })

  it('frees the cursor when the loop throws, and throws that error', async () => {
    await using session = shop().sessions.open()
    const thrown = new TypeError('mine')
    const loop = async () => {
      for await (const { n } of session.stream(numbers(100_000))) if (n === 1_500) throw thrown
    }
    await expect(loop()).rejects.toBe(thrown)
    expect(await openCursors(session)).toBe(0)
  })

  it('frees the cursor when its signal is aborted between two batches, and the loop throws', async () => {
    await using session = shop().sessions.open()
    const abort = new AbortController()
    const seen: number[] = []
    const loop = async () => {
      for await (const { n } of session.stream(numbers(100_000), { yieldPer: 10, signal: abort.signal })) {
        seen.push(n)
        // The batch that was asked for early has to have come: what is under way would be canceled, and its transaction aborted.
        await session.execute(sql`select 1`)
        if (n === 15) {
          abort.abort(new TypeError('enough'))
          expect(await openCursors(session)).toBe(0)
        }
      }
    }
    const error = await loop().catch((caught: unknown) => caught)
    expect(error).toBeInstanceOf(CanceledError)
    expect(error).toHaveProperty('cause.message', 'enough')
    const late = new AbortController()
    shop().recorder.take()
    await expect(
      (async () => {
        for await (const _ of session.stream(numbers(100_000), { yieldPer: 10, signal: late.signal })) {
          await session.execute(sql`select 2`)
          late.abort()
        }
      })(),
    ).rejects.toThrow(CanceledError)
    // The loop throws once the cursor is gone, and not before.
    expect(shop().recorder.take().at(-1)).toMatch(/^close oriel_stream/)
    expect(seen).toHaveLength(15)
    const before = session.stream(numbers(1), { signal: AbortSignal.abort() })
    await expect(all(before)).rejects.toThrow(CanceledError)
  })

  it('frees the cursor when a stream is closed by hand, or by await using', async () => {
    await using session = shop().sessions.open()
    const stream = session.stream(numbers(100_000))
    const rows = stream[Symbol.asyncIterator]()
    expect(await rows.next()).toEqual({ done: false, value: { n: 1 } })
    expect(await openCursors(session)).toBe(1)
    await stream.close()
    await stream.close()
    expect(await openCursors(session)).toBe(0)
    await expect(rows.next()).rejects.toThrow(StreamClosedError)
    {
      await using unread = session.stream(numbers(100_000))
      expect(unread).toBeDefined()
    }
    expect(await openCursors(session)).toBe(0)
  })

  it.each([
    ['commit()', async (session: Session) => await session.commit()],
    ['rollback()', async (session: Session) => await session.rollback()],
    ['close()', async (session: Session) => await session.close()],
  ])('SEMANTICS 28: %s ends an open stream with StreamClosedError', async (verb, end) => {
    await using session = shop().sessions.open()
    const seen: number[] = []
    const loop = async () => {
      for await (const { n } of session.stream(numbers(1_000), { yieldPer: 10 })) {
        seen.push(n)
        if (n === 12) await end(session)
      }
    }
    const error = await loop().catch((caught: unknown) => caught)
    expect(error).toBeInstanceOf(StreamClosedError)
    expect(String(error)).toContain(verb)
    expect(seen).toHaveLength(12)
    if (verb !== 'close()') expect(await openCursors(session)).toBe(0)
  })

  it('goes on behind a savepoint that is rolled back inside the loop, and ends where it was opened in one', async () => {
    await using session = shop().sessions.open()
    const seen: number[] = []
    for await (const { n } of session.stream(numbers(20), { yieldPer: 5 })) {
      seen.push(n)
      if (n === 7)
        await expect(session.nested(async () => await session.execute(sql`select 1 / 0`))).rejects.toThrow(DataError)
    }
    expect(seen).toHaveLength(20)
    let rows: AsyncIterator<{ n: number }> | null = null
    const failing = session.nested(async () => {
      rows = session.stream(numbers(20), { yieldPer: 5 })[Symbol.asyncIterator]()
      for (let i = 0; i < 5; i++) await rows.next()
      throw new TypeError('undone')
    })
    await expect(failing).rejects.toThrow('undone')
    const next = async () => await rows?.next()
    await expect(next()).rejects.toThrow(StreamClosedError)
    expect(await session.execute(sql`select 1 as n`).one()).toEqual({ n: 1 })
    // What was opened in a savepoint that is kept goes on.
    let kept: AsyncIterator<{ n: number }> | null = null
    await session.nested(async () => {
      kept = session.stream(numbers(3), { yieldPer: 1 })[Symbol.asyncIterator]()
      await kept.next()
    })
    const more = async () => await kept?.next()
    expect(await more()).toEqual({ done: false, value: { n: 2 } })
    await session.rollback()
    await expect(more()).rejects.toThrow(StreamClosedError)
  })

  it('throws what the server says in the middle, and the session asks for a rollback', async () => {
    await using session = shop().sessions.open()
    const seen: number[] = []
    const loop = async () => {
      const statement = sql<{ n: number }>`select 100 / (50 - n) as n from generate_series(1, 100) n`
      for await (const { n } of session.stream(statement, { yieldPer: 10 })) seen.push(n)
    }
    const error = await loop().catch((caught: unknown) => caught)
    expect(error).toBeInstanceOf(DataError)
    expect(error).toHaveProperty('sqlState', '22012')
    expect(String(error)).toContain('division by zero')
    expect(seen.length).toBeGreaterThanOrEqual(30)
    expect(seen.length).toBeLessThan(50)
    await expect(session.execute(sql`select 1`)).rejects.toThrow(PendingRollbackError)
    await session.rollback()
    expect(await all(session.stream(numbers(3)))).toHaveLength(3)
  })

  it('refuses what cannot be streamed, before anything is sent', async () => {
    await using session = shop().sessions.open()
    shop().recorder.take()
    expect(() => session.stream(numbers(1), { yieldPer: 0 })).toThrow(/yieldPer/)
    expect(() => session.stream(numbers(1)).partitions(1.5)).toThrow(/partition/)
    // @ts-expect-error: no such option
    expect(() => session.stream(numbers(1), { yieldPr: 5 })).toThrow(/yieldPer/)
    // @ts-expect-error: no such way
    expect(() => session.stream(numbers(1), { identity: 'weak' })).toThrow(/identity/)
    const writes = session.stream(update(Product).set({ sku: 'x' }).everyRow().returning(entity(Product).sku))
    await expect(all(writes)).rejects.toThrow(/reads a SELECT, and this is UPDATE/)
    await expect(all(session.stream(deleteFrom(Order).everyRow()))).rejects.toThrow(ArgumentError)
    const raw = [
      sql`insert into orders (customer_id, amount) select id, 1 from customers returning id`,
      sql` -- a note\n /* and another */ DELETE from orders returning id`,
    ]
    for (const statement of raw)
      await expect(all(session.stream(statement))).rejects.toThrow(/reads a SELECT, and this/)
    expect(shop().recorder.take()).toEqual(['begin'])
    const read = [
      sql`(select 1 as n) union (select 2)`,
      sql`/* rows */ values (1), (2)`,
      sql`with x as (select 1) table x`,
    ]
    for (const statement of read) expect((await all(session.stream(statement))).length).toBeGreaterThan(0)
    await session.rollback()
    const twice = session.stream(numbers(1))
    await all(twice)
    await expect(all(twice)).rejects.toThrow(InvalidRequestError)
    await session.close()
    expect(() => session.stream(numbers(1))).toThrow(ClosedError)
  })
})
