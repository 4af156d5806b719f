// Loaders and what entities say of themselves: criteria hide rows from them, cascades of deletes use them.
import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { createEngine, type Engine, PendingRollbackError } from '@oriel/engine'
import {
  Column,
  createAll,
  Entity,
  inspect,
  joinedload,
  ManyToMany,
  ManyToOne,
  OneToMany,
  PrimaryKey,
  Registry,
  type SessionFactory,
  selectinload,
  sessionFactory,
} from '@oriel/orm'
import { entity, type Generated, insert, type Many, type One, select, sql, types as t } from '@oriel/sql'
import { describeLane } from '@oriel/testing'
import { Recorder } from '../../fixture/recorder.ts'

const registry = new Registry()

@Entity({ registry, table: 'shelves' })
class Shelf {
  @PrimaryKey(t.integer(), { generated: 'identity' }) id!: Generated<number>
  @OneToMany(() => Volume, 'shelf', { cascade: ['save-update', 'delete'], orderBy: 'title' }) volumes!: Many<Volume>
}

@Entity<Volume>({ registry, table: 'volumes', criterion: (volume) => volume.removedAt.isNull() })
class Volume {
  @PrimaryKey(t.integer(), { generated: 'identity' }) id!: Generated<number>
  @Column(t.integer()) shelfId!: number
  @Column(t.text()) title!: string
  @Column(t.timestamptz().nullable()) removedAt!: Date | null
  @ManyToOne(() => Shelf, 'shelfId') shelf!: One<Shelf>
  @OneToMany(() => Page, 'volume', { cascade: ['save-update', 'delete'] }) pages!: Many<Page>
  @ManyToMany(() => Topic, { through: 'volume_topics' }) topics!: Many<Topic>
}

@Entity({ registry, table: 'pages' })
class Page {
  @PrimaryKey(t.integer()) volumeId!: number
  @PrimaryKey(t.integer()) number!: number
  @ManyToOne(() => Volume, 'volumeId') volume!: One<Volume>
}

@Entity({ registry, table: 'topics' })
class Topic {
  @PrimaryKey(t.text()) name!: string
  @ManyToMany(() => Volume, { through: 'volume_topics' }) volumes!: Many<Volume>
}

/** Whose notes are seen: it changes while the program runs. */
let reader = 'ann'

@Entity<Note>({ registry, table: 'notes', criterion: (note) => note.reader.eq(reader) })
class Note {
  @PrimaryKey(t.integer()) id!: number
  @Column(t.text()) reader!: string
}

const s = entity(Shelf)
const g = entity(Page)
const topic = entity(Topic)

