// LATERAL: a subquery that sees the row beside it, here one index lookup per airport.
import { entity, select } from 'oriel'
import { Airport } from '../entity/airport.ts'
import { Flight } from '../entity/flight.ts'
import { table } from '../terminal/table.ts'
import { type ReportOptions, report } from './report.ts'

const a = entity(Airport)
const f = entity(Flight)

/** The latest departure of each airport, the latest of all first. */
export function latestFlightPerAirport({ limit }: ReportOptions) {
  const latest = select({ id: f.id, flownAt: f.flownAt, destination: f.destinationIata, delay: f.delay })
    .where(f.originIata.eq(a.iata))
    .orderBy(f.flownAt.desc(), f.id.desc())
    .limit(1)
    .lateral('latest')
  return select({
    iata: a.iata,
    city: a.city,
    flownAt: latest.c.flownAt,
    destination: latest.c.destination,
    delay: latest.c.delay,
  })
    .joinLateral(latest)
    .orderBy(latest.c.flownAt.desc(), a.iata)
    .limit(limit)
}

export const latestFlights = report({
  name: 'latest-flights',
  title: () => 'The latest departure of each airport',
  statement: latestFlightPerAirport,
  print: (rows) =>
    table(rows, {
      Airport: (row) => row.iata,
      City: (row) => row.city,
      'Flown at': (row) => row.flownAt,
      To: (row) => row.destination,
      Delay: (row) => row.delay,
    }),
})
