// A graph of objects: an airport, its departures, their destinations. One statement per level, however many objects a level has.
import { entity, type Session, select, selectinload } from 'oriel'
import { Airport } from '../entity/airport.ts'
import { Flight } from '../entity/flight.ts'
import { bar, largestOf } from '../terminal/bar.ts'
import { table, written } from '../terminal/table.ts'
import type { ReportOptions } from './report.ts'
import { sessionReport } from './session-report.ts'

const a = entity(Airport)
const f = entity(Flight)

/** An airport with all its departures, the latest first, and the destination of each. */
export async function airportWithDepartures(session: Session, { airport }: ReportOptions): Promise<Airport> {
  const withDepartures = selectinload(a.departures, (flight) => ({
    orderBy: [flight.flownAt.desc(), flight.id.desc()],
  })).selectinload(f.destination)
  return await session.scalars(select(Airport).where(a.iata.eq(airport)).options(withDepartures)).one()
}

/** The flights by where they go. Flights to the same airport have the same object as destination, so it can be the key. */
function byDestination(flights: readonly Flight[]): Map<Airport, readonly [Flight, ...Flight[]]> {
  const groups = new Map<Airport, [Flight, ...Flight[]]>()
  for (const flight of flights) {
    const group = groups.get(flight.destination)
    if (group) group.push(flight)
    else groups.set(flight.destination, [flight])
  }
  return groups
}

function averageDelay(flights: readonly Flight[]): number {
  return flights.reduce((sum, { delay }) => sum + delay, 0) / flights.length
}

export const graph = sessionReport({
  name: 'graph',
  title: ({ airport }) =>
    `Where the departures of ${airport} go: a graph of objects, loaded by one statement per level`,
  work: airportWithDepartures,
  print: ({ departures }, { limit }) => {
    const destinations = byDestination(departures)
    const rows = [...destinations]
      .map(([to, flights]) => ({ to, flights, latest: flights[0] }))
      .sort((x, y) => y.flights.length - x.flights.length || (x.to.iata < y.to.iata ? -1 : 1))
      .slice(0, limit)
    const most = largestOf(rows, ({ flights }) => flights.length)
    const drawn = table(rows, {
      To: ({ to }) => to.iata,
      City: ({ to }) => to.city,
      Departures: ({ flights }) => flights.length,
      Latest: ({ latest }) => latest.flownAt,
      'Average delay': ({ flights }) => averageDelay(flights),
      ' ': ({ flights }) => bar(flights.length, most),
    })
    return `${drawn}\nObjects: 1 airport, ${written(departures.length)} departures, ${written(destinations.size)} destinations`
  },
})
