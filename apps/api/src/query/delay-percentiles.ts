// How late departures are, airport by airport: ordered-set aggregates.
import { Flight } from '@oriel-apps/flights/entity/flight'
import { entity, func, select } from 'oriel'

const f = entity(Flight)

/** The median delay and the one that nine departures in ten stay below, of airports with so many departures. */
export function delayPercentiles(fewest: number) {
  const ninetieth = func.percentileCont(0.9).withinGroup(f.delay)
  return select({
    iata: f.originIata,
    flights: func.count(),
    median: func.percentileCont(0.5).withinGroup(f.delay),
    ninetieth,
  })
    .groupBy(f.originIata)
    .having(func.count().gte(fewest))
    .orderBy(ninetieth.desc(), f.originIata)
}
