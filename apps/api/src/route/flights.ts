// Flights: one with its airports, what changes them, and all of them as a stream of lines.
import { Flight } from '@oriel-apps/flights/entity/flight'
import type { FastifyInstance } from 'fastify'
import { create, entity, joinedload, type Session, select } from 'oriel'
import type { Exports } from '../exports.ts'
import { Busy } from '../failure.ts'
import { changedFlight, exportFilter, flightKey, newFlight } from '../schema.ts'

const f = entity(Flight)

export async function flightRoutes(app: FastifyInstance, { exports }: { readonly exports: Exports }): Promise<void> {
  app.get('/flights/:id', async ({ session, params }, reply) => {
    const { id } = flightKey.parse(params)
    const flight = select(Flight).where(f.id.eq(id)).options(joinedload(f.origin), joinedload(f.destination))
    return (await session.scalars(flight).oneOrNone()) ?? reply.callNotFound()
  })

  app.post('/flights', async ({ session, body }, reply) => {
    const flight = create(Flight, { ...newFlight.parse(body), sourceRow: 0 })
    session.add(flight)
    await session.flush()
    // What is told is what is stored: the database writes a clock its own way.
    await session.refresh(flight)
    return reply.code(201).header('location', `/flights/${flight.id}`).send(flight)
  })

  app.patch('/flights/:id', async ({ session, params, body }) => {
    const flight = await session.getOne(Flight, flightKey.parse(params).id)
    Object.assign(flight, changedFlight.parse(body))
    await session.flush()
    await session.refresh(flight)
    return flight
  })

  app.delete('/flights/:id', async ({ session, params }, reply) => {
    session.delete(await session.getOne(Flight, flightKey.parse(params).id))
    return reply.code(204).send()
  })

  app.get('/flights.ndjson', async ({ session, query }, reply) => {
    const { origin } = exportFilter.parse(query)
    if (!exports.hasRoom) throw new Busy('Too many exports go on at once.')
    return reply.type('application/x-ndjson').send(exports.start(linesOf(session, origin)))
  })
}

/** One line per flight, a batch of lines at a time: the session reads on while the client takes what was sent. */
async function* linesOf(session: Session, origin: string | undefined): AsyncGenerator<string> {
  const rows = select({
    id: f.id,
    flownAt: f.flownAt,
    delay: f.delay,
    origin: f.originIata,
    destination: f.destinationIata,
  })
  const flights = rows.where(...(origin === undefined ? [] : [f.originIata.eq(origin)])).orderBy(f.id)
  for await (const batch of session.stream(flights, { yieldPer: 1_000 }).partitions())
    yield `${batch.map((flight) => JSON.stringify(flight)).join('\n')}\n`
}