describeLane('criteria and cascades', (lane) => {
  let engine: Engine
  let sessions: SessionFactory
  let recorder: Recorder

  beforeAll(async () => {
    engine = createEngine(lane().driver)
    await createAll(engine, { registry })
    await engine.begin(async (connection) => {
      await connection.execute(sql`insert into shelves default values`)
      await connection.execute(sql`insert into shelves default values`)
      await connection.execute(
        insert(Volume).values([
          { shelfId: 1, title: 'b' },
          { shelfId: 1, title: 'a' },
          { shelfId: 1, title: 'gone', removedAt: new Date(0) },
          { shelfId: 2, title: 'c' },
        ]),
      )
      await connection.execute(
        insert(Page).values([1, 2, 3, 4].flatMap((volumeId) => [1, 2].map((number) => ({ volumeId, number })))),
      )
      await connection.execute(insert(Topic).values({ name: 'trees' }))
      await connection.execute(sql`insert into volume_topics (volume_id, topic_name) values (1, 'trees'), (3, 'trees')`)
    })
    sessions = sessionFactory(engine, { registry })
    recorder = new Recorder(engine)
  })
  afterAll(() => engine.close())

  it('an entity’s criterion holds in every loader, and not where the statement says so', async () => {
    await using session = sessions.open()
    recorder.take()
    const titles = (shelves: readonly Shelf[]) => shelves.map(({ volumes }) => volumes.map(({ title }) => title))
    const all = select(Shelf).orderBy(s.id)
    expect(titles(await session.scalars(all.options(selectinload(s.volumes))).all())).toEqual([['a', 'b'], ['c']])
    expect(recorder.take()[1]).toBe(
      'select id, shelf_id, title, removed_at from volumes where shelf_id = any ($1) and removed_at is null order by title',
    )
    expect(titles(await session.scalars(all.options(joinedload(s.volumes))).all())).toEqual([['a', 'b'], ['c']])
    const [trees] = await session.scalars(select(Topic).options(selectinload(topic.volumes))).all()
    expect(trees?.volumes.map(({ title }) => title)).toEqual(['b'])
    const everything = await session.scalars(all.withoutCriteria().options(selectinload(s.volumes))).all()
    expect(titles(everything)).toEqual([['a', 'b', 'gone'], ['c']])
  })

  it('an entity’s criterion is asked anew by each read by key', async () => {
    await engine.execute(insert(Note).values({ id: 1, reader: 'ann' }))
    const read = async (): Promise<Note | null> => {
      await using session = sessions.open()
      return await session.get(Note, 1)
    }
    expect(await read()).toMatchObject({ reader: 'ann' })
    reader = 'bo'
    expect(await read()).toBeNull()
    reader = 'ann'
    expect(await read()).toMatchObject({ reader: 'ann' })
  })

  it('a reference to what the criterion hides is null, though the session may know it', async () => {
    await using session = sessions.open()
    await session.scalars(select(Volume).withoutCriteria()).all()
    const pages = await session
      .scalars(select(Page).orderBy(g.volumeId, g.number).options(selectinload(g.volume)))
      .all()
    expect(pages.map(({ volumeId, volume }) => [volumeId, volume === null])).toEqual([
      [1, false],
      [1, false],
      [2, false],
      [2, false],
      [3, true],
      [3, true],
      [4, false],
      [4, false],
    ])
    expect(session.dirty.size).toBe(0)
  })

  it('SEMANTICS 20: a delete loads what goes along by one select per relationship and level', async () => {
    await using session = sessions.open()
    const shelf = await session.scalars(select(Shelf).where(s.id.eq(2))).one()
    recorder.take()
    session.delete(shelf)
    await session.flush()
    expect(recorder.take().filter((text) => !text.startsWith('begin'))).toEqual([
      'select id, shelf_id, title, removed_at from volumes where shelf_id = any ($1) order by title',
      'select volume_id, number from pages where volume_id = any ($1)',
      expect.stringMatching(/^delete from /),
      expect.stringMatching(/^delete from /),
      expect.stringMatching(/^delete from /),
      expect.stringMatching(/^delete from /),
    ])
    await session.rollback()
    expect(inspect(shelf).state).toBe('persistent')
    expect(await session.scalars(select(Page).where(g.volumeId.eq(4))).all()).toHaveLength(2)
  })

  it('filters a reference: what does not match is null', async () => {
    await using session = sessions.open()
    const pages = await session
      .scalars(
        select(Page)
          .where(g.number.eq(1))
          .orderBy(g.volumeId)
          .options(selectinload(g.volume, (it) => ({ where: it.title.eq('a') }))),
      )
      .all()
    expect(pages.map(({ volume }) => volume?.title ?? null)).toEqual([null, 'a', null, null])
  })

  it('SEMANTICS 11: a flush that fails while it loads what is deleted along aborts the transaction', async () => {
    await using session = sessions.open()
    const shelf = await session.scalars(select(Shelf).limit(1).orderBy(entity(Shelf).id)).one()
    await session.execute(sql`alter table volumes rename to away`)
    session.delete(shelf)
    await expect(session.flush()).rejects.toThrow('volumes')
    expect(() => session.add(new Shelf())).toThrow(PendingRollbackError)
    await session.rollback()
    expect([inspect(shelf).state, session.deleted.size]).toEqual(['persistent', 0])
  })
})
