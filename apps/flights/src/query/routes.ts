// A route: two airports with at least one flight from the first to the second. No table, a query that others build upon.
import { entity, func, select } from 'oriel'
import { Flight } from '../entity/flight.ts'

const f = entity(Flight)

/** Every route, with how often it was flown and how long it is. */
export function routes() {
  return select({
    origin: f.originIata,
    destination: f.destinationIata,
    flights: func.count(),
    miles: func.max(f.distance),
  }).groupBy(f.originIata, f.destinationIata)
}
