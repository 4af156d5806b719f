// A flush writes what the user said, all of it and nothing else: rows of defaults, values that compare in their own way, keys that are no
// plain texts, and what is said while a flush is under way.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { inspect, type Session, selectinload } from '@oriel/orm'
import { entity, insert, select, sql, types as t } from '@oriel/sql'
import { describeLane } from '@oriel/testing'
import {
  Cart,
  CartLine,
  Entry,
  Event,
  Hit,
  Label,
  ledger,
  Member,
  Remark,
  Shelf,
  Span,
  Task,
  Tome,
  Use,
} from '../../fixture/ledger.ts'
import { type Recorded, recorded } from '../../fixture/recorded.ts'

const cart = entity(Cart)

describeLane('a flush writes what was said', (lane) => {
  let db: Recorded
  let session: Session

  const number = (text: string) =>
    db.engine
      .execute(sql`${sql.raw(text)}`.columns([t.integer()]))
      .scalars()
      .one()

  beforeAll(async () => {
    db = await recorded(lane(), ledger)
  })
  afterAll(() => db.close())
  beforeEach(async () => {
    await db.engine.execute(
      sql`truncate carts, cart_lines, labels, cart_labels, remarks, entries, events, hits, spans, uses, members, tasks, shelves, tomes restart identity`,
    )
    session = db.sessions.open()
    db.sent()
  })
  afterEach(() => session.close())

  it('a row for each new object of which nothing is given', async () => {
    const carts = [new Cart(), new Cart(), new Cart()]
    for (const one of carts) one.lines = [new CartLine()]
    session.addAll(carts)
    await session.commit()
    expect(carts.map(({ id }) => id)).toEqual([1, 2, 3])
    expect(await number('select count(*)::int from carts')).toBe(3)
    expect(carts.map(({ lines }) => lines[0]?.cartId)).toEqual([1, 2, 3])
  })

  describe('of jsonb', () => {
    beforeEach(async () => {
      await db.engine.execute(sql`insert into entries (data) values ('null'), ('5'), ('"a"'), ('{"a": 1}'), (null)`)
      db.sent()
    })

    it('leaves the JSON null alone that was loaded', async () => {
      const one = await session.getOne(Entry, 1)
      expect(one.data).toBeNull()
      expect(session.dirty.size).toBe(0)
      await session.commit()
      expect(await number(`select count(*)::int from entries where data = 'null'`)).toBe(1)
    })

    it.each([
      [2, '5'],
      [3, '"a"'],
    ])('tells a text from the JSON that looks like it', async (id, text) => {
      const one = await session.getOne(Entry, id)
      one.data = text
      await session.commit()
      expect(await number(`select count(*)::int from entries where data = '${JSON.stringify(text)}'`)).toBe(1)
    })

    it('is not written again for what JSON does not hold', async () => {
      const one = await session.getOne(Entry, 4)
      one.data = { a: undefined, at: new Date(0) }
      one.bytes = Buffer.from([1, 2])
      await session.flush()
      db.sent()
      expect(session.isModified(one)).toBe(false)
      await session.commit()
      expect(db.sent()).toEqual(['commit'])
    })
  })

  it('of numeric: what is no number is no other number', async () => {
    await db.engine.execute(insert(Entry).values({ amount: '0' }))
    const one = await session.getOne(Entry, 1)
    Reflect.set(one, 'amount', '1.2.3')
    await expect(session.commit()).rejects.toThrow('Entry.amount')
  })

  describe('of keys that are objects', () => {
    it('an instant of the same second is another one', async () => {
      await db.engine.execute(insert(Event).values([{ at: new Date(1000) }, { at: new Date(1250) }]))
      await db.engine.execute(insert(Hit).values({ eventAt: new Date(1000) }))
      const [hit] = await session.scalars(select(Hit)).all()
      const [, second] = await session.scalars(select(Event).orderBy(entity(Event).at)).all()
      if (!hit || !second) throw new Error('not stored')
      hit.event = second
      expect(session.isModified(hit)).toBe(true)
      await session.commit()
      expect(hit.eventAt).toEqual(new Date(1250))
      expect(await number(`select count(*)::int from hits where event_at = 'epoch'::timestamptz + '1.25 s'`)).toBe(1)
    })

    it('SEMANTICS 22: an instant is one key, however it is written', async () => {
      await db.engine.execute(insert(Event).values([{ at: new Date(1000) }, { at: new Date(1250) }]))
      await db.engine.execute(insert(Hit).values({ eventAt: new Date(1000) }))
      db.sent()
      const event = await session.getOne(Event, new Date(1250))
      expect(await session.getOne(Event, new Date(1250))).toBe(event)
      expect(db.sent()).toHaveLength(1)
      const [loaded] = await session
        .scalars(
          select(Event)
            .options(selectinload(entity(Event).hits))
            .orderBy(entity(Event).at),
        )
        .all()
      const hit = loaded?.hits[0]
      if (!hit) throw new RangeError('not stored')
      // The key alone is set, and names an object that is here.
      hit.eventAt = new Date(1250)
      await session.flush()
      expect(loaded?.hits).toEqual([])
      expect(event.hits).toEqual([hit])
    })

    it('SEMANTICS 22: an instant that is deleted and taken again in one flush is deleted first', async () => {
      await db.engine.execute(insert(Event).values({ at: new Date(1000) }))
      session.delete(await session.getOne(Event, new Date(1000)))
      session.add(Object.assign(new Event(), { at: new Date(1000) }))
      await session.commit()
      expect(await number('select count(*)::int from events')).toBe(1)
    })

    it('an interval is another one', async () => {
      await db.engine.execute(insert(Span).values([{ length: { days: 1 } }, { length: { days: 2 } }]))
      await db.engine.execute(insert(Use).values({ spanLength: { days: 1 } }))
      const [use] = await session.scalars(select(Use)).all()
      const [, second] = await session.scalars(select(Span).orderBy(entity(Span).length)).all()
      if (!use || !second) throw new Error('not stored')
      use.span = second
      await session.commit()
      expect(await number(`select count(*)::int from uses where span_length = '2 days'`)).toBe(1)
    })
  })

  describe('of a key that shares a column which cannot be null', () => {
    beforeEach(async () => {
      await db.engine.execute(insert(Member).values({ orgId: 1, number: 7 }))
      await db.engine.execute(insert(Task).values([{ orgId: 1, memberNumber: 7 }, { orgId: 1 }]))
    })

    it('the reference and its key may be emptied together', async () => {
      const [task] = await session.scalars(select(Task).options(selectinload(entity(Task).member))).all()
      if (!task) throw new Error('not stored')
      task.member = null
      task.memberNumber = null
      await session.commit()
      expect(await number('select count(*)::int from tasks where member_number is null')).toBe(2)
    })

    it('a reference that is empty already is no change', async () => {
      const task = await session.getOne(Task, 2)
      task.member = null
      expect(session.dirty.size).toBe(0)
    })
  })

  describe('SEMANTICS 14: what is said while a flush is under way', () => {
    beforeEach(async () => {
      await db.engine.execute(sql`insert into carts default values`)
      await db.engine.execute(insert(Label).values({ name: 'red' }))
      db.sent()
    })

    it('is written by the next one: members of collections', async () => {
      const one = (
        await session.scalars(select(Cart).options(selectinload(cart.lines), selectinload(cart.labels))).all()
      )[0]
      const red = await session.getOne(Label, 'red')
      if (!one) throw new RangeError('not stored')
      one.note = 'first'
      const flushed = session.flush()
      one.labels.push(red)
      one.lines.push(new CartLine())
      one.note = 'second'
      await flushed
      expect(one.note).toBe('second')
      await session.commit()
      expect(await number('select count(*)::int from cart_labels')).toBe(1)
      expect(await number('select count(*)::int from cart_lines where cart_id = 1')).toBe(1)
      expect(await number(`select count(*)::int from carts where note = 'second'`)).toBe(1)
    })

    it('is written by the next one: members of new objects', async () => {
      const fresh = new Cart()
      session.add(fresh)
      const flushed = session.flush()
      fresh.lines.push(new CartLine())
      await flushed
      await session.commit()
      expect(await number('select count(*)::int from cart_lines where cart_id = 2')).toBe(1)
    })
  })

  it('SEMANTICS 20: a delete that is taken back takes nothing along', async () => {
    await db.engine.execute(sql`insert into carts default values`)
    await db.engine.execute(insert(CartLine).values({ cartId: 1 }))
    const one = await session.getOne(Cart, 1)
    session.delete(one)
    const unfinished = new Label()
    session.add(unfinished)
    await expect(session.flush()).rejects.toThrow('Label.name')
    unfinished.name = 'red'
    session.add(one)
    await session.commit()
    expect(await number('select count(*)::int from cart_lines')).toBe(1)
    expect(await number('select count(*)::int from carts')).toBe(1)
  })

  it('SEMANTICS 20: a child deleted by name stays deleted where its parent is not', async () => {
    await db.engine.execute(sql`insert into carts default values`)
    await db.engine.execute(insert(CartLine).values({ cartId: 1 }))
    const one = await session.getOne(Cart, 1)
    const line = await session.getOne(CartLine, 1)
    session.delete(one)
    const unfinished = new Label()
    session.add(unfinished)
    await expect(session.flush()).rejects.toThrow('Label.name')
    unfinished.name = 'red'
    session.delete(line)
    session.add(one)
    await session.commit()
    expect(await number('select count(*)::int from cart_lines')).toBe(0)
    expect(await number('select count(*)::int from carts')).toBe(1)
  })

  it('SEMANTICS 20: children whose key may be null stay, and lose it, where the collection is not loaded', async () => {
    await db.engine.execute(insert(Entry).values({}))
    await db.engine.execute(insert(Remark).values([{ entryId: 1 }, { entryId: 1 }]))
    const known = await session.getOne(Remark, 1)
    session.delete(await session.getOne(Entry, 1))
    await session.commit()
    expect(known.entryId).toBeNull()
    expect(await number('select count(*)::int from remarks where entry_id is null')).toBe(2)
  })

  it.each([true, false])(
    'SEMANTICS 20: a child with the key of another parent is no child any more (loaded: %s)',
    async (isLoaded) => {
      await db.engine.execute(sql`insert into carts (note) values ('a'), ('b')`)
      await db.engine.execute(insert(CartLine).values([{ cartId: 1 }, { cartId: 1 }]))
      const all = select(Cart).orderBy(cart.id)
      const [one] = await session.scalars(isLoaded ? all.options(selectinload(cart.lines)) : all).all()
      if (!one) throw new RangeError('not stored')
      const line = await session.getOne(CartLine, 1)
      line.cartId = 2
      session.delete(one)
      await session.commit()
      expect(await number('select count(*)::int from cart_lines where cart_id = 2')).toBe(1)
      expect(await number('select count(*)::int from cart_lines')).toBe(1)
    },
  )

  it('SEMANTICS 20: a parent with an empty key takes no child along that has none', async () => {
    await db.engine.execute(insert(Shelf).values({ name: '' }))
    await db.engine.execute(insert(Tome).values([{ shelfName: '' }, { shelfName: '' }, {}]))
    await session.scalars(select(Tome)).all()
    const shelves = select(Shelf).options(selectinload(entity(Shelf).tomes, () => ({ limit: 1 })))
    const [shelf] = await session.scalars(shelves).all()
    if (!shelf) throw new RangeError('not stored')
    session.delete(shelf)
    await session.commit()
    expect(await number('select count(*)::int from tomes')).toBe(1)
  })

  it('SEMANTICS 28: what a stream that was left brought is an ordinary object for the next one', async () => {
    await db.engine.execute(sql`insert into carts (note) values ('a'), ('b')`)
    await db.engine.execute(insert(CartLine).values([{ cartId: 1 }, { cartId: 2 }]))
    for await (const _ of session.stream(select(Cart).orderBy(cart.id), { yieldPer: 1 }).partitions()) break
    const loaded = select(Cart).orderBy(cart.id).options(selectinload(cart.lines))
    for await (const one of session.stream(loaded, { yieldPer: 1 }).scalars()) expect(one.lines).toHaveLength(1)
    await session.scalars(select(CartLine)).all()
    session.add(new Cart())
    await session.commit()
    expect(await number('select count(*)::int from carts')).toBe(3)
  })

  describe('expunge', () => {
    it('holds for what others still refer to', async () => {
      await db.engine.execute(sql`insert into carts default values`)
      await db.engine.execute(insert(CartLine).values({ cartId: 1 }))
      const [one] = await session.scalars(select(Cart).options(selectinload(cart.lines))).all()
      const line = one?.lines[0]
      if (!one || !line) throw new Error('not stored')
      session.expunge(one)
      one.note = 'unwritten'
      line.cart = one
      await session.commit()
      expect(inspect(one).state).toBe('detached')
      expect(await number('select count(*)::int from carts where note is null')).toBe(1)
      // Another object for the same row is no conflict.
      const again = await session.getOne(Cart, 1)
      expect(again).not.toBe(one)
      await session.flush()
    })

    it('holds for a new object in the collection of another new one, until it is added again', async () => {
      const one = new Cart()
      one.lines = [new CartLine()]
      session.add(one)
      const [line] = one.lines
      if (!line) throw new Error('not there')
      session.expunge(line)
      await session.commit()
      expect(await number('select count(*)::int from cart_lines')).toBe(0)
      session.add(line)
      await session.commit()
      expect(await number('select count(*)::int from cart_lines where cart_id = 1')).toBe(1)
    })
  })

  it('SEMANTICS 19: a new reference and the collection that let it go disagree', async () => {
    await db.engine.execute(sql`insert into carts default values`)
    const [one] = await session.scalars(select(Cart).options(selectinload(cart.lines))).all()
    if (!one) throw new RangeError('not stored')
    const line = new CartLine()
    line.cart = one
    session.add(line)
    expect(one.lines).toEqual([line])
    one.lines.pop()
    await expect(session.flush()).rejects.toThrow(/CartLine\.cart.*Cart\.lines|Cart\.lines.*CartLine\.cart/s)
  })

  describe('SEMANTICS 25: autoflush sees', () => {
    it('what a delete takes along', async () => {
      await db.engine.execute(sql`insert into carts default values`)
      await db.engine.execute(insert(CartLine).values({ cartId: 1 }))
      session.delete(await session.getOne(Cart, 1))
      expect(await session.scalars(select(CartLine)).all()).toEqual([])
    })

    it('what hangs on a new object', async () => {
      const one = new Cart()
      session.add(one)
      one.lines.push(new CartLine())
      expect(await session.scalars(select(CartLine)).all()).toEqual(one.lines)
    })
  })
})
