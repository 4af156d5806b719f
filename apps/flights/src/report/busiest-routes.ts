// A query built upon another one, and one entity in two roles: the route's airports are the same table under two names.
import { aliased, select } from 'oriel'
import { Airport } from '../entity/airport.ts'
import { routes } from '../query/routes.ts'
import { bar, largestOf } from '../terminal/bar.ts'
import { table } from '../terminal/table.ts'
import { type ReportOptions, report } from './report.ts'

const origin = aliased(Airport, 'origin')
const destination = aliased(Airport, 'destination')

/** The routes that were flown most often. */
export function mostFlownRoutes({ limit }: ReportOptions) {
  const route = routes().cte('route')
  return select({
    origin: route.c.origin,
    originCity: origin.city,
    destination: route.c.destination,
    destinationCity: destination.city,
    miles: route.c.miles,
    flights: route.c.flights,
  })
    .join(origin, origin.iata.eq(route.c.origin))
    .join(destination, destination.iata.eq(route.c.destination))
    .orderBy(route.c.flights.desc(), route.c.origin, route.c.destination)
    .limit(limit)
}

/** An airport by its code, and its city where it is known. */
function called(iata: string, city: string | null): string {
  return city === null ? iata : `${iata} ${city}`
}

export const busiestRoutes = report({
  name: 'busiest-routes',
  title: () => 'The routes that were flown most often',
  statement: mostFlownRoutes,
  print: (rows) => {
    const most = largestOf(rows, (row) => row.flights)
    return table(rows, {
      From: (row) => called(row.origin, row.originCity),
      To: (row) => called(row.destination, row.destinationCity),
      Miles: (row) => row.miles,
      Flights: (row) => row.flights,
      ' ': (row) => bar(row.flights, most),
    })
  },
})
