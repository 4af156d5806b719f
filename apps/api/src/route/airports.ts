// Airports: a list by pages, one with its latest departures, and what changes them.
import { Airport } from '@oriel-apps/flights/entity/airport'
import { Flight } from '@oriel-apps/flights/entity/flight'
import type { FastifyInstance } from 'fastify'
import { create, entity, select, selectinload } from 'oriel'
import { airportKey, airportPage, changedAirport, newAirport } from '../schema.ts'

const a = entity(Airport)
const f = entity(Flight)

export async function airportRoutes(app: FastifyInstance): Promise<void> {
  app.get('/airports', async ({ session, query }) => {
    const { limit, after, state } = airportPage.parse(query)
    let airports = select(Airport).orderBy(a.iata).limit(limit)
    if (state !== undefined) airports = airports.where(a.state.eq(state))
    if (after !== undefined) airports = airports.where(a.iata.gt(after))
    const found = await session.scalars(airports).all()
    return { airports: found, next: found.length === limit ? (found.at(-1)?.iata ?? null) : null }
  })

  app.get('/airports/:iata', async ({ session, params }) => {
    const { iata } = airportKey.parse(params)
    const latest = selectinload(a.departures, (flight) => ({
      orderBy: [flight.flownAt.desc(), flight.id.desc()],
      limit: 10,
    })).selectinload(f.destination)
    const airport = await session.getOne(Airport, iata)
    await session.load(airport, latest)
    return airport
  })

  app.post('/airports', async ({ session, body }, reply) => {
    const airport = create(Airport, newAirport.parse(body))
    session.add(airport)
    return reply.code(201).header('location', `/airports/${airport.iata}`).send(airport)
  })

  app.patch('/airports/:iata', async ({ session, params, body }) => {
    const airport = await session.getOne(Airport, airportKey.parse(params).iata)
    return Object.assign(airport, changedAirport.parse(body))
  })

  app.delete('/airports/:iata', async ({ session, params }, reply) => {
    session.delete(await session.getOne(Airport, airportKey.parse(params).iata))
    return reply.code(204).send()
  })
}
