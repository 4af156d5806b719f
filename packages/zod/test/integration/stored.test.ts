// What a schema lets through, the database stores exactly; what it stores, the select schema knows.
import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { describeLane } from '@oriel/testing'
import { insertSchema, selectSchema, updateSchema } from '@oriel/zod'
import fc from 'fast-check'
import { create, createAll, createEngine, type Engine, type SessionFactory, sessionFactory, sql } from 'oriel'
import { Ledger, least, registry } from '../fixture/ledger.ts'

describeLane('schemas and rows', (lane) => {
  let engine: Engine
  let sessions: SessionFactory

  beforeAll(async () => {
    engine = createEngine(lane().driver)
    await createAll(engine, { registry })
    sessions = sessionFactory(engine, { registry })
  })
  afterAll(() => engine.close())

  it('go from a body to a row, to a change, and back', async () => {
    const body = JSON.parse(
      JSON.stringify({
        ...{ ...least, amount: 2.5, big: '9007199254740993', at: '2024-01-02T03:04:05Z', marks: [1, null] },
        ...{ address: { street: 'Hill', floor: 2 }, rank: { n: 3 }, notes: { deep: [true] }, span: { days: 3 } },
      }),
    )
    const id = await sessions.begin(async (session) => {
      const ledger = create(Ledger, insertSchema(Ledger).parse(body))
      session.add(ledger)
      await session.flush()
      Object.assign(ledger, updateSchema(Ledger).parse({ mood: 'sad', amount: 3 }))
      return ledger.id
    })
    const stored = await sessions.begin(async (session) => selectSchema(Ledger).parse(await session.getOne(Ledger, id)))
    expect(stored).toMatchObject({
      ...{ id, mood: 'sad', amount: '3.00', double: '6.0000', big: 9_007_199_254_740_993n, status: 'new', open: false },
      ...{
        at: new Date('2024-01-02T03:04:05Z'),
        marks: [1, null],
        address: { street: 'Hill', floor: 2 },
        rank: { n: 3 },
      },
      ...{ notes: { deep: [true] }, span: { days: 3 }, ownerId: null },
    })
  })

  it('take just the decimals that the column holds exactly', async () => {
    const amount = insertSchema(Ledger).shape.amount
    const digits = fc
      .stringMatching(/^[+-]?\d{0,6}(\.\d{0,4})?(e[+-]?\d)?$/)
      .filter((text) => /\d/.test(text.split('e')[0] ?? ''))
    await fc.assert(
      fc.asyncProperty(digits, async (text) => {
        const isExact = await engine
          .execute(sql<{ exact: boolean }>`select ${text}::text::numeric(6, 2) = ${text}::text::numeric as exact`)
          .one()
          .then(
            ({ exact }) => exact,
            () => false,
          )
        expect([text, amount.safeParse(text).success]).toEqual([text, isExact])
      }),
      { numRuns: 150 },
    )
  })
})
