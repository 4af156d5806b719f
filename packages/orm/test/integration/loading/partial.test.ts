// Collections that were loaded in part: what was seen can be changed, what was not seen is neither forgotten nor taken for gone.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { createEngine, type Engine } from '@oriel/engine'
import {
  Column,
  containsEager,
  createAll,
  Entity,
  joinedload,
  ManyToMany,
  ManyToOne,
  NotLoadedError,
  OneToMany,
  OneToOne,
  PrimaryKey,
  Registry,
  type Session,
  type SessionFactory,
  selectinload,
  sessionFactory,
  withCriteria,
} from '@oriel/orm'
import { entity, type Generated, type LoaderOption, type Many, type One, select, sql, types as t } from '@oriel/sql'
import { describeLane } from '@oriel/testing'
import { countReads } from '../../fixture/counted-list.ts'
import { Recorder } from '../../fixture/recorder.ts'

const registry = new Registry()

@Entity({ registry, table: 'customers' })
class Customer {
  @PrimaryKey(t.integer(), { generated: 'identity' }) id!: Generated<number>
  @OneToMany(() => Note, 'customer', { cascade: ['save-update', 'merge', 'delete'], orderBy: 'id' }) notes!: Many<Note>
  @OneToMany(() => Item, 'customer', { cascade: ['save-update', 'delete-orphan'], orderBy: 'id' }) items!: Many<Item>
  @ManyToMany(() => Tag, { through: 'customer_tags', orderBy: 'id' }) tags!: Many<Tag>
  @OneToOne(() => Badge, { inverse: 'customer', cascade: ['save-update', 'delete'] }) badge!: One<Badge, 'id'> | null
}

@Entity({ registry, table: 'notes' })
class Note {
  @PrimaryKey(t.integer()) id!: number
  @Column(t.integer().nullable()) customerId!: number | null
  @ManyToOne(() => Customer, 'customerId') customer!: One<Customer> | null
}

@Entity({ registry, table: 'items' })
class Item {
  @PrimaryKey(t.integer()) id!: number
  @Column(t.integer()) customerId!: number
  @ManyToOne(() => Customer, 'customerId') customer!: One<Customer>
}

@Entity({ registry, table: 'tags' })
class Tag {
  @PrimaryKey(t.integer()) id!: number
  @ManyToMany(() => Customer, { through: 'customer_tags' }) customers!: Many<Customer>
}

@Entity({ registry, table: 'badges' })
class Badge {
  @PrimaryKey(t.integer()) customerId!: number
  @OneToOne(() => Customer, 'customerId') customer!: One<Customer>
}

const c = entity(Customer)
const n = entity(Note)

const firstNote = selectinload(c.notes, (note) => ({ where: note.id.eq(1) }))

