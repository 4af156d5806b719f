// A window over grouped rows: `sum(count(*)) over (partition by state)` adds up the counts of the groups.
import { entity, func, select, types as t } from 'oriel'
import { Airport } from '../entity/airport.ts'
import { bar } from '../terminal/bar.ts'
import { table } from '../terminal/table.ts'
import { type ReportOptions, report } from './report.ts'

const a = entity(Airport)

/** The busiest airports, with their share of their state's departures in per cent. */
export function sharesOfState({ limit }: ReportOptions) {
  const inState = func.sum(func.count()).over({ partitionBy: a.state })
  return select({
    iata: a.iata,
    city: a.city,
    state: a.state,
    departures: func.count(),
    inState,
    share: func.count().cast(t.double()).mul(100).div(inState),
  })
    .join(a.departures)
    .where(a.state.isNotNull())
    .groupBy(a.iata)
    .orderBy(func.count().desc(), a.iata)
    .limit(limit)
}

export const stateShare = report({
  name: 'state-share',
  title: () => "The busiest airports and their share of their state's departures",
  statement: sharesOfState,
  print: (rows) =>
    table(rows, {
      Airport: (row) => row.iata,
      City: (row) => row.city,
      State: (row) => row.state,
      Departures: (row) => row.departures,
      'In the state': (row) => row.inState,
      'Share, %': (row) => row.share,
      ' ': (row) => bar(row.share, 100),
    }),
})
