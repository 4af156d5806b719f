// Rows that an entity's criterion hides: neither updated nor deleted unless that is said, and a unique key among the others only.
import { beforeEach, describe, expect, it } from '@jest/globals'
import {
  ArgumentError,
  Column,
  CompileError,
  createAll,
  deleteFrom,
  dropAll,
  Entity,
  entity,
  func,
  type Generated,
  Index,
  insert,
  PrimaryKey,
  Registry,
  select,
  sessionFactory,
  types as t,
  update,
} from 'oriel'
import { freshEngine } from '../fixture/lane.ts'

const registry = new Registry()

@Entity<Account>({ registry, criterion: (account) => account.deletedAt.isNull() })
@Index<Account>((account) => [account.email], { unique: true, where: (account) => account.deletedAt.isNull() })
class Account {
  @PrimaryKey(t.integer(), { generated: 'identity' }) id!: Generated<number>
  @Column(t.text()) email!: string
  @Column(t.integer(), { default: 0 }) logins!: Generated<number>
  @Column(t.timestamptz().nullable()) deletedAt!: Date | null
}

const engine = await freshEngine()
const a = entity(Account)
const everything = select(a.id, a.logins).orderBy(a.id).withoutCriteria()

beforeEach(async () => {
  await dropAll(engine, { registry, ifExists: true })
  await createAll(engine, { registry })
  await engine.execute(
    insert(Account).values([
      { email: 'ann@x.io', deletedAt: new Date(0) },
      { email: 'ann@x.io' },
      { email: 'bo@x.io' },
    ]),
  )
})

describe('a hidden row', () => {
  it('is neither updated nor deleted', async () => {
    const seen = update(Account).set({ logins: 5 }).where(a.email.eq('ann@x.io'))
    expect(seen.toSQL().text).toBe('update account set logins = $1 where email = $2 and deleted_at is null')
    expect((await engine.execute(seen)).rowCount).toBe(1)
    expect(await engine.execute(everything).all()).toEqual([
      [1, 0],
      [2, 5],
      [3, 0],
    ])
    expect((await engine.execute(deleteFrom(Account).everyRow())).rowCount).toBe(2)
    expect(await engine.execute(everything).all()).toEqual([[1, 0]])
  })

  it('is reached withoutCriteria()', async () => {
    const restored = update(Account).set({ deletedAt: null, email: 'old@x.io' }).where(a.id.eq(1)).withoutCriteria()
    expect((await engine.execute(restored)).rowCount).toBe(1)
    expect(await engine.execute(select(func.count()).from(a)).scalars().one()).toBe(3)
    await engine.execute(update(Account).set({ deletedAt: new Date() }).everyRow())
    expect((await engine.execute(deleteFrom(Account).everyRow().withoutCriteria())).rowCount).toBe(3)
  })

  it('still wants WHERE: a criterion is none', () => {
    expect(() => deleteFrom(Account).toSQL()).toThrow(/everyRow\(\)/)
    expect(() => update(Account).set({ logins: 1 }).withoutCriteria().toSQL()).toThrow(CompileError)
  })

  it('is left alone by a session too, whatever way its objects are told', async () => {
    const sessions = sessionFactory(engine, { registry })
    for (const synchronizeSession of ['fetch', 'evaluate'] as const)
      await sessions.begin(async (session) => {
        const [hidden, seen] = await session.scalars(select(Account).orderBy(a.id).limit(2).withoutCriteria()).all()
        await session.execute(
          update(Account)
            .set({ logins: a.logins.add(1) })
            .where(a.id.in([1, 2])),
          {
            synchronizeSession,
          },
        )
        if (seen) await session.refresh(seen)
        expect([hidden?.logins, seen?.logins]).toEqual([0, synchronizeSession === 'fetch' ? 1 : 2])
      })
  })

  it('of a session is still written by a flush', async () => {
    const sessions = sessionFactory(engine, { registry })
    await sessions.begin(async (session) => {
      const [hidden] = await session.scalars(select(Account).where(a.id.eq(1)).withoutCriteria()).all()
      if (hidden) hidden.logins = 9
    })
    expect(await engine.execute(everything).all()).toContainEqual([1, 9])
  })
})

describe('a partial unique index', () => {
  const again = insert(Account).values({ email: 'ann@x.io', logins: 7 })

  it('is the target of ON CONFLICT with its condition', async () => {
    const upsert = again.onConflictDoUpdate({
      target: a.email,
      targetWhere: a.deletedAt.isNull(),
      set: ({ excluded, current }) => ({ logins: current.logins.add(excluded.logins) }),
      where: a.logins.lt(10),
    })
    expect(upsert.toSQL().text).toBe(
      'insert into account (email, logins) values ($1, $2) on conflict (email) where deleted_at is null ' +
        'do update set logins = account.logins + excluded.logins where account.logins < $3',
    )
    expect((await engine.execute(upsert)).rowCount).toBe(1)
    expect((await engine.execute(upsert)).rowCount).toBe(1)
    expect((await engine.execute(upsert)).rowCount).toBe(0)
    expect(await engine.execute(everything).all()).toEqual([
      [1, 0],
      [2, 14],
      [3, 0],
    ])
    expect(
      (await engine.execute(again.onConflictDoNothing(a.email, { targetWhere: a.deletedAt.isNull() }))).rowCount,
    ).toBe(0)
  })

  it('takes a condition on values, also from a prepared plan', async () => {
    const busy = entity(Busy)
    for (let n = 0; n < 8; n++)
      await engine.execute(
        insert(Busy)
          .values({ id: n, name: 'one', state: 'open' })
          .onConflictDoUpdate({ target: busy.name, targetWhere: busy.state.eq('open'), set: { id: n } }),
      )
    expect(await engine.execute(select(busy.id)).scalars().all()).toEqual([7])
  })

  it('is asked for by name where the condition is missing', () => {
    expect(() => again.onConflictDoNothing(a.email).toSQL()).toThrow(
      /has no unique key of exactly these columns for every row[\s\S]*targetWhere/,
    )
    expect(() => again.onConflictDoNothing(a.logins, { targetWhere: a.deletedAt.isNull() }).toSQL()).toThrow(
      /Unique keys: \(id\), \(email\) where a condition holds/,
    )
    expect(() => again.onConflictDoNothing(undefined, { targetWhere: a.deletedAt.isNull() })).toThrow(ArgumentError)
    expect(() =>
      again.onConflictDoNothing({ constraint: 'account_pkey' }, { targetWhere: a.deletedAt.isNull() }),
    ).toThrow(/leave out targetWhere/)
    expect(() => again.onConflictDoNothing(a.email, { where: a.deletedAt.isNull() } as never)).toThrow(/targetWhere/)
  })
})

@Entity({ registry })
@Index<Busy>((busy) => [busy.name], { unique: true, where: (busy) => busy.state.eq('open') })
class Busy {
  @PrimaryKey(t.integer()) id!: number
  @Column(t.text()) name!: string
  @Column(t.text()) state!: string
}
