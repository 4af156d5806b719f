// The API as one Fastify: a session per request, the routes, and how failures are told.

import { requestSession } from '@oriel/fastify'
import { registry } from '@oriel-apps/flights/registry'
import Fastify, { type FastifyInstance, type FastifyServerOptions } from 'fastify'
import { type Engine, sessionFactory } from 'oriel'
import { type ExportLimits, Exports } from './exports.ts'
import { answerFailure } from './failure.ts'
import { airportRoutes } from './route/airports.ts'
import { analyticsRoutes } from './route/analytics.ts'
import { flightRoutes } from './route/flights.ts'

/** The API over an engine whose tables are there. Close it before the engine. */
export async function apiServer(
  engine: Engine,
  { exportLimits, ...options }: FastifyServerOptions & { readonly exportLimits?: Partial<ExportLimits> } = {},
): Promise<FastifyInstance> {
  const app: FastifyInstance = Fastify(options)
  // Half of the connections are left to everybody else.
  const most = Math.max(1, Math.floor(engine.pool.stats().size / 2))
  app.setErrorHandler(answerFailure)
  app.setNotFoundHandler((request, reply) =>
    reply.code(404).send({ error: 'not-found', message: `There is no ${request.method} ${request.url}.` }),
  )
  await app.register(requestSession, {
    sessions: sessionFactory(engine, { registry }),
    // Who only asks cannot change anything, whatever a handler does.
    open: ({ method }) => ({ readOnly: method === 'GET' || method === 'HEAD' }),
  })
  app.get('/health', async () => ({ pool: engine.pool.stats() }))
  await app.register(airportRoutes)
  await app.register(flightRoutes, { exports: new Exports({ most, stallMs: 30_000, ...exportLimits }) })
  await app.register(analyticsRoutes)
  return app
}
