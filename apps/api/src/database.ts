// The database behind the API: the example's entities and data, loaded once.
import { readAirports } from '@oriel-apps/flights/data/read-airports'
import { readFlights } from '@oriel-apps/flights/data/read-flights'
import { installedData } from '@oriel-apps/flights/data/source'
import { count } from '@oriel-apps/flights/database'
import { Airport } from '@oriel-apps/flights/entity/airport'
import { load } from '@oriel-apps/flights/load'
import { registry } from '@oriel-apps/flights/registry'
import { createAll, dropAll, type Engine } from 'oriel'

/** Makes the tables, and fills them where they are empty. What is there is used as it is, unless `reset` drops it. */
export async function prepare(engine: Engine, { reset }: { readonly reset: boolean }): Promise<'loaded' | 'found'> {
  if (reset) await dropAll(engine, { registry, ifExists: true })
  await createAll(engine, { registry, ifNotExists: true })
  if ((await count(engine, Airport)) > 0) return 'found'
  const folder = installedData()
  await load(engine, { airports: await readAirports(folder), flights: await readFlights(folder) }, () => {})
  return 'loaded'
}
