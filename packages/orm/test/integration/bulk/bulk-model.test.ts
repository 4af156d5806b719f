// Random loads against a model of one map: what is stored, what is counted, and the order of what comes back.
import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { bulkUpsert, type DuplicatePolicy, RowRejectedError } from '@oriel/orm'
import { deleteFrom, entity, select } from '@oriel/sql'
import { describeLane } from '@oriel/testing'
import fc from 'fast-check'
import { ByPrice, keyModel } from '../../fixture/bulk-keys.ts'
import { type Recorded, recorded } from '../../fixture/recorded.ts'

const seed = Number(process.env.ORIEL_SEED ?? Date.now() % 2 ** 31)

interface Given {
  id: string
  n: number
  note?: string | null
}
interface Stored {
  n: number
  note: string | null
}

/** Spellings of four keys. */
const spellings: Readonly<Record<string, string>> = {
  '1': '1',
  '1.00': '1',
  '1.004': '1',
  '100e-2': '1',
  '-0': '0',
  '0.001': '0',
  '2.5': '2.5',
  '+2.495': '2.5',
  '7': '7',
}
const keyOf = (row: Given): string => spellings[row.id] ?? ''

const row: fc.Arbitrary<Given> = fc.record(
  {
    id: fc.constantFrom(...Object.keys(spellings)),
    n: fc.integer({ min: 0, max: 99 }),
    note: fc.constantFrom('a', 'b', null),
  },
  { requiredKeys: ['id', 'n'] },
)

/** The rows that are written: of those with one key the last or the first, of the input or of each batch. */
function written(rows: readonly Given[], keep: DuplicatePolicy): readonly Given[] {
  const winners = new Map<string, Given>()
  for (const each of rows) if (keep === 'last' || !winners.has(keyOf(each))) winners.set(keyOf(each), each)
  return rows.filter((each) => winners.get(keyOf(each)) === each)
}

const r = entity(ByPrice)

describeLane('random loads', (lane) => {
  let db: Recorded
  beforeAll(async () => {
    db = await recorded(lane(), keyModel)
  })
  afterAll(() => db.close())

  const stored = async () =>
    Object.fromEntries(
      (await db.engine.execute(select(r.id, r.n, r.note).from(ByPrice)).all()).map(([id, n, note]) => [
        String(Number(id)),
        { n, note },
      ]),
    )

  it(`store, count and bring back what the rows say in their order (seed ${seed})`, async () => {
    const loads = fc.record({
      before: fc.array(row, { maxLength: 4 }),
      rows: fc.array(row, { maxLength: 12 }),
      keep: fc.constantFrom('last', 'first'),
      isStream: fc.boolean(),
    })
    await fc.assert(
      fc.asyncProperty(loads, async ({ before, rows, keep, isStream }) => {
        await db.engine.execute(deleteFrom(ByPrice).everyRow())
        const model = new Map<string, Stored>()
        const write = (list: readonly Given[]) => {
          for (const each of list) {
            const known = model.get(keyOf(each)) ?? { n: 0, note: null }
            model.set(keyOf(each), { n: each.n, note: each.note === undefined ? known.note : each.note })
          }
        }
        await db.sessions.begin(async (session) => await session.bulk(bulkUpsert(ByPrice, before).duplicates('last')))
        write(written(before, 'last'))
        const known = model.size
        const winners = written(rows, keep)
        write(winners)
        async function* stream() {
          yield* rows
        }
        const load = bulkUpsert(ByPrice, isStream ? stream() : rows)
          .duplicates(keep)
          .batchSize(3)
        const asked = isStream ? load : load.returning(r.n, r.note)
        const report = await db.sessions.begin(async (session) => await session.bulk(asked))
        const inserted = model.size - known
        expect(report).toMatchObject({
          received: rows.length,
          inserted,
          updated: winners.length - inserted,
          unchanged: 0,
          duplicates: rows.length - winners.length,
          unwritten: 0,
        })
        expect(await stored()).toEqual(Object.fromEntries(model))
        if (!isStream)
          expect(report).toMatchObject({ rows: winners.map((each) => [each.n, model.get(keyOf(each))?.note]) })
      }),
      { seed, numRuns: 25 },
    )
  })

  it('are refused where a key comes twice in a batch, and only there', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(row, { maxLength: 9 }), async (rows) => {
        await db.engine.execute(deleteFrom(ByPrice).everyRow())
        const batches = [0, 3, 6].map((at) => rows.slice(at, at + 3))
        const isTwice = batches.some((batch) => new Set(batch.map(keyOf)).size < batch.length)
        const report: unknown = await db.sessions
          .begin(async (session) => await session.bulk(bulkUpsert(ByPrice, rows).batchSize(3)))
          .catch((error: unknown) => error)
        if (isTwice) expect(report).toBeInstanceOf(RowRejectedError)
        else expect(report).toMatchObject({ received: rows.length, duplicates: 0, unwritten: 0 })
      }),
      { seed, numRuns: 20 },
    )
  })
})
