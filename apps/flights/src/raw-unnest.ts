// The archive by a statement written by hand, on the bare driver: what the work costs without validation, report and session.
import { performance } from 'node:perf_hooks'
import postgres from 'postgres'
import type { ParquetFile } from './data/read-parquet.ts'
import { schema } from './registry.ts'

const batchSize = 10_000
const table = `${schema}.raw_flights`
const statement = `
  insert into ${table}
  select * from unnest($1::integer[], $2::timestamp[], $3::integer[], $4::integer[], $5::text[], $6::text[])
  on conflict do nothing`

/**
 * Writes the first `limit` flights into a table like the one of the archive, logged like that one, and drops it again. Returns the
 * seconds that the transaction took.
 */
export async function rawUnnest(url: string, file: ParquetFile, limit: number): Promise<number> {
  const client = postgres(url, { max: 1, onnotice() {} })
  try {
    await client.unsafe(`drop table if exists ${table}`)
    await client.unsafe(`create table ${table} (like ${schema}.archived_flights including all)`)
    const start = performance.now()
    await client.begin(async (transaction) => {
      let columns = emptyColumns()
      let rows = 0
      for await (const row of file.flights(limit)) {
        const values = [row.sourceRow, row.flownAt, row.delay, row.distance, row.originIata, row.destinationIata]
        for (const [i, column] of columns.entries()) column.push(values[i])
        if (++rows % batchSize > 0) continue
        await transaction.unsafe(statement, columns)
        columns = emptyColumns()
      }
      await transaction.unsafe(statement, columns)
    })
    return (performance.now() - start) / 1000
  } finally {
    await client.unsafe(`drop table if exists ${table}`).catch(() => {})
    await client.end()
  }
}

// biome-ignore lint/suspicious/noExplicitAny: the driver's own type of a parameter is any
const emptyColumns = (): any[][] => [[], [], [], [], [], []]
