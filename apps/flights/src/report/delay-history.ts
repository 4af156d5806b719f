// Frames: a running total from the first row on, and a moving average over the last seven.
// The order ends in the key. Flights that leave in the same minute would otherwise come in any order, and with them the numbers.
import { entity, func, select } from 'oriel'
import { Flight } from '../entity/flight.ts'
import { table } from '../terminal/table.ts'
import { type ReportOptions, report } from './report.ts'

const f = entity(Flight)

/** The latest departures of an airport, with the delay of all departures so far and the average of the last seven. */
export function delayHistoryOf({ airport, limit }: ReportOptions) {
  const departures = { partitionBy: f.originIata, orderBy: [f.flownAt, f.id] }
  const history = select({
    id: f.id,
    origin: f.originIata,
    flownAt: f.flownAt,
    destination: f.destinationIata,
    delay: f.delay,
    total: func.sum(f.delay).over({ ...departures, rows: [null, 0] }),
    average: func.avg(f.delay).over({ ...departures, rows: [-6, 0] }),
  }).cte('history')
  return select(history)
    .where(history.c.origin.eq(airport))
    .orderBy(history.c.flownAt.desc(), history.c.id.desc())
    .limit(limit)
}

export const delayHistory = report({
  name: 'delay-history',
  title: ({ airport }) => `The latest departures of ${airport}: minutes of delay in all, and averaged over 7 flights`,
  statement: delayHistoryOf,
  print: (rows) =>
    table(rows, {
      'Flown at': (row) => row.flownAt,
      To: (row) => row.destination,
      Delay: (row) => row.delay,
      'In all': (row) => row.total,
      'Average of 7': (row) => row.average,
    }),
})
