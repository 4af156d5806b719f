// lag: a row beside the one before it.
import { entity, func, select } from 'oriel'
import { Flight } from '../entity/flight.ts'
import { bar, largestOf } from '../terminal/bar.ts'
import { table } from '../terminal/table.ts'
import { type ReportOptions, report } from './report.ts'

const f = entity(Flight)

/** The departures of an airport whose delay grew most since the departure before. */
export function delayChangesOf({ airport, limit }: ReportOptions) {
  const departures = { partitionBy: f.originIata, orderBy: [f.flownAt, f.id] }
  const before = func.lag(f.delay).over(departures)
  const change = select({
    id: f.id,
    origin: f.originIata,
    flownAt: f.flownAt,
    destination: f.destinationIata,
    delay: f.delay,
    before,
    change: f.delay.sub(before),
  }).cte('change')
  return select(change)
    .where(change.c.origin.eq(airport))
    .orderBy(change.c.change.desc().nullsLast(), change.c.id)
    .limit(limit)
}

export const delayChange = report({
  name: 'delay-change',
  title: ({ airport }) => `Departures of ${airport} whose delay grew most since the departure before`,
  statement: delayChangesOf,
  print: (rows) => {
    const most = largestOf(rows, (row) => row.change)
    return table(rows, {
      'Flown at': (row) => row.flownAt,
      To: (row) => row.destination,
      Before: (row) => row.before,
      Delay: (row) => row.delay,
      Change: (row) => row.change,
      ' ': (row) => bar(row.change, most),
    })
  },
})
