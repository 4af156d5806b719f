// `npm run stream` in this folder: streams many rows in each way, and shows what the memory does meanwhile.
// It runs with a heap of 64 MB: a stream that kept its rows would end the process.
import './production.ts'
import { nodePostgres } from '@oriel/pg'
import { postgresJs } from '@oriel/postgres-js'
import { startServer } from '@oriel/testing/server'
import { Command, InvalidArgumentError } from 'commander'
import {
  createAll,
  createEngine,
  type Driver,
  type Engine,
  entity,
  type RowStream,
  select,
  sessionFactory,
  sql,
} from 'oriel'
import { Order } from './model.ts'

const o = entity(Order)

function atLeastOne(text: string): number {
  const number = Number(text)
  if (!Number.isInteger(number) || number < 1) throw new InvalidArgumentError('It is a whole number of at least 1.')
  return number
}

const program = new Command('stream')
  .description('Streams orders as rows and as objects, and samples the heap behind each tenth.')
  .option('--rows <n>', 'how many', atLeastOne, 1_000_000)
  .option('--yield-per <n>', 'rows per batch', atLeastOne, 2_000)
  .parse()
const { rows, yieldPer } = program.opts<{ rows: number; yieldPer: number }>()

const megabytes = (bytes: number): string => (bytes / 1_048_576).toFixed(0)

/** Reads it all, and prints the live heap behind each tenth of it. */
async function watch<R>(name: string, stream: RowStream<R>): Promise<void> {
  const heap: string[] = []
  let count = 0
  let resident = 0
  const started = performance.now()
  for await (const batch of stream.partitions()) {
    const before = count
    count += batch.length
    if (Math.floor((before * 10) / rows) === Math.floor((count * 10) / rows)) continue
    globalThis.gc?.()
    heap.push(megabytes(process.memoryUsage().heapUsed))
    resident = Math.max(resident, process.memoryUsage().rss)
  }
  const seconds = ((performance.now() - started) / 1000).toFixed(1)
  const figures = `${String(count).padStart(9)} rows ${seconds.padStart(6)} s   RSS ${megabytes(resident).padStart(4)} MB`
  console.log(`${name.padEnd(44)}${figures}   heap MB: ${heap.join(' ')}`)
}

async function all(name: string, engine: Engine): Promise<void> {
  const objects = select(Order).orderBy(o.id)
  const sessions = sessionFactory(engine)
  for (const identity of ['batch', 'detached'] as const) {
    await using session = sessions.open()
    await watch(`${name}: session, objects, ${identity}`, session.stream(objects, { yieldPer, identity }).scalars())
  }
  await watch(`${name}: engine, rows`, engine.stream(select(o.id, o.amount, o.createdAt).orderBy(o.id), { yieldPer }))
}

const server = await startServer()
const drivers: readonly (readonly [string, Driver])[] = [
  ['postgres.js', postgresJs(server.url)],
  ['pg', nodePostgres(server.url)],
]
try {
  const admin = createEngine(postgresJs(server.url))
  await createAll(admin)
  await admin.execute(sql`insert into customers (email, name, region) select 'user' || i, 'Customer ' || i, 'eu'
    from generate_series(1, 10000) i`)
  await admin.execute(sql`insert into orders (customer_id, status, amount, created_at)
    select 1 + i % 10000, (array['new', 'paid', 'shipped', 'done'])[1 + i % 4], (1000 + (i::bigint * 7919) % 99000) / 100.0,
      timestamptz '2024-06-01 00:00:00+00' + make_interval(secs => i) from generate_series(1, ${rows}::int) i`)
  await admin.close()
  for (const [name, driver] of drivers) {
    await using engine = createEngine(driver)
    await all(name, engine)
  }
} finally {
  await server.stop()
}
