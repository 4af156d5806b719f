// The busiest airports of each state: a rank over groups, and each airport's share of its state.
import { Airport } from '@oriel-apps/flights/entity/airport'
import { entity, func, select } from 'oriel'

const a = entity(Airport)

/** The first airports of each state by departures, the states in order. */
export function stateRanking(places: number) {
  const departures = func.count()
  const ranked = select({
    state: a.state,
    iata: a.iata,
    departures,
    rank: func.rank().over({ partitionBy: a.state, orderBy: departures.desc() }),
    ofState: func.sum(departures).over({ partitionBy: a.state }),
  })
    .join(a.departures)
    .where(a.state.isNotNull())
    .groupBy(a.iata)
    .cte('ranked')
  return select(ranked).where(ranked.c.rank.lte(places)).orderBy(ranked.c.state, ranked.c.rank, ranked.c.iata)
}
