// Many objects that somebody else moved: each collection follows once behind the rows, whichever way they were read.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import {
  bulkUpdate,
  Column,
  containsEager,
  Entity,
  joinedload,
  ManyToOne,
  NotLoadedError,
  OneToMany,
  PrimaryKey,
  Registry,
  type Session,
  selectinload,
} from '@oriel/orm'
import { DataError, entity, type Many, type One, select, sql, types as t, update } from '@oriel/sql'
import { describeLane } from '@oriel/testing'
import fc from 'fast-check'
import { countedList } from '../../fixture/counted-list.ts'
import { Author, Book, office } from '../../fixture/office.ts'
import { type Recorded, recorded } from '../../fixture/recorded.ts'

const registry = new Registry()

@Entity({ registry, table: 'shelves' })
class Shelf {
  @PrimaryKey(t.integer()) id!: number
  @OneToMany(() => Parcel, 'shelf', { orderBy: 'id' }) parcels!: Many<Parcel>
  @OneToMany(() => Crate, 'shelf') crates!: Many<Crate>
}

/** Its time may be one that cannot be read. */
@Entity({ registry, table: 'parcels' })
class Parcel {
  @PrimaryKey(t.integer()) id!: number
  @Column(t.timestamptz(), { default: sql`now()` }) at!: Date
  @Column(t.integer()) shelfId!: number
  @ManyToOne(() => Shelf, 'shelfId') shelf!: One<Shelf>
}

/** Its key is not read along. */
@Entity({ registry, table: 'crates' })
class Crate {
  @PrimaryKey(t.integer()) id!: number
  @Column(t.integer(), { deferred: true }) shelfId!: number
  @ManyToOne(() => Shelf, 'shelfId') shelf!: One<Shelf>
}

const a = entity(Author)
const b = entity(Book)

