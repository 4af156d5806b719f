// The example's database for tests: on an empty database of the lane, filled once.
import { openLane } from '@oriel/testing'
import { createEngine, type Engine, sql } from 'oriel'
import { readAirports } from '../src/data/read-airports.ts'
import { readFlights } from '../src/data/read-flights.ts'
import { installedData } from '../src/data/source.ts'
import { fill } from '../src/database.ts'
import type { Source } from '../src/load.ts'

export interface Loaded {
  readonly engine: Engine
  readonly source: Source
  readonly close: () => Promise<void>
}

/** Opens the lane's database and fills it, every warning being an error. */
export async function openLoaded(): Promise<Loaded> {
  const folder = installedData()
  const source = { airports: await readAirports(folder), flights: await readFlights(folder) }
  const lane = await openLane()
  const engine = createEngine(lane.driver, { strict: true })
  await fill(engine, source, { reset: false, onReceived() {} })
  return {
    engine,
    source,
    close: async () => {
      await engine.close()
      await lane.close()
    },
  }
}

/** The rows of a statement that was written by hand. */
export async function rowsOf(engine: Engine, text: string): Promise<Record<string, unknown>[]> {
  return await engine.execute(sql<Record<string, unknown>>`${sql.raw(text)}`).all()
}
