// An edit, and its end: an object is changed, the flush writes the difference, the rollback puts both the row and the object back.
import { entity, inspect, type Session, select } from 'oriel'
import { Flight } from '../entity/flight.ts'
import { table } from '../terminal/table.ts'
import type { ReportOptions } from './report.ts'
import { sessionReport } from './session-report.ts'

const f = entity(Flight)

/** How much later the flight is made, in minutes. */
const minutes = 60

interface Step {
  readonly step: string
  readonly inObject: number
  readonly inRow: number
  readonly state: string
  readonly change: string | null
}

/** The delay of a flight where it can be read: in the object, and in the row as this session's connection sees it. */
async function stepOf(step: string, flight: Flight, session: Session): Promise<Step> {
  const { delay } = inspect(flight).changes()
  return {
    step,
    inObject: flight.delay,
    // A statement over flights would flush first, and the step before the flush would not be seen.
    inRow: await session.noAutoflush(async () => session.scalars(select(f.delay).where(f.id.eq(flight.id))).one()),
    state: inspect(flight).state,
    change: delay ? `${delay.from} → ${delay.to}` : null,
  }
}

/** Makes the latest departure of the airport later, and takes it back. No steps where there is no departure. */
export async function editAndRollBack(session: Session, { airport }: ReportOptions): Promise<readonly Step[]> {
  const latest = select(Flight).where(f.originIata.eq(airport)).orderBy(f.flownAt.desc(), f.id.desc()).limit(1)
  const flight = await session.scalars(latest).first()
  if (!flight) return []
  const steps = [await stepOf('loaded', flight, session)]
  flight.delay += minutes
  steps.push(await stepOf('assigned', flight, session))
  await session.flush()
  steps.push(await stepOf('flushed', flight, session))
  await session.rollback()
  steps.push(await stepOf('rolled back', flight, session))
  return steps
}

export const edit = sessionReport({
  name: 'edit',
  title: ({ airport }) => `The latest departure of ${airport}, made ${minutes} minutes later, and taken back`,
  work: editAndRollBack,
  print: (steps) =>
    table(steps, {
      Step: ({ step }) => step,
      'Delay in the object': ({ inObject }) => inObject,
      'Delay in the row': ({ inRow }) => inRow,
      'State of the object': ({ state }) => state,
      'Not yet written': ({ change }) => change,
    }),
})
