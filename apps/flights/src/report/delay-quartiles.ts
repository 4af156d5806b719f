// ntile: as many buckets as asked for, each with the same number of rows, then grouped by bucket.
import { entity, func, select } from 'oriel'
import { Flight } from '../entity/flight.ts'
import { bar, largestOf } from '../terminal/bar.ts'
import { table } from '../terminal/table.ts'
import { type ReportOptions, report } from './report.ts'

const f = entity(Flight)

/** The departures of an airport in four quarters, from the most punctual one to the latest one. */
export function delayQuartilesOf({ airport }: ReportOptions) {
  const bucket = select({
    origin: f.originIata,
    delay: f.delay,
    quartile: func.ntile(4).over({ partitionBy: f.originIata, orderBy: [f.delay, f.id] }),
  }).cte('bucket')
  return select({
    quartile: bucket.c.quartile,
    flights: func.count(),
    lowest: func.min(bucket.c.delay),
    highest: func.max(bucket.c.delay),
    average: func.avg(bucket.c.delay),
  })
    .where(bucket.c.origin.eq(airport))
    .groupBy(bucket.c.quartile)
    .orderBy(bucket.c.quartile)
}

export const delayQuartiles = report({
  name: 'delay-quartiles',
  title: ({ airport }) => `Departures of ${airport} in quarters, by minutes of delay`,
  statement: delayQuartilesOf,
  print: (rows) => {
    const largest = largestOf(rows, (row) => row.average)
    return table(rows, {
      Quartile: (row) => row.quartile,
      Flights: (row) => row.flights,
      From: (row) => row.lowest,
      To: (row) => row.highest,
      Average: (row) => row.average,
      ' ': (row) => bar(row.average, largest),
    })
  },
})
