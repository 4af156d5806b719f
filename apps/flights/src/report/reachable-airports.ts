// A recursive CTE: each step adds one flight to the ways known so far. RECURSIVE is derived from the CTE reading itself.
import { func, literal, select, sql, types as t } from 'oriel'
import { routes } from '../query/routes.ts'
import { bar, largestOf } from '../terminal/bar.ts'
import { table } from '../terminal/table.ts'
import { type ReportOptions, report } from './report.ts'

const mostHops = 3

/** How many airports can be reached from one, by the number of flights it takes, and a way to each of them. */
export function reachableFrom({ airport }: ReportOptions) {
  const route = routes().cte('route')
  const start = literal(airport)
  const way = select({
    iata: start,
    hops: literal(0),
    path: sql<string[]>`array[${start}]`.cast(t.text().array()),
  })
    .cte('way')
    .unionAll((way) =>
      select({
        iata: route.c.destination,
        hops: way.c.hops.add(1),
        path: func.call<string[]>('array_append', way.c.path, route.c.destination),
      })
        .join(way, way.c.iata.eq(route.c.origin))
        // Two guards: no way is longer than this, and none comes back to where it has been.
        .where(way.c.hops.lt(mostHops), func.call('array_position', way.c.path, route.c.destination).isNull()),
    )
  const shortest = select({ iata: way.c.iata, hops: way.c.hops, path: way.c.path })
    .distinctOn(way.c.iata)
    .orderBy(way.c.iata, way.c.hops, way.c.path)
    .cte('shortest')
  const path = func.call<string>('array_to_string', shortest.c.path, ' > ').cast(t.text())
  return select({
    hops: shortest.c.hops,
    airports: func.count(),
    paths: func.arrayAgg(path).orderBy(shortest.c.iata),
  })
    .groupBy(shortest.c.hops)
    .orderBy(shortest.c.hops)
}

export const reachableAirports = report({
  name: 'reachable-airports',
  title: ({ airport }) => `Airports that can be reached from ${airport} in up to ${mostHops} flights`,
  statement: reachableFrom,
  print: (rows) => {
    const most = largestOf(rows, (row) => row.airports)
    return table(rows, {
      Flights: (row) => row.hops,
      Airports: (row) => row.airports,
      ' ': (row) => bar(row.airports, most),
      'For example': (row) => row.paths?.slice(0, 2).join(', ') ?? null,
    })
  },
})