describeLane('a collection that was loaded in part', (lane) => {
  let engine: Engine
  let sessions: SessionFactory
  let recorder: Recorder
  let session: Session

  beforeAll(async () => {
    engine = createEngine(lane().driver)
    await createAll(engine, { registry })
    sessions = sessionFactory(engine, { registry })
    recorder = new Recorder(engine)
  })
  beforeEach(async () => {
    await engine.execute(sql`truncate customers, notes, items, tags, customer_tags, badges restart identity`)
    await engine.execute(sql`insert into customers default values`)
    await engine.execute(sql`insert into notes (id, customer_id) values (1, 1), (2, 1), (3, 1)`)
    await engine.execute(sql`insert into items (id, customer_id) values (1, 1), (2, 1), (3, 1)`)
    await engine.execute(sql`insert into tags (id) values (1), (2), (3)`)
    await engine.execute(sql`insert into customer_tags (customer_id, tag_id) values (1, 1), (1, 2)`)
    await engine.execute(sql`insert into badges (customer_id) values (1)`)
    session = sessions.open()
  })
  afterAll(() => engine.close())

  const read = async (...options: LoaderOption<Customer>[]): Promise<Customer> =>
    await session.scalars(select(Customer).options(...options)).one()
  const notes = async (): Promise<unknown[]> => await engine.execute(select(n.id, n.customerId).orderBy(n.id)).all()
  const ids = async (table: 'items' | 'notes' | 'badges'): Promise<unknown> =>
    (await engine.execute(sql<{ count: bigint }>`select count(*) as count from ${sql.identifier(table)}`).one()).count

  describe('is not replaced as if it were whole', () => {
    it.each([
      ['by a filter', () => firstNote],
      ['by a limit', () => selectinload(c.notes, () => ({ limit: 1 }))],
      ['by an offset', () => selectinload(c.notes, () => ({ offset: 1 }))],
    ])('%s', async (_how, loader) => {
      const customer = await read(loader())
      customer.notes = []
      await expect(session.flush()).rejects.toThrow(NotLoadedError)
      await expect(session.flush()).rejects.toThrow(
        'Customer.notes of Customer 1 was loaded in part, and replaced.\n  Change the array that was loaded, by push() or splice(), or load it whole: await session.load(object, relationship).',
      )
      expect(await notes()).toEqual([
        [1, 1],
        [2, 1],
        [3, 1],
      ])
      await session.close()
    })

    it('by withCriteria, by the user’s own join', async () => {
      const byCriteria = await session
        .scalars(
          select(Customer).options(
            selectinload(c.notes),
            withCriteria(Note, (note) => note.id.eq(1)),
          ),
        )
        .one()
      byCriteria.notes = []
      await expect(session.flush()).rejects.toThrow('was loaded in part, and replaced')
      await session.close()
      session = sessions.open()
      const joined = await session
        .scalars(select(Customer).join(c.items).where(entity(Item).id.eq(1)).options(containsEager(c.items)))
        .one()
      joined.items = []
      await expect(session.flush()).rejects.toThrow('Customer.items of Customer 1 was loaded in part, and replaced')
      expect(await ids('items')).toBe(3n)
      await session.close()
    })

    it('one object that was not seen as little', async () => {
      const customer = await read(selectinload(c.badge, (badge) => ({ where: badge.customerId.eq(7) })))
      customer.badge = new Badge()
      await expect(session.flush()).rejects.toThrow(
        'Customer.badge of Customer 1 was loaded in part, and replaced.\n  Load it whole: await session.load(object, relationship).',
      )
      await session.close()
    })

    it('until it is loaded whole: then it is', async () => {
      const customer = await read(firstNote)
      customer.notes = []
      await session.load(customer, c.notes)
      expect(customer.notes).toEqual([])
      await session.commit()
      expect(await notes()).toEqual([
        [1, null],
        [2, null],
        [3, null],
      ])
      await session.close()
    })

    it('and a whole one may be', async () => {
      const customer = await read(joinedload(c.notes))
      customer.notes = customer.notes.slice(0, 1)
      await session.commit()
      expect(await notes()).toEqual([
        [1, 1],
        [2, null],
        [3, null],
      ])
      await session.close()
    })
  })

  it('takes and loses members, and leaves those alone that were not seen', async () => {
    const customer = await read(
      firstNote,
      selectinload(c.items, (item) => ({ where: item.id.gte(2) })),
    )
    customer.notes.splice(0, 1)
    customer.notes.push(Object.assign(new Note(), { id: 4 }))
    customer.items.length = 1
    await session.commit()
    expect(await notes()).toEqual([
      [1, null],
      [2, 1],
      [3, 1],
      [4, 1],
    ])
    expect(
      await engine
        .execute(select(entity(Item).id).orderBy(entity(Item).id))
        .scalars()
        .all(),
    ).toEqual([1, 2])
    await session.close()
  })

  it('keeps its changes when it is loaded whole', async () => {
    const customer = await read(firstNote)
    const held = customer.notes
    customer.notes.splice(0, 1)
    customer.notes.push(Object.assign(new Note(), { id: 4 }))
    await session.load(customer, c.notes)
    expect(customer.notes).toBe(held)
    expect(customer.notes.map(({ id }) => id)).toEqual([4, 2, 3])
    await session.commit()
    expect(await notes()).toEqual([
      [1, null],
      [2, 1],
      [3, 1],
      [4, 1],
    ])
    await session.close()
  })

  it('looks at each of its members a few times, however many come', async () => {
    const count = 400
    await engine.execute(sql`insert into notes (id, customer_id) select i, 1 from generate_series(11, ${count}::int) i`)
    const customer = await read(selectinload(c.notes, (note) => ({ where: note.id.lte(count / 2) })))
    customer.notes.push(Object.assign(new Note(), { id: 0 }))
    const reads = countReads(customer.notes)
    await session.noAutoflush(async () => await session.load(customer, c.notes))
    expect(reads()).toBeLessThan(20 * count)
    expect(customer.notes.map(({ id }) => id)).toEqual([
      1,
      2,
      3,
      ...Array.from({ length: count / 2 - 10 }, (_, i) => i + 11),
      0,
      ...Array.from({ length: count / 2 }, (_, i) => i + count / 2 + 1),
    ])
    session.expungeAll()
    await session.close()
  })

  it('is still one after a rollback, also where it was whole meanwhile', async () => {
    await session.begin()
    const customer = await read(firstNote)
    await session
      .nested(async () => {
        customer.notes = []
        await session.load(customer, c.notes)
        await session.flush()
        throw new RangeError('back')
      })
      .catch(() => undefined)
    expect(customer.notes.map(({ id }) => id)).toEqual([1])
    customer.notes.splice(0, 1)
    await session.flush()
    customer.notes = [Object.assign(new Note(), { id: 4 })]
    await expect(session.flush()).rejects.toThrow('was loaded in part, and replaced')
    await session.close()
  })

  it('is loaded whole where a delete takes it along', async () => {
    const customer = await read(
      selectinload(c.notes, () => ({ limit: 1 })),
      selectinload(c.items, (item) => ({ where: item.id.eq(3) })),
      selectinload(c.badge, (badge) => ({ where: badge.customerId.eq(7) })),
    )
    expect(customer.badge).toBeNull()
    customer.notes.splice(0, 1)
    customer.items.push(Object.assign(new Item(), { id: 4 }))
    session.delete(customer)
    recorder.take()
    await session.commit()
    expect([await ids('notes'), await ids('items'), await ids('badges')]).toEqual([0n, 0n, 0n])
    await session.close()
  })

  it('takes a member of a many-to-many that it has already, unseen', async () => {
    const customer = await read(selectinload(c.tags, (tag) => ({ where: tag.id.eq(1) })))
    const tags = await session.scalars(select(Tag).orderBy(entity(Tag).id)).all()
    customer.tags.push(...tags.slice(1))
    await session.commit()
    expect(
      (await engine.execute(sql<{ tag: number }>`select tag_id as tag from customer_tags order by 1`).all()).map(
        ({ tag }) => tag,
      ),
    ).toEqual([1, 2, 3])
    await session.close()
  })

  it('is merged into as a whole one', async () => {
    await read(firstNote)
    const given = Object.assign(new Customer(), { id: 1, notes: [Object.assign(new Note(), { id: 2 })] })
    await session.merge(given)
    await session.commit()
    expect(await notes()).toEqual([
      [1, null],
      [2, 1],
      [3, null],
    ])
    await session.close()
  })
})
