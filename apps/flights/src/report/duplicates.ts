// Flights that the file has twice: what the unique key refused, beside the flight that was there first.
import { and, entity, select } from 'oriel'
import { Flight } from '../entity/flight.ts'
import { RefusedFlight } from '../entity/refused-flight.ts'
import { table } from '../terminal/table.ts'
import { type ReportOptions, report } from './report.ts'

const f = entity(Flight)
const refused = entity(RefusedFlight)

/** The refused rows, each with the row of the same key that was stored. */
export function refusedFlights({ limit }: ReportOptions) {
  return select({
    flownAt: f.flownAt,
    origin: f.originIata,
    destination: f.destinationIata,
    storedRow: f.sourceRow,
    storedDelay: f.delay,
    refusedRow: refused.sourceRow,
    refusedDelay: refused.delay,
  })
    .join(
      refused,
      and(
        refused.flownAt.eq(f.flownAt),
        refused.originIata.eq(f.originIata),
        refused.destinationIata.eq(f.destinationIata),
      ),
    )
    .orderBy(refused.sourceRow)
    .limit(limit)
}

export const duplicates = report({
  name: 'duplicates',
  title: () => 'Flights that the file has twice: the first is stored, the second is refused by the unique key',
  statement: refusedFlights,
  print: (rows) =>
    table(rows, {
      'Flown at': (row) => row.flownAt,
      From: (row) => row.origin,
      To: (row) => row.destination,
      'Stored row': (row) => row.storedRow,
      Delay: (row) => row.storedDelay,
      'Refused row': (row) => row.refusedRow,
      'Its delay': (row) => row.refusedDelay,
    }),
})
