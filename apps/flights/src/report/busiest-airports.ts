// Rank per partition, over grouped rows: a window function cannot be filtered where it is computed, so a CTE stands between.
import { entity, func, select } from 'oriel'
import { Airport } from '../entity/airport.ts'
import { bar, largestOf } from '../terminal/bar.ts'
import { table } from '../terminal/table.ts'
import { type ReportOptions, report } from './report.ts'

const a = entity(Airport)

/** The three busiest airports of each state, the busiest states first. */
export function busiestAirportsPerState({ limit }: ReportOptions) {
  const ranked = select({
    state: a.state,
    iata: a.iata,
    city: a.city,
    departures: func.count(),
    rank: func.rank().over({ partitionBy: a.state, orderBy: func.count().desc() }),
    stateDepartures: func.sum(func.count()).over({ partitionBy: a.state }),
  })
    .join(a.departures)
    .where(a.state.isNotNull())
    .groupBy(a.iata)
    .cte('ranked')
  return select(ranked)
    .where(ranked.c.rank.lte(3))
    .orderBy(ranked.c.stateDepartures.desc(), ranked.c.state, ranked.c.rank, ranked.c.iata)
    .limit(limit)
}

export const busiestAirports = report({
  name: 'busiest-airports',
  title: () => 'The three busiest airports of each state, by departures',
  statement: busiestAirportsPerState,
  print: (rows) => {
    const most = largestOf(rows, (row) => row.departures)
    return table(rows, {
      State: (row) => row.state,
      Rank: (row) => row.rank,
      Airport: (row) => row.iata,
      City: (row) => row.city,
      Departures: (row) => row.departures,
      ' ': (row) => bar(row.departures, most),
    })
  },
})
