// A second registry: what the catalogue says is what was mapped, and every kind of column, key and relationship works.
import { beforeAll, describe, expect, it } from '@jest/globals'
import {
  ArgumentError,
  CheckViolationError,
  createAll,
  deleteFrom,
  dropAll,
  ExclusionViolationError,
  entity,
  ForeignKeyViolationError,
  insert,
  NotLoadedError,
  select,
  sql,
  types as t,
  UniqueViolationError,
  update,
} from 'oriel'
import { freshEngine } from '../fixture/lane.ts'
import {
  Author,
  AuthorTotal,
  Book,
  Copy,
  Loan,
  library,
  Portrait,
  Reader,
  Review,
  Subject,
} from '../fixture/library.ts'

const engine = await freshEngine()
const [a, b, cp, l, p] = [entity(Author), entity(Book), entity(Copy), entity(Loan), entity(Portrait)]

const texts = (statement: ReturnType<typeof sql>) =>
  engine
    .execute(statement.columns([t.text()]))
    .scalars()
    .all()

beforeAll(async () => {
  await createAll(engine, { registry: library })
  await engine.execute(
    sql`create view library.author_totals as select author_id, count(*)::int as books from library.t_book group by author_id`,
  )
})

describe('the catalogue', () => {
  it('has the tables of this registry in its schema, and not the view', async () => {
    expect(
      await texts(
        sql`select tablename from pg_tables where schemaname not in ('pg_catalog', 'information_schema') order by 1`,
      ),
    ).toEqual([
      'book_subjects',
      'subjects',
      't_author',
      't_book',
      't_copy',
      't_loan',
      't_portrait',
      't_reader',
      't_review',
    ])
  })

  it('has keys, constraints and rules of deletion', async () => {
    const constraints = await texts(sql`
      select conrelid::regclass::text || ': ' || pg_get_constraintdef(oid) from pg_constraint
      where connamespace = 'library'::regnamespace and contype <> 'n' order by 1`)
    expect(constraints).toEqual(
      [
        'book_subjects: FOREIGN KEY (book_id) REFERENCES library.t_book(id) ON DELETE CASCADE',
        'book_subjects: FOREIGN KEY (subject_code) REFERENCES library.subjects(code) ON DELETE CASCADE',
        'book_subjects: PRIMARY KEY (book_id, subject_code)',
        'subjects: PRIMARY KEY (code)',
        't_author: FOREIGN KEY (mentor_id) REFERENCES library.t_author(id) ON DELETE SET NULL',
        't_author: PRIMARY KEY (id)',
        't_book: CHECK ((pages > 0))',
        't_book: FOREIGN KEY (author_id) REFERENCES library.t_author(id)',
        't_book: PRIMARY KEY (id)',
        't_book: UNIQUE (title, author_id)',
        't_copy: FOREIGN KEY (book_id) REFERENCES library.t_book(id) ON DELETE CASCADE',
        't_copy: PRIMARY KEY (book_id, number)',
        't_loan: EXCLUDE USING gist (int4range(from_day, to_day) WITH &&)',
        't_loan: FOREIGN KEY (book_id, copy_number) REFERENCES library.t_copy(book_id, number)',
        't_loan: PRIMARY KEY (id)',
        't_portrait: FOREIGN KEY (author_id) REFERENCES library.t_author(id) ON DELETE CASCADE',
        't_portrait: PRIMARY KEY (author_id)',
        't_reader: PRIMARY KEY (id)',
        't_review: FOREIGN KEY (book_id) REFERENCES library.t_book(id)',
        't_review: FOREIGN KEY (reader_id) REFERENCES library.t_reader(id)',
        't_review: PRIMARY KEY (id)',
        't_review: UNIQUE (book_id, reader_id)',
      ].map((line) => line.replace(/^/, 'library.')),
    )
  })

  it('has identities, defaults, computed columns, nullability', async () => {
    const columns = await texts(sql`
      select column_name || ' ' || udt_name || ' ' || is_nullable || ' ' || is_identity || ' ' || coalesce(column_default, '') || coalesce(generation_expression, '')
      from information_schema.columns where table_schema = 'library' and table_name = 't_book' order by ordinal_position`)
    expect(columns.map((line) => line.trim())).toEqual([
      'id int4 NO YES',
      'title text NO NO',
      'author_id uuid NO NO',
      'pages int4 NO NO 1',
      'sides int4 NO NO (pages * 2)',
      "binding binding NO NO 'paper'::binding",
      "tags _text NO NO '{}'::text[]",
      'mark jsonb YES NO',
      'deleted_at timestamptz YES NO',
    ])
  })

  it('has partial, covering and gin indexes', async () => {
    const indexes = await texts(
      sql`select indexdef from pg_indexes where schemaname = 'library' and tablename = 't_book' order by 1`,
    )
    expect(indexes.some((text) => /\(title\) INCLUDE \(pages\) WHERE \(deleted_at IS NULL\)$/.test(text))).toBe(true)
    expect(indexes.some((text) => /USING gin \(tags\)$/.test(text))).toBe(true)
  })
})