describeLane('many moved references', (lane) => {
  let db: Recorded
  let session: Session

  beforeAll(async () => {
    db = await recorded(lane(), office)
  })
  afterAll(() => db.close())
  beforeEach(async () => {
    await db.engine.execute(sql`truncate authors, books restart identity`)
    session = db.sessions.open()
  })
  afterEach(() => session.close())

  /** Authors, and books of these authors, by their numbers. */
  const fill = async (authors: number, authorIds: readonly number[]): Promise<void> => {
    await db.engine.execute(
      sql`insert into authors (email) select i || '@x' from generate_series(1, ${authors}::int) i`,
    )
    for (const authorId of authorIds)
      await db.engine.execute(sql`insert into books (title, author_id) values ('Book', ${authorId})`)
  }
  const withBooks = async (of: Session, ids: readonly number[]): Promise<Author[]> =>
    await of
      .scalars(
        select(Author)
          .where(a.id.in(ids))
          .options(selectinload(a.books, (book) => ({ orderBy: book.id })))
          .orderBy(a.id),
      )
      .all()
  const idsOf = (books: readonly Book[]): number[] => books.map(({ id }) => id)
  const drain = async (rows: AsyncIterable<unknown>): Promise<void> => {
    for await (const row of rows) expect(row).toBeDefined()
  }
  const moveElsewhere = async (id: number, authorId: number): Promise<void> =>
    void (await db.engine.execute(update(Book).set({ authorId }).where(b.id.eq(id))))

  describe('cost a look at each member', () => {
    const count = 300
    const bound = 20 * count
    let ann: Author
    let bob: Author
    let reads: () => number

    beforeEach(async () => {
      await fill(2, [])
      await db.engine.execute(
        sql`insert into books (title, author_id) select 'Book', 2 from generate_series(1, ${count}::int)`,
      )
      const [first, second] = await withBooks(session, [1, 2])
      if (!first || !second) throw new TypeError('There are two authors.')
      ann = first
      bob = second
      const lists = [countedList(ann.books), countedList(bob.books)]
      ann.books = lists[0]?.list ?? []
      bob.books = lists[1]?.list ?? []
      reads = () => lists.reduce((sum, list) => sum + list.reads(), 0)
    })

    it('where they are read again', async () => {
      await db.engine.execute(update(Book).set({ authorId: 1 }).everyRow())
      const { books } = bob
      await session.scalars(select(Book).orderBy(b.id)).all()
      expect(reads()).toBeLessThan(bound)
      expect(bob.books).toBe(books)
      expect(bob.books).toHaveLength(0)
      expect(idsOf(ann.books)).toEqual(Array.from({ length: count }, (_, i) => i + 1))
    })

    it.each(['fetch', 'evaluate'] as const)('where an UPDATE of the session moved them (%s)', async (how) => {
      await session.execute(update(Book).set({ authorId: 1 }).everyRow(), { synchronizeSession: how })
      expect(reads()).toBeLessThan(bound)
      expect([ann.books.length, bob.books.length]).toEqual([count, 0])
    })

    it('where it is not known where they moved, and what the user changed stays', async () => {
      bob.books.push(Object.assign(new Book(), { title: 'New' }))
      await session.noAutoflush(
        async () =>
          await session.execute(
            update(Book)
              .set({ authorId: b.authorId.add(0) })
              .everyRow(),
            {
              synchronizeSession: 'evaluate',
            },
          ),
      )
      expect(reads()).toBeLessThan(bound)
      expect(bob.books).toHaveLength(count + 1)
      session.expungeAll()
    })
  })

  describe('are where they belong as soon as rows are there', () => {
    beforeEach(async () => {
      await fill(2, [2, 2, 1])
    })

    it.each([
      ['a stream', async () => await drain(session.stream(select(Book)))],
      ['a stream with loaders', async () => await drain(session.stream(select(Book).options(selectinload(b.author))))],
      [
        'a join',
        async () => await session.scalars(select(Author).options(joinedload(a.books)).where(a.id.eq(1))).all(),
      ],
      [
        'a loader',
        async () => await session.scalars(select(Author).options(selectinload(a.books)).where(a.id.eq(1))).all(),
      ],
      [
        'an UPDATE that gives rows back',
        async () =>
          await session
            .execute(update(Book).set({ title: 'Two' }).everyRow().returning(b), { synchronizeSession: false })
            .all(),
      ],
    ])('by %s', async (_how, read) => {
      const [bob] = await withBooks(session, [2])
      await moveElsewhere(1, 1)
      await read()
      expect(idsOf(bob?.books ?? [])).toEqual([2])
    })

    it.each([
      ['a join', () => joinedload(a.books)],
      ['a loader', () => selectinload(a.books)],
    ])('before collections are compared with what %s brings', async (_how, loader) => {
      const [bob] = await withBooks(session, [2])
      bob?.books.splice(0, 1)
      await moveElsewhere(1, 1)
      await db.engine.execute(sql`insert into books (title, author_id) values ('Four', 2)`)
      const authors = select(Author).options(loader()).orderBy(a.id)
      await session.noAutoflush(async () => await session.scalars(authors).all())
      expect(idsOf(bob?.books ?? [])).toEqual([2, 4])
    })

    it('by a load of rows that gives objects back', async () => {
      const [bob] = await withBooks(session, [2])
      const load = bulkUpdate(Book, [{ id: 1, authorId: 1 }]).returning(Book)
      await session.bulk(load.identityMap('ignore'))
      expect(idsOf(bob?.books ?? [])).toEqual([2])
    })

    it('where a statement moves them that reads them as they were, too', async () => {
      const [bob] = await withBooks(session, [2])
      const moved = update(Book).set({ authorId: 1 }).where(b.id.eq(1)).returning({ id: b.id }).cte('moved')
      const read = select(Author).join(a.books).join(moved, moved.c.id.eq(b.id)).options(containsEager(a.books))
      expect(await session.scalars(read).one()).toBe(bob)
      expect(() => bob?.books).toThrow(NotLoadedError)
    })

    it('in the order in which a stream gave them', async () => {
      const [ann, bob] = await withBooks(session, [1, 2])
      await moveElsewhere(1, 1)
      await moveElsewhere(2, 1)
      const seen: number[][] = []
      for await (const book of session.stream(select(Book).orderBy(b.id.desc()), { yieldPer: 1 }).scalars())
        seen.push([book.id, ...idsOf(bob?.books ?? [])])
      expect(seen).toEqual([[3, 1, 2], [2, 1], [1]])
      expect(idsOf(ann?.books ?? [])).toEqual([3, 2, 1])
    })

    it('where a later row of the same statement cannot be read', async () => {
      const [bob] = await withBooks(session, [2])
      await moveElsewhere(1, 1)
      const at = sql`case ${b.id} when 2 then 'infinity' else now() end`.returns(t.timestamptz())
      await expect(session.execute(select(b, at).orderBy(b.id)).all()).rejects.toThrow(DataError)
      expect(idsOf(bob?.books ?? [])).toEqual([2])
    })
  })

  it('equal those that are read one by one, unwritten changes and all', async () => {
    const authors = 3
    const books = fc.array(
      fc.record({ from: fc.integer({ min: 1, max: authors }), to: fc.integer({ min: 1, max: authors }) }),
      { minLength: 1, maxLength: 7 },
    )
    const edits = fc.array(
      fc.record({ of: fc.integer({ min: 0, max: 2 }), book: fc.integer({ min: 0, max: 6 }), isAdded: fc.boolean() }),
      { maxLength: 4 },
    )
    const loaded = fc.uniqueArray(fc.integer({ min: 1, max: authors }), { minLength: 1 })
    await fc.assert(
      fc.asyncProperty(books, edits, loaded, async (moves, changes, ids) => {
        await db.engine.execute(sql`truncate authors, books restart identity`)
        await fill(
          authors,
          moves.map(({ from }) => from),
        )
        const readAt = async (read: (of: Session) => Promise<unknown>, move: () => Promise<void>) => {
          const of = db.sessions.open()
          const known = await of.scalars(select(Book).orderBy(b.id)).all()
          const owners = await withBooks(of, ids)
          for (const { of: at, book: which, isAdded } of changes) {
            const owner = owners[at]
            const book = known[which]
            if (!owner || !book) continue
            if (isAdded) owner.books.push(book)
            else if (owner.books.includes(book)) owner.books.splice(owner.books.indexOf(book), 1)
          }
          const lists = owners.map((owner) => owner.books)
          await move()
          await of.noAutoflush(async () => await read(of))
          const seen = owners.map((owner, i) => ({
            isSameArray: owner.books === lists[i],
            books: idsOf(owner.books),
            isModified: of.isModified(owner),
          }))
          of.expungeAll()
          await of.close()
          return seen
        }
        const oneByOne = await readAt(
          async (of) => {
            for (const i of moves.keys()) await of.scalars(select(Book).where(b.id.eq(i + 1))).all()
          },
          async () => {
            for (const [i, { to }] of moves.entries()) await moveElsewhere(i + 1, to)
          },
        )
        for (const [i, { from }] of moves.entries()) await moveElsewhere(i + 1, from)
        const atOnce = await readAt(
          async (of) => await of.scalars(select(Book).orderBy(b.id)).all(),
          async () => {
            for (const [i, { to }] of moves.entries()) await moveElsewhere(i + 1, to)
          },
        )
        expect(atOnce).toEqual(oneByOne)
      }),
      { numRuns: 15 },
    )
  })
})

