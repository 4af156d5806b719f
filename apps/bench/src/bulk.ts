// `node dist/bulk.js`: a million rows by bulk upsert into a new table, and the same once more, side by side with unnest by hand over
// postgres.js. Each way runs in a process of its own, so that the peak of its memory is its own. Counts are checked.
import './production.ts'
import { fork } from 'node:child_process'
import { postgresJs } from '@oriel/postgres-js'
import { startServer } from '@oriel/testing/server'
import { Command } from 'commander'
import {
  bulkUpsert,
  Column,
  createEngine,
  Entity,
  type Numeric,
  PrimaryKey,
  Registry,
  sessionFactory,
  types as t,
} from 'oriel'
import postgres from 'postgres'

const registry = new Registry()

@Entity({ registry, table: 'stock' })
class Stock {
  @PrimaryKey(t.text()) sku!: string
  @Column(t.text()) name!: string
  @Column(t.integer()) qty!: number
  @Column(t.numeric(12, 2)) price!: Numeric
  @Column(t.timestamptz()) updatedAt!: Date
}

const table = `create table stock (
  sku text primary key, name text not null, qty integer not null, price numeric(12, 2) not null, updated_at timestamptz not null)`
const batchSize = 10_000

interface StockRow {
  readonly sku: string
  readonly name: string
  readonly qty: number
  readonly price: string
  readonly updatedAt: Date
}

const start = Date.UTC(2026, 0, 1)

/** Keys in no order, as they come from elsewhere. */
function* rows(count: number): Generator<StockRow> {
  for (let i = 0; i < count; i++) {
    const key = (i * 7919) % count
    yield {
      sku: `sku-${key.toString(36)}`,
      name: `Product number ${key}`,
      qty: i % 1000,
      price: (((i * 37) % 90_000) / 100).toFixed(2),
      updatedAt: new Date(start + i),
    }
  }
}

interface Run {
  readonly ms: number
  readonly inserted: number | null
  readonly updated: number | null
}

type Load = (source: Iterable<StockRow>) => Promise<Omit<Run, 'ms'>>

/** What a careful user of the driver would write. */
async function byHand(url: string): Promise<{ load: Load; close: () => Promise<void> }> {
  const sql = postgres(url, { max: 1, onnotice: () => {} })
  const text = `insert into stock (sku, name, qty, price, updated_at)
    select * from unnest($1::text[], $2::text[], $3::integer[], $4::numeric[], $5::timestamptz[])
    on conflict (sku) do update set
      name = excluded.name, qty = excluded.qty, price = excluded.price, updated_at = excluded.updated_at`
  const load: Load = async (source) => {
    await sql.begin(async (transaction) => {
      let columns: [string[], string[], number[], string[], string[]] = [[], [], [], [], []]
      const send = async () => {
        await transaction.unsafe(text, columns, { prepare: true })
        columns = [[], [], [], [], []]
      }
      for (const row of source) {
        columns[0].push(row.sku)
        columns[1].push(row.name)
        columns[2].push(row.qty)
        columns[3].push(row.price)
        columns[4].push(row.updatedAt.toISOString())
        if (columns[0].length === batchSize) await send()
      }
      if (columns[0].length > 0) await send()
    })
    return { inserted: null, updated: null }
  }
  return { load, close: async () => await sql.end() }
}

async function byOriel(url: string): Promise<{ load: Load; close: () => Promise<void> }> {
  const engine = createEngine(postgresJs(url))
  const sessions = sessionFactory(engine, { registry })
  const load: Load = async (source) =>
    await sessions.begin(async (session) => await session.bulk(bulkUpsert(Stock, source).batchSize(batchSize)))
  return { load, close: async () => await engine.close() }
}

const ways: Readonly<Record<string, typeof byHand>> = { raw: byHand, oriel: byOriel }

interface Measured {
  readonly runs: readonly Run[]
  readonly peakMb: number
}

/** In a process of its own: the load into an empty table, and once more. */
async function inChild(way: string, url: string, count: number): Promise<void> {
  const { load, close } = await (ways[way] ?? byHand)(url)
  const runs: Run[] = []
  for (let repetition = 0; repetition < 2; repetition++) {
    const begun = performance.now()
    const counts = await load(rows(count))
    runs.push({ ms: performance.now() - begun, inserted: counts.inserted, updated: counts.updated })
  }
  await close()
  const measured: Measured = { runs, peakMb: process.resourceUsage().maxRSS / 1024 }
  process.send?.(measured)
}

async function measure(way: string, url: string, count: number): Promise<Measured> {
  const child = fork(new URL(import.meta.url), ['--child', way, '--url', url, '--rows', String(count)])
  const message = new Promise<Measured>((resolve, reject) => {
    child.once('message', resolve)
    child.once('exit', (code) => reject(new RangeError(`${way} ended with ${code}`)))
  })
  return await message
}

const options = new Command('bulk')
  .option('--rows <n>', 'how many', Number, 1_000_000)
  .option('--repetitions <n>', 'of each way', Number, 3)
  .option('--child <way>')
  .option('--url <url>')
  .parse()
  .opts<{ rows: number; repetitions: number; child?: string; url?: string }>()

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0
}

async function compare(): Promise<void> {
  const server = await startServer()
  const admin = postgres(server.url, { max: 1, onnotice: () => {} })
  const all: Record<string, Measured[]> = { raw: [], oriel: [] }
  try {
    for (let repetition = 0; repetition < options.repetitions; repetition++)
      for (const way of repetition % 2 === 0 ? ['raw', 'oriel'] : ['oriel', 'raw']) {
        await admin.unsafe(`drop table if exists stock; ${table}`)
        await admin.unsafe('checkpoint')
        const measured = await measure(way, server.url, options.rows)
        const [{ n } = { n: 0 }] = await admin<{ n: number }[]>`select count(*)::int as n from stock`
        if (n !== options.rows) throw new RangeError(`${way} stored ${n} rows of ${options.rows}`)
        const [first, second] = measured.runs
        if (
          way === 'oriel' &&
          (first?.inserted !== options.rows ||
            first.updated !== 0 ||
            second?.inserted !== 0 ||
            second.updated !== options.rows)
        )
          throw new RangeError(`The counts are wrong: ${JSON.stringify(measured.runs)}`)
        console.log(
          `${way.padEnd(6)} insert ${first?.ms.toFixed(0)} ms, update ${second?.ms.toFixed(0)} ms, peak ${measured.peakMb.toFixed(0)} MB`,
        )
        all[way]?.push(measured)
      }
    const of = (way: string, run: number) => median((all[way] ?? []).map(({ runs }) => runs[run]?.ms ?? 0))
    console.log(
      `ratio of medians: insert ${(of('oriel', 0) / of('raw', 0)).toFixed(2)}, update ${(of('oriel', 1) / of('raw', 1)).toFixed(2)}`,
    )
  } finally {
    await admin.end()
    await server.stop()
  }
}

if (options.child && options.url) await inChild(options.child, options.url, options.rows)
else await compare()
