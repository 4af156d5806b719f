// Ordered-set aggregates: they look at their group in an order of their own.
import { entity, func, select } from 'oriel'
import { Flight } from '../entity/flight.ts'
import { bar, largestOf } from '../terminal/bar.ts'
import { table } from '../terminal/table.ts'
import { type ReportOptions, report } from './report.ts'

const f = entity(Flight)

/** Fewer flights say little about the one in a hundred. */
const fewestFlights = 100

/** The airports where one departure in ten is latest. */
export function delayPercentilesPerAirport({ limit }: ReportOptions) {
  const ninetieth = func.percentileCont(0.9).withinGroup(f.delay)
  return select({
    iata: f.originIata,
    flights: func.count(),
    median: func.percentileCont(0.5).withinGroup(f.delay),
    ninetieth,
    ninetyNinth: func.percentileCont(0.99).withinGroup(f.delay),
  })
    .groupBy(f.originIata)
    .having(func.count().gte(fewestFlights))
    .orderBy(ninetieth.desc(), f.originIata)
    .limit(limit)
}

export const delayPercentiles = report({
  name: 'delay-percentiles',
  title: () => `Minutes of delay by percentile, airports with at least ${fewestFlights} departures`,
  statement: delayPercentilesPerAirport,
  print: (rows) => {
    const largest = largestOf(rows, (row) => row.ninetieth)
    return table(rows, {
      Airport: (row) => row.iata,
      Flights: (row) => row.flights,
      Median: (row) => row.median,
      '90 %': (row) => row.ninetieth,
      '99 %': (row) => row.ninetyNinth,
      ' ': (row) => bar(row.ninetieth, largest),
    })
  },
})