describeLane('moved references of which little is read', (lane) => {
  let db: Recorded
  let session: Session
  const shelf = entity(Shelf)

  beforeAll(async () => {
    db = await recorded(lane(), registry)
  })
  afterAll(() => db.close())
  beforeEach(async () => {
    await db.engine.execute(sql`truncate shelves, parcels, crates`)
    await db.engine.execute(sql`insert into shelves (id) values (1), (2)`)
    await db.engine.execute(sql`insert into parcels (id, shelf_id) values (1, 1), (2, 1), (3, 2)`)
    await db.engine.execute(sql`insert into crates (id, shelf_id) values (1, 1), (2, 1)`)
    session = db.sessions.open()
  })
  afterEach(() => session.close())

  it('follow where a loader cannot read a later row', async () => {
    const first = await session.getOne(Shelf, 1)
    const second = await session.getOne(Shelf, 2)
    await session.load(first, shelf.parcels)
    await db.engine.execute(sql`update parcels set shelf_id = 2 where id = 1`)
    await db.engine.execute(sql`update parcels set at = 'infinity' where id = 3`)
    await expect(session.load(second, shelf.parcels)).rejects.toThrow(DataError)
    expect(first.parcels.map(({ id }) => id)).toEqual([2])
  })

  it('are forgotten where an UPDATE sets a key that is not read', async () => {
    const first = await session.getOne(Shelf, 1)
    await session.load(first, shelf.crates)
    for (const crate of first.crates) await session.refresh(crate, ['shelfId'])
    await session.execute(update(Crate).set({ shelfId: 2 }).where(entity(Crate).id.eq(1)))
    expect(() => first.crates).toThrow(NotLoadedError)
  })
})
