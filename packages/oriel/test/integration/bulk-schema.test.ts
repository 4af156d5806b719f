// Rows that a schema of zod has to let through, in a load through the front door.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { describeLane } from '@oriel/testing'
import {
  bulkInsert,
  Column,
  createAll,
  createEngine,
  type Engine,
  Entity,
  entity,
  type Generated,
  PrimaryKey,
  Registry,
  type SessionFactory,
  select,
  sessionFactory,
  sql,
  types as t,
} from 'oriel'
import { z } from 'zod'

const registry = new Registry()

@Entity({ registry, table: 'measurements' })
class Reading {
  @PrimaryKey(t.integer(), { generated: 'identity' }) id!: Generated<number>
  @Column(t.text()) tenant!: string
  @Column(t.text()) externalId!: string
  @Column(t.integer()) amount!: number
}

const r = entity(Reading)

describeLane('a bulk load', (lane) => {
  let db: { engine: Engine; sessions: SessionFactory }
  beforeAll(async () => {
    const engine = createEngine(lane().driver)
    await createAll(engine, { registry, ifNotExists: true })
    db = { engine, sessions: sessionFactory(engine, { registry }) }
  })
  afterAll(() => db.engine.close())
  beforeEach(async () => {
    await db.engine.execute(sql`truncate measurements restart identity`)
  })

  describe('with a schema', () => {
    const schema = z
      .object({
        tenant: z.string(),
        externalId: z.string().min(2),
        amount: z.coerce.number().int(),
        meta: z.object({ tags: z.array(z.string()) }).optional(),
      })
      .transform(({ meta: _, ...row }) => row)
    const raw: readonly unknown[] = [
      { tenant: 'a', externalId: 'e1', amount: '7', more: true },
      { tenant: 'a', externalId: 'x', amount: 1 },
      { tenant: 'a', externalId: 'e2', amount: 1, meta: { tags: ['a', 2] } },
      'no row',
    ]

    it('gives the rows that are written, and the issues of the others', async () => {
      const rejects: unknown[] = []
      const load = bulkInsert(Reading, raw).validate(schema, {
        onReject: (row, issues) =>
          rejects.push([row, ...issues.map(({ row: number, property }) => `${number} ${property}`)]),
      })
      const report = await db.sessions.begin(async (session) => await session.bulk(load))
      expect(report).toMatchObject({ received: 4, inserted: 1, rejected: 3 })
      expect(rejects).toEqual([
        [raw[1], '2 externalId'],
        [raw[2], '3 meta.tags.1'],
        [raw[3], '4 null'],
      ])
      expect(await db.engine.execute(select(r.amount).from(Reading)).scalars().all()).toEqual([7])
    })

    const two = [raw[0], { tenant: 'a', externalId: 'e2', amount: 1 }]

    it('may be asynchronous', async () => {
      const slow = schema.refine(async ({ externalId }) => externalId !== 'e2', 'not this one')
      const load = bulkInsert(Reading, two)
        .validate(slow)
        .onReject(() => {})
      const report = await db.sessions.begin(async (session) => await session.bulk(load))
      expect(report).toMatchObject({ received: 2, inserted: 1, rejected: 1 })
      expect(report.issues).toEqual([{ row: 2, property: null, message: 'not this one' }])
    })

    it('may throw: what it throws is the reason', async () => {
      const broken = schema.transform((row) => {
        if (row.externalId === 'e2') throw new RangeError('the table of units has no e2')
        return row
      })
      const load = bulkInsert(Reading, two)
        .validate(broken)
        .onReject(() => {})
      const report = await db.sessions.begin(async (session) => await session.bulk(load))
      expect(report).toMatchObject({ received: 2, inserted: 1, rejected: 1 })
      expect(report.issues[0]?.message).toBe('the table of units has no e2')
    })

    it('gives rows that do not fit the entity: rejected as well', async () => {
      const load = bulkInsert(Reading, raw)
        .validate(z.any())
        .onReject(() => {})
      const report = await db.sessions.begin(async (session) => await session.bulk(load))
      expect(report).toMatchObject({ received: 4, inserted: 1, rejected: 3 })
    })
  })
})