describe('columns', () => {
  const authorId = '6f1f2e7c-0000-4000-8000-000000000001'
  beforeAll(async () => {
    await engine.execute(insert(Author).values({ id: authorId, name: 'Ann' }))
    await engine.execute(insert(Book).values({ title: 'First', authorId, pages: 10, mark: { room: 'A', shelf: 1 } }))
  })

  it('are filled by the database: uuid, default, computed, enum, array', async () => {
    const [author] = await engine
      .execute(insert(Author).values({ name: 'Bo' }).returning(Author))
      .scalars()
      .all()
    expect(author?.id).toMatch(/^[0-9a-f]{8}-/)
    const book = await engine
      .execute(
        insert(Book)
          .values({ title: 'Second', authorId: author?.id ?? '' })
          .returning(Book),
      )
      .scalars()
      .one()
    expect(book).toMatchObject({ pages: 1, sides: 2, binding: 'paper', tags: [], mark: null, deletedAt: null })
    expect(() => update(Book).set({ sides: 3 } as never)).toThrow(/Book\.sides is computed/)
    expect(() => insert(Book).values({ title: 'x', authorId, sides: 3 } as never)).toThrow(/Book\.sides is computed/)
  })

  it('hold jsonb that a zod schema checks before it is sent', async () => {
    const found = await engine
      .execute(select(b.mark).where(b.title.eq('First')))
      .scalars()
      .one()
    const room: string | undefined = found?.room
    expect([room, found]).toEqual(['A', { room: 'A', shelf: 1 }])
    const wrong = async () =>
      engine.execute(
        update(Book)
          .set({ mark: { room: 'A', shelf: 1.5 } })
          .where(b.title.eq('First')),
      )
    await expect(wrong()).rejects.toThrow(ArgumentError)
    await expect(wrong()).rejects.toThrow(/Book\.mark\.shelf/)
  })

  it('hold custom types and classes of the user', async () => {
    const row = { address: '10.0.0.1', home: new URL('https://ann.example/a?b') }
    const reader = await engine.execute(insert(Reader).values(row).returning(Reader)).scalars().one()
    expect(reader.home).toBeInstanceOf(URL)
    expect(reader).toMatchObject(row)
    const r = entity(Reader)
    expect(
      await engine
        .execute(select(r.id).where(r.home.eq(row.home)))
        .scalars()
        .all(),
    ).toEqual([reader.id])
  })

  it('are left out of the entity where deferred, and raise when they are read', async () => {
    await engine.execute(insert(Portrait).values({ authorId, image: new Uint8Array([1, 2]) }))
    const portrait = await engine.execute(select(Portrait)).scalars().one()
    expect(Object.keys(portrait)).toEqual(['authorId'])
    expect(() => portrait.image).toThrow(NotLoadedError)
    expect(() => portrait.image).toThrow(/Portrait\.image is not loaded/)
    expect(await engine.execute(select(p.image)).scalars().one()).toEqual(new Uint8Array([1, 2]))
  })

  it('refuse what constraints refuse, by class and property', async () => {
    const none = engine.execute(insert(Book).values({ title: 'None', authorId, pages: 0 }))
    await expect(none).rejects.toThrow(CheckViolationError)
    await expect(none).rejects.toMatchObject({ constraint: 'pages_positive' })
    await expect(engine.execute(insert(Book).values({ title: 'First', authorId }))).rejects.toThrow(
      UniqueViolationError,
    )
  })
})

