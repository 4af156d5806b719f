// flights-3m.parquet as rows for a bulk load, one row group of the file at a time: the whole of it is never in memory.
import { join } from 'node:path'
import { type AsyncBuffer, asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } from 'hyparquet'
import { compressors } from 'hyparquet-compressors'
import { Failure } from '../failure.ts'

/** A flight as the file has it; what is wrong with it is for the schema of the load to say. */
export interface ParquetFlight {
  readonly sourceRow: number
  readonly flownAt: unknown
  readonly delay: unknown
  readonly distance: unknown
  readonly originIata: unknown
  readonly destinationIata: unknown
}

const file = 'flights-3m.parquet'

/** The file, opened. */
export interface ParquetFile {
  readonly rowCount: number
  /** The first `limit` flights, in the order of the file. */
  flights(limit: number): AsyncGenerator<ParquetFlight>
}

/** Opens the file. Rejects with Failure where there is none, or it is something else. */
export async function openParquet(folder: string): Promise<ParquetFile> {
  const path = join(folder, file)
  try {
    const buffer = await asyncBufferFromFile(path)
    const metadata = await parquetMetadataAsync(buffer)
    const groups = metadata.row_groups.map(({ num_rows }) => Number(num_rows))
    return { rowCount: Number(metadata.num_rows), flights: (limit) => flightsOf(buffer, groups, limit) }
  } catch (error) {
    throw new Failure(
      `${path} cannot be read: ${error instanceof Error ? error.message : error}`,
      'It is part of the npm package vega-datasets; name another folder with --data.',
    )
  }
}

async function* flightsOf(
  buffer: AsyncBuffer,
  groups: readonly number[],
  limit: number,
): AsyncGenerator<ParquetFlight> {
  let start = 0
  for (const size of groups) {
    if (start >= limit) return
    const end = Math.min(start + size, limit)
    const items = await parquetReadObjects({ file: buffer, compressors, rowStart: start, rowEnd: end })
    for (const { date, delay, distance, origin, destination } of items) {
      start++
      yield {
        sourceRow: start,
        flownAt: date instanceof Date ? date.toISOString().slice(0, 19) : date,
        delay: numberOf(delay),
        distance: numberOf(distance),
        originIata: origin,
        destinationIata: destination,
      }
    }
  }
}

/** The file's integers are 64 bits wide, which hyparquet gives as bigint. */
function numberOf(value: unknown): unknown {
  return typeof value === 'bigint' ? Number(value) : value
}
