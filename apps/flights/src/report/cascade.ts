// A delete that takes others along, inside a savepoint that is undone: rows and objects are back, and nothing is changed for good.
import { entity, func, inspect, type Session, select, selectinload } from 'oriel'
import { Airport } from '../entity/airport.ts'
import { Flight } from '../entity/flight.ts'
import { table } from '../terminal/table.ts'
import type { ReportOptions } from './report.ts'
import { sessionReport } from './session-report.ts'

const a = entity(Airport)

interface Step {
  readonly step: string
  readonly airports: number
  readonly flights: number
  readonly state: string
  readonly persistent: number
  readonly deleted: number
}

/** What makes the savepoint roll back. */
class ChangedMind extends Error {}

/** Deletes an airport with the flights that leave it and arrive there, counts, and takes it back. */
export async function deleteAndTakeBack(session: Session, { airport }: ReportOptions): Promise<readonly Step[]> {
  const gone = await session
    .scalars(select(Airport).where(a.iata.eq(airport)).options(selectinload(a.departures)))
    .one()
  const departures = [...gone.departures]
  const stepOf = async (step: string): Promise<Step> => {
    const states = departures.map((flight) => inspect(flight).state)
    return {
      step,
      airports: await session.scalars(select(func.count()).from(Airport)).one(),
      flights: await session.scalars(select(func.count()).from(Flight)).one(),
      state: inspect(gone).state,
      persistent: states.filter((state) => state === 'persistent').length,
      deleted: states.filter((state) => state === 'deleted').length,
    }
  }
  const steps = [await stepOf('before')]
  try {
    await session.nested(async () => {
      session.delete(gone)
      await session.flush()
      steps.push(await stepOf('in the savepoint'))
      throw new ChangedMind()
    })
  } catch (error) {
    if (!(error instanceof ChangedMind)) throw error
  }
  steps.push(await stepOf('taken back'))
  return steps
}

export const cascade = sessionReport({
  name: 'cascade',
  title: ({ airport }) => `${airport} deleted with its flights inside a savepoint, and taken back`,
  work: deleteAndTakeBack,
  print: (steps) =>
    table(steps, {
      Step: ({ step }) => step,
      'Airport rows': ({ airports }) => airports,
      'Flight rows': ({ flights }) => flights,
      'Airport object': ({ state }) => state,
      'Departures persistent': ({ persistent }) => persistent,
      'Departures deleted': ({ deleted }) => deleted,
    }),
})