describe('relationships', () => {
  it('go by composite, uuid and natural keys, through tables and entities', async () => {
    const bookId = await engine
      .execute(select(b.id).where(b.title.eq('First')))
      .scalars()
      .one()
    await engine.execute(
      insert(Copy).values([
        { bookId, number: 1 },
        { bookId, number: 2 },
      ]),
    )
    await engine.execute(insert(Loan).values({ bookId, copyNumber: 2, fromDay: 1, toDay: 5 }))
    await expect(engine.execute(insert(Loan).values({ bookId, copyNumber: 2, fromDay: 4, toDay: 9 }))).rejects.toThrow(
      ExclusionViolationError,
    )
    await expect(
      engine.execute(insert(Loan).values({ bookId, copyNumber: 3, fromDay: 10, toDay: 11 })),
    ).rejects.toThrow(ForeignKeyViolationError)
    const lent = select(cp.number, b.title)
      .join(cp.book)
      .where(cp.loans.any((x) => x.toDay.gt(4)))
    expect(await engine.execute(lent).all()).toEqual([[2, 'First']])
    expect(
      await engine
        .execute(select(l.id).join(l.copy).where(cp.number.eq(2)))
        .scalars()
        .all(),
    ).toEqual([1n])

    await engine.execute(insert(Subject).values([{ code: 'sea' }, { code: 'sky' }]))
    await engine.execute(sql`insert into library.book_subjects (book_id, subject_code) values (${bookId}, ${'sea'})`)
    const s = entity(Subject)
    expect(await engine.execute(select(s.code).where(s.books.any())).scalars().all()).toEqual(['sea'])
    expect(await engine.execute(select(b.title, s.code).join(b.subjects)).all()).toEqual([['First', 'sea']])
    const readerId = await engine
      .execute(select(entity(Reader).id).orderBy(entity(Reader).id).limit(1))
      .scalars()
      .one()
    await engine.execute(insert(Review).values({ bookId, readerId, stars: 5 }))
    expect(
      await engine
        .execute(select(b.title).where(b.readers.any((x) => x.id.eq(readerId))))
        .scalars()
        .all(),
    ).toEqual(['First'])
  })

  it('refer to their own table, and may be null', async () => {
    await engine.execute(
      update(Author)
        .set({ mentorId: select(a.id).where(a.name.eq('Ann')).scalar() as never })
        .where(a.name.eq('Bo')),
    )
    expect(
      await engine
        .execute(select(a.name).where(a.mentor.has((m) => m.name.eq('Ann'))))
        .scalars()
        .all(),
    ).toEqual(['Bo'])
    expect(
      await engine
        .execute(select(a.name).where(a.pupils.any((m) => m.name.eq('Bo'))))
        .scalars()
        .all(),
    ).toEqual(['Ann'])
    expect(await engine.execute(select(a.name).where(a.portrait.has())).scalars().all()).toEqual(['Ann'])
    expect(await engine.execute(select(a.name).where(a.mentor.isNull())).scalars().all()).toEqual(['Ann'])
  })
})

describe('a global criterion', () => {
  it('hides rows wherever the entity is read, unless said otherwise', async () => {
    const before = await engine.execute(select(b.title).orderBy(b.title)).scalars().all()
    expect(before).toEqual(['First', 'Second'])
    await engine.execute(update(Book).set({ deletedAt: new Date() }).where(b.title.eq('Second')))
    expect(await engine.execute(select(b.title)).scalars().all()).toEqual(['First'])
    expect(await engine.execute(select(Book)).all()).toHaveLength(1)
    expect(await engine.execute(select(b.title).orderBy(b.title).withoutCriteria()).scalars().all()).toEqual(before)
    expect(await engine.execute(select(a.name).where(a.books.any())).scalars().all()).toEqual(['Ann'])
    const joined = select(a.name, b.title).from(a).leftJoin(a.books).orderBy(a.name)
    expect(await engine.execute(joined).all()).toEqual([
      ['Ann', 'First'],
      ['Bo', null],
    ])
    const hidden = select(b.title).cte('hidden')
    expect(await engine.execute(select(hidden)).all()).toHaveLength(1)
  })
})

describe('a read-only entity', () => {
  it('is read like any other, and never written', async () => {
    const authorId = await engine
      .execute(select(a.id).where(a.name.eq('Ann')))
      .scalars()
      .one()
    const totals = await engine
      .execute(select(AuthorTotal).where((x) => x.authorId.eq(authorId)))
      .scalars()
      .all()
    expect(totals).toMatchObject([{ authorId, books: 1 }])
    expect(() => insert(AuthorTotal).values({ authorId, books: 1 })).toThrow(/read-only/)
    expect(() => update(AuthorTotal).set({ books: 1 })).toThrow(/AuthorTotal is read-only/)
    expect(() => deleteFrom(AuthorTotal)).toThrow(ArgumentError)
  })
})

describe('dropAll', () => {
  it('leaves nothing of the registry behind', async () => {
    await engine.execute(sql`drop view library.author_totals`)
    await dropAll(engine, { registry: library })
    expect(await texts(sql`select tablename from pg_tables where schemaname = 'library'`)).toEqual([])
    expect(await texts(sql`select typname from pg_type where typname = 'binding'`)).toEqual([])
    await expect(dropAll(engine, { registry: library })).rejects.toThrow(/does not exist/)
    await dropAll(engine, { registry: library, ifExists: true })
  })
})
